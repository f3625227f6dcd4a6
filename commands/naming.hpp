// What handlers check about the things that a wish names.
#pragma once

#include <optional>
#include <string>

#include "commands/work.hpp"
#include "domain/user.hpp"
#include "domain/vendor.hpp"

namespace commands {

// The id of what is created: the one in the path, the one in the body, or a new one.
template <class Id>
std::string id_for(Work& work, const Target& target, const std::optional<Id>& wished) {
    if (!target.id().empty()) return std::string(target.id());
    return wished ? std::string(wished->view()) : work.new_id();
}

// A user that exists and was not erased.
inline bool is_user(Work& work, const domain::UserId& id) {
    const auto* user = work.find<domain::UserDecider>(id.view());
    return user != nullptr && user->state.status != domain::UserStatus::deleted;
}

// Decides if the table allows it; nothing to do if not.
template <domain::Decider D>
std::optional<Fault> decide_if_legal(Work& work, std::string_view id, typename D::Command command) {
    const auto status = work.load<D>(id).state.status;
    if (!domain::is_legal<D>(status, domain::type_name_of(command))) return std::nullopt;
    const auto answer = work.decide<D>(id, std::move(command));
    return answer ? std::nullopt : std::optional<Fault>(answer.error());
}

}  // namespace commands
