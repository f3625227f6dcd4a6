// Samples of users.
#pragma once

#include "domain/user.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

inline CreateUser sample_user() {
    CreateUser create;
    create.email = Email{"Kari@example.org"};
    create.name = Personal{"Kari Nordmann"};
    create.next_customer_number = 7;
    return create;
}

template <>
struct Samples<UserDecider> {
    static std::vector<UserEvent> past(UserStatus status) {
        const UserEvent created = UserDecider::decide({}, sample_user()).value().front();
        switch (status) {
            case UserStatus::absent: return {};
            case UserStatus::active: return {created};
            case UserStatus::blocked: return {created, UserBlocked{}};
            case UserStatus::deleted: return {created, UserDeleted{}};
        }
        return {};
    }
    static std::vector<UserCommand> commands(UserStatus) {
        return {sample_user(),
                UpdateUser{.name = change_to(Personal{"Kari Hansen"})},
                ChangeLoginIdentifier{.email = {"kari.hansen@example.org"}},
                SetUserMetadata{"theme", {"\"dark\""}},
                RemoveUserMetadata{.key = "theme"},
                SetPassword{.credential_id = {"credential"}},
                BlockUser{},
                UnblockUser{},
                DeleteUser{}};
    }
};

}  // namespace domain
