// What erasing a person means for aggregates: those that tell something about the person are told
// without it, as a replay does that finds no key.
#pragma once

#include <optional>

#include "domain/aggregates.hpp"

namespace journal {

// Whom the event erases.
std::optional<domain::UserId> erased_by(const domain::Subject& subject,
                                        const domain::AnyEvent& event);

// The credential that the event's one replaces.
std::optional<domain::CredentialId> replaced_by(const domain::AnyEvent& event);

// Can aggregates of this kind hold text about another person than their own stream's?
bool may_tell_about_users(domain::Kind kind);

// Empties all text about the user in the aggregate. False, and nothing is changed, if it is about
// somebody else, or holds no such text. Not for users themselves: their events say what is left.
bool erase_from(domain::AnyAggregate& aggregate, const domain::UserId& user);

}  // namespace journal
