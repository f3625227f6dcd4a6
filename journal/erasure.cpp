#include "journal/erasure.hpp"

#include <cassert>
#include <string>
#include <string_view>
#include <utility>

#include "codec/reflect.hpp"
#include "journal/event_codec.hpp"

namespace journal {
namespace {

// Writes text about persons as a reader without their keys sees it.
class Emptying final : public codec::Seal {
public:
    std::string seal(std::string_view, std::string_view) override { return {}; }
};

}  // namespace

std::optional<domain::UserId> erased_by(const domain::Subject& subject,
                                        const domain::AnyEvent& event) {
    const auto* const of_user = std::get_if<domain::UserEvent>(&event);
    if (of_user == nullptr || !std::holds_alternative<domain::UserDeleted>(*of_user)) {
        return std::nullopt;
    }
    return domain::UserId{subject.id};
}

std::optional<domain::CredentialId> replaced_by(const domain::AnyEvent& event) {
    const auto* const of_user = std::get_if<domain::UserEvent>(&event);
    const auto* const set =
        of_user == nullptr ? nullptr : std::get_if<domain::UserPasswordSet>(of_user);
    return set == nullptr ? std::nullopt : set->replaces;
}

bool may_tell_about_users(domain::Kind kind) {
    bool may = false;
    domain::with_decider(kind, [&]<class D>(std::type_identity<D>) {
        if constexpr (requires(const typename D::State& state) { state.user_id; }) {
            may = has_personal(codec::type_of<typename D::State>());
        }
    });
    return may;
}

bool erase_from(domain::AnyAggregate& aggregate, const domain::UserId& user) {
    return std::visit(
        [&](auto& one) {
            using State = std::decay_t<decltype(one.state)>;
            if constexpr (requires { one.state.user_id; }) {
                if (!has_personal(codec::type_of<State>()) || one.state.user_id != user) {
                    return false;
                }
                Emptying emptying;
                std::string text;
                codec::write(text, one.state, codec::Audience::store, &emptying);
                State erased;
                const bool ok = codec::read_stored(text, erased);
                assert(ok && "what was written can be read");
                const bool is_changed = erased != one.state;
                one.state = std::move(erased);
                return is_changed;
            } else {
                return false;
            }
        },
        aggregate);
}

}  // namespace journal
