#include "domain/user.hpp"

#include <algorithm>
#include <cassert>
#include <set>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<UserEvent>;
using Fault = std::optional<UserRejection>;

constexpr std::size_t metadata_key_length_max = 40;

const Events nothing;  // The wish is already true: a retry succeeds and records nothing.
Failure<UserRejection> because(UserRejection reason) { return Failure{reason}; }

std::optional<Personal> personal(const std::optional<Phone>& phone) {
    if (!phone) return std::nullopt;
    return Personal{phone->text};
}

// Gives a number to each address that came without one: the next after the highest.
std::vector<Address> numbered(std::vector<Address> addresses) {
    std::int64_t highest = 0;
    for (const Address& address : addresses) highest = std::max(highest, address.id.value_or(0));
    for (Address& address : addresses) {
        if (!address.id) address.id = ++highest;
    }
    return addresses;
}

Fault fault_of(const std::vector<Address>& addresses) {
    std::set<std::int64_t> seen;
    for (const Address& address : addresses) {
        if (!seen.insert(*address.id).second) return UserRejection::address_id_repeated;
        // ISO dates sort as they follow each other.
        if (address.from && address.to && *address.to < *address.from) {
            return UserRejection::address_ends_before_it_begins;
        }
    }
    return std::nullopt;
}

bool is_metadata_key(std::string_view key) {
    // Counts code points: continuation bytes are not counted.
    const auto length = std::ranges::count_if(
        key, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    const bool readable = std::ranges::none_of(
        key, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; });
    return !key.empty() && static_cast<std::size_t>(length) <= metadata_key_length_max && readable;
}

UserProfile changed(UserProfile profile, const UpdateUser& change) {
    profile.email_verified = change.email_verified.or_else(profile.email_verified);
    profile.name = change.name.over(std::move(profile.name));
    profile.given_name = change.given_name.over(std::move(profile.given_name));
    profile.family_name = change.family_name.over(std::move(profile.family_name));
    if (change.phone.is_given) profile.phone = personal(change.phone.value);
    if (change.addresses.is_given) {
        profile.addresses = numbered(change.addresses.value.value_or(std::vector<Address>{}));
    }
    profile.locale = change.locale.over(std::move(profile.locale));
    profile.external_id = change.external_id.over(std::move(profile.external_id));
    return profile;
}

// The events that lead from one to the other.
Events changes_of_metadata(const Metadata& before, const Metadata& after) {
    Events events;
    for (const auto& [key, value] : before) {
        if (!after.contains(key)) events.emplace_back(UserMetadataRemoved{key});
    }
    for (const auto& [key, value] : after) {
        const auto old = before.find(key);
        if (old == before.end() || old->second != value) {
            events.emplace_back(UserMetadataSet{key, {value.text}});
        }
    }
    return events;
}

Decision<UserDecider> handle(const User&, const CreateUser& command) {
    assert(command.customer_number || command.next_customer_number > 0);
    UserCreated created;
    static_cast<UserProfile&>(created) = {.email_verified = command.email_verified,
                                          .name = command.name,
                                          .given_name = command.given_name,
                                          .family_name = command.family_name,
                                          .phone = personal(command.phone),
                                          .addresses = numbered(command.addresses),
                                          .locale = command.locale,
                                          .external_id = command.external_id};
    created.email.text = command.email.text;
    created.customer_number = command.customer_number.value_or(command.next_customer_number);
    for (const auto& [key, value] : command.metadata) created.metadata[key] = {value.text};

    if (const auto fault = fault_of(created.addresses)) return because(*fault);
    return Events{std::move(created)};
}

Decision<UserDecider> handle(const User& user, const UpdateUser& command) {
    const UserProfile profile = changed(user, command);
    if (const auto fault = fault_of(profile.addresses)) return because(*fault);
    const Metadata metadata = merged(user.metadata, command.metadata);
    if (metadata.size() > metadata_keys_max) return because(UserRejection::too_many_metadata_keys);

    Events events = changes_of_metadata(user.metadata, metadata);
    if (profile != static_cast<const UserProfile&>(user)) {
        events.insert(events.begin(), UserProfileChanged{profile});
    }
    return events;
}

Decision<UserDecider> handle(const User& user, const ChangeLoginIdentifier& command) {
    if (user.email.text == command.email.text) return nothing;
    return Events{UserLoginIdentifierChanged{{command.email.text}}};
}

Decision<UserDecider> handle(const User& user, const SetUserMetadata& command) {
    using enum UserRejection;
    if (!is_metadata_key(command.key)) return because(metadata_key_malformed);
    const auto old = user.metadata.find(command.key);
    if (old != user.metadata.end() && old->second == command.value) return nothing;
    if (old == user.metadata.end() && user.metadata.size() >= metadata_keys_max) {
        return because(too_many_metadata_keys);
    }
    return Events{UserMetadataSet{command.key, {command.value.text}}};
}

Decision<UserDecider> handle(const User& user, const RemoveUserMetadata& command) {
    if (!user.metadata.contains(command.key)) return nothing;
    return Events{UserMetadataRemoved{command.key}};
}

