// What handlers check about the things that a wish names.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "commands/checks.hpp"
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

// A field has to name a user that exists and was not erased.
inline void check_user(Checks& checks, Work& work, const domain::UserId& id, std::string pointer) {
    const auto* user = checks.existing<domain::UserDecider>(work, id.view(), pointer, "user");
    if (user != nullptr && user->state.status == domain::UserStatus::deleted) {
        checks.add(std::move(pointer), "unknown_user", "this user was deleted; name another one");
    }
}

// Decides if the table allows it; nothing to do if not.
template <domain::Decider D>
std::optional<Fault> decide_if_legal(Work& work, std::string_view id,
                                     const typename D::Command& command) {
    const auto status = work.load<D>(id).state.status;
    if (!domain::is_legal<D>(status, domain::type_name_of(command))) return std::nullopt;
    const auto answer = work.decide<D>(id, command);
    return answer ? std::nullopt : std::optional<Fault>(answer.error());
}

}  // namespace commands