Decision<UserDecider> handle(const User& user, const SetPassword& command) {
    const AuthMethod* const before = password_of(user);
    std::optional<CredentialId> replaces;
    if (before != nullptr) replaces = before->credential_id;
    if (command.rehashed && command.rehashed != replaces) {
        return because(UserRejection::password_changed_meanwhile);
    }
    return Events{UserPasswordSet{.algorithm = command.algorithm,
                                  .set_at = command.now,
                                  .is_rehash = command.rehashed.has_value(),
                                  .credential_id = command.credential_id,
                                  .replaces = std::move(replaces)}};
}

Decision<UserDecider> handle(const User&, const BlockUser&) { return Events{UserBlocked{}}; }

Decision<UserDecider> handle(const User&, const UnblockUser&) { return Events{UserUnblocked{}}; }

Decision<UserDecider> handle(const User&, const DeleteUser& command) {
    if (command.has_live_contracts && !command.cancel_contracts) {
        return because(UserRejection::user_has_live_contracts);
    }
    return Events{UserDeleted{}};
}

// Text of an erased person reads as empty: there is no value then.
void put(Metadata& metadata, const std::string& key, const Personal& value) {
    if (!value.empty()) metadata.insert_or_assign(key, Json{value.text});
}

User replay(User user, const UserCreated& event) {
    assert(user.status == UserStatus::absent);
    static_cast<UserProfile&>(user) = event;
    user.email = event.email;
    user.customer_number = event.customer_number;
    for (const auto& [key, value] : event.metadata) put(user.metadata, key, value);
    user.status = UserStatus::active;
    return user;
}

User replay(User user, const UserProfileChanged& event) {
    assert(user.status == UserStatus::active || user.status == UserStatus::blocked);
    static_cast<UserProfile&>(user) = event;
    return user;
}

User replay(User user, const UserLoginIdentifierChanged& event) {
    assert(user.status == UserStatus::active || user.status == UserStatus::blocked);
    user.email = event.email;
    user.email_verified = false;
    return user;
}

User replay(User user, const UserMetadataSet& event) {
    assert(user.status == UserStatus::active || user.status == UserStatus::blocked);
    put(user.metadata, event.key, event.value);
    return user;
}

User replay(User user, const UserMetadataRemoved& event) {
    user.metadata.erase(event.key);
    return user;
}

User replay(User user, const UserPasswordSet& event) {
    assert(user.status == UserStatus::active || user.status == UserStatus::blocked);
    const AuthMethod* const before = password_of(user);
    AuthMethod method{.type = AuthMethodType::password,
                      .created_at = before == nullptr ? event.set_at : before->created_at,
                      .changed_at = event.set_at,
                      .credential_id = event.credential_id};
    if (event.is_rehash && before != nullptr) method.changed_at = before->changed_at;
    user.auth_methods = {std::move(method)};
    return user;
}

User replay(User user, const UserBlocked&) {
    assert(user.status == UserStatus::active);
    user.status = UserStatus::blocked;
    return user;
}

User replay(User user, const UserUnblocked&) {
    assert(user.status == UserStatus::blocked);
    user.status = UserStatus::active;
    return user;
}

User replay(User user, const UserDeleted&) {
    assert(user.status == UserStatus::active || user.status == UserStatus::blocked);
    User erased;
    erased.customer_number = user.customer_number;
    erased.status = UserStatus::deleted;
    return erased;
}

}  // namespace

RefusalInfo info(UserRejection refusal) {
    using enum UserRejection;
    using enum RefusalKind;
    switch (refusal) {
        case address_id_repeated: return {invalid, "/addresses", "two addresses have the same id"};
        case address_ends_before_it_begins:
            return {invalid, "/addresses", "to must not be earlier than from"};
        case metadata_key_malformed:
            return {invalid, "", "a metadata key has 1 to 40 characters and no control characters"};
        case too_many_metadata_keys:
            return {invalid, "/metadata", "may have at most 50 keys; remove some first"};
        case user_has_live_contracts:
            return {conflict, "",
                    "the user has contracts that go on; end them first, or delete with "
                    "cancelContracts=true"};
        case password_changed_meanwhile:
            return {conflict, "", "another password was set meanwhile"};
    }
    return {};
}

const AuthMethod* password_of(const User& user) {
    const auto found =
        std::ranges::find(user.auth_methods, AuthMethodType::password, &AuthMethod::type);
    return found == user.auth_methods.end() ? nullptr : &*found;
}

std::vector<std::string> claims(const User& user, std::string_view) {
    if (user.status == UserStatus::absent) return {};
    std::vector<std::string> keys = external_claims("user", user.external_id);
    keys.push_back("customer-number/" + std::to_string(user.customer_number));
    if (!user.email.empty()) keys.push_back("user-email/" + folded_email(user.email.text));
    return keys;
}

Decision<UserDecider> UserDecider::decide(const User& user, const UserCommand& command) {
    assert(is_legal<UserDecider>(user.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(user, one); }, command);
}

User UserDecider::evolve(User user, const UserEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(user), one); }, event);
}

}  // namespace domain
