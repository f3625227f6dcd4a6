// A user: a person who reads, pays, or both; to the publisher a customer with a number.
//
// ACTIVE ↔ BLOCKED → DELETED. The rules are in user.cpp. Deleting erases: of who the person was
// nothing is left but the customer number, which nobody gets again.
//
// All that tells about the person is Personal in events, so that it is sealed with the person's own
// key; when the key is destroyed it reads as empty text, and replay takes that in. In the state,
// metadata is plain JSON, because clients see it as such: states are never written unencrypted.
//
// Events are stored for ever: add a field, never rename, retype or reuse one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/change.hpp"
#include "domain/decider.hpp"
#include "domain/ids.hpp"
#include "domain/metadata.hpp"
#include "domain/personal.hpp"
#include "domain/text_types.hpp"
#include "domain/time.hpp"

namespace domain {

// The series of numbers that customers get, unless an import brings one.
inline constexpr std::string_view customer_numbers = "customer-number";
constexpr std::size_t user_metadata_value_length_max = std::size_t{16} * 1024;

enum class AddressType : std::uint8_t { home, invoice, delivery };
constexpr auto describe(const AddressType*) { return wire_names("home", "invoice", "delivery"); }

// A postal address; the lengths are those of the customer XML.
struct Address {
    std::optional<std::int64_t> id;  // Always set in events and states.
    AddressType type = AddressType::home;
    std::optional<Date> from;
    std::optional<Date> to;
    std::optional<Personal> co_address;
    std::optional<Personal> street;
    std::optional<Personal> street_number;
    std::optional<Personal> entrance;
    std::optional<Personal> floor;
    std::optional<Personal> suite;
    std::optional<Personal> postal_code;
    std::optional<Personal> postal_place;
    std::optional<CountryCode> country_code;
    bool operator==(const Address&) const = default;
};
constexpr auto describe(const Address*) {
    using A = Address;
    return fields(
        field<&A::id>("id", "Unique within the user; made if left out.").range(1, 1'000'000'000),
        field<&A::type>("type", "What it is for."),
        field<&A::from>("from", "First day on which it holds."),
        field<&A::to>("to", "Last day on which it holds."),
        field<&A::co_address>("coAddress", "Care of.").length(0, 40),
        field<&A::street>("street", "Street name.").length(0, 40),
        field<&A::street_number>("streetNumber", "House number.").length(0, 12),
        field<&A::entrance>("entrance", "Entrance, as on the door.").length(0, 12),
        field<&A::floor>("floor", "Floor.").length(0, 12),
        field<&A::suite>("suite", "Suite or flat.").length(0, 12),
        field<&A::postal_code>("postalCode", "Postal code.").length(0, 10),
        field<&A::postal_place>("postalPlace", "Postal place.").length(0, 30),
        field<&A::country_code>("countryCode", "Country, ISO 3166."));
}

enum class AuthMethodType : std::uint8_t { password };
constexpr auto describe(const AuthMethodType*) { return wire_names("password"); }

// How a password is hashed.
enum class PasswordAlgorithm : std::uint8_t { argon2id, bcrypt, pbkdf2 };
constexpr auto describe(const PasswordAlgorithm*) {
    return wire_names("argon2id", "bcrypt", "pbkdf2");
}

// A way to log in. What proves it, the hash of a password, is never here: the key store has it,
// under the credential's id.
struct AuthMethod {
    AuthMethodType type = AuthMethodType::password;
    Timestamp created_at;
    Timestamp changed_at;
    CredentialId credential_id;
    bool operator==(const AuthMethod&) const = default;
};
constexpr auto describe(const AuthMethod*) {
    using A = AuthMethod;
    return fields(
        field<&A::type>("type", "How the user logs in.").required(),
        field<&A::created_at>("createdAt", "Since when.").required(),
        field<&A::changed_at>("changedAt", "When it was last changed.").required(),
        field<&A::credential_id>("credentialId", "Where the key store has the hash.").internal());
}

// Who the person is, as far as PATCH may change it.
struct UserProfile {
    bool email_verified = false;
    std::optional<Personal> name;
    std::optional<Personal> given_name;
    std::optional<Personal> family_name;
    std::optional<Personal> phone;
    std::vector<Address> addresses;
    std::optional<Locale> locale;
    std::optional<std::string> external_id;
    bool operator==(const UserProfile&) const = default;
};
constexpr auto describe(const UserProfile*) {
    using P = UserProfile;
    return fields(
        field<&P::email_verified>("emailVerified", "Whether the address is known to be theirs."),
        field<&P::name>("name", "The full name.").length(1, 200),
        field<&P::given_name>("givenName", "Given names.").length(1, 100),
        field<&P::family_name>("familyName", "Family name.").length(1, 100),
        field<&P::phone>("phone", "Phone number."),
        field<&P::addresses>("addresses", "Postal addresses.").items(20),
        field<&P::locale>("locale", "Language, BCP 47."),
        field<&P::external_id>("externalId", "The id in another system; unique.").length(1, 128));
}

// Metadata of a person, value by value as JSON text: what events hold.
using PersonalMetadata = std::map<std::string, Personal, std::less<>>;

// Commands ----------------------------------------------------------------------------------------

struct CreateUser {
    std::optional<UserId> id = {};
    Email email = {};
    bool email_verified = false;
    std::optional<Personal> name = {};
    std::optional<Personal> given_name = {};
    std::optional<Personal> family_name = {};
    std::optional<Phone> phone = {};
    std::vector<Address> addresses = {};
    std::optional<std::int64_t> customer_number = {};
    std::optional<Locale> locale = {};
    std::optional<std::string> external_id = {};
    Metadata metadata = {};
    std::int64_t next_customer_number = 0;  // The handler's: used when none is given.
    bool operator==(const CreateUser&) const = default;
};
constexpr auto describe(const CreateUser*) {
    using C = CreateUser;
    return fields(
        field<&C::id>("id", "The user's id; made if left out."),
        field<&C::email>("email", "The login identifier; unique.").required(),
        field<&C::email_verified>("emailVerified", "Whether the address is known to be theirs."),
        field<&C::name>("name", "The full name.").length(1, 200),
        field<&C::given_name>("givenName", "Given names.").length(1, 100),
        field<&C::family_name>("familyName", "Family name.").length(1, 100),
        field<&C::phone>("phone", "Phone number."),
        field<&C::addresses>("addresses", "Postal addresses.").items(20),
        field<&C::customer_number>("customerNumber", "On import; else the next number.")
            .range(1, 999'999'999'999),
        field<&C::locale>("locale", "Language, BCP 47."),
        field<&C::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&C::metadata>("metadata", "Values of your own.")
            .items(metadata_keys_max)
            .length(0, user_metadata_value_length_max));
}

struct UpdateUser {
    Change<bool> email_verified = {};
    Change<Personal> name = {};
    Change<Personal> given_name = {};
    Change<Personal> family_name = {};
    Change<Phone> phone = {};
    Change<std::vector<Address>> addresses = {};
    Change<Locale> locale = {};
    Change<std::string> external_id = {};
    Change<Metadata> metadata = {};
    std::optional<std::string> reason = {};
    bool operator==(const UpdateUser&) const = default;
};
constexpr auto describe(const UpdateUser*) {
    using U = UpdateUser;
    return fields(
        field<&U::email_verified>("emailVerified", "Whether the address is known to be theirs.")
            .required(),
        field<&U::name>("name", "The full name.").length(1, 200),
        field<&U::given_name>("givenName", "Given names.").length(1, 100),
        field<&U::family_name>("familyName", "Family name.").length(1, 100),
        field<&U::phone>("phone", "Phone number."),
        field<&U::addresses>("addresses", "Replaced as a whole.").items(20),
        field<&U::locale>("locale", "Language, BCP 47."),
        field<&U::external_id>("externalId", "The id in another system; unique.").length(1, 128),
        field<&U::metadata>("metadata", "Merged key by key; null removes a key.")
            .items(metadata_keys_max)
            .length(0, user_metadata_value_length_max),
        field<&U::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct ChangeLoginIdentifier {
    Email email = {};
    std::optional<std::string> reason = {};
    bool operator==(const ChangeLoginIdentifier&) const = default;
};
constexpr auto describe(const ChangeLoginIdentifier*) {
    using C = ChangeLoginIdentifier;
    return fields(field<&C::email>("email", "The new login identifier; unique.").required(),
                  field<&C::reason>("reason", "Why; kept in the history.").length(0, 500));
}

// The key comes from the path; the body as a whole is the value.
struct SetUserMetadata {
    std::string key = {};
    Json value = {};
    bool operator==(const SetUserMetadata&) const = default;
};
constexpr auto describe(const SetUserMetadata*) {
    return fields(field<&SetUserMetadata::value>("value", "Any JSON value.")
                      .required()
                      .length(0, user_metadata_value_length_max));
}

struct RemoveUserMetadata {
    std::string key = {};
    std::optional<std::string> reason = {};
    bool operator==(const RemoveUserMetadata&) const = default;
};
constexpr auto describe(const RemoveUserMetadata*) {
    return fields(
        field<&RemoveUserMetadata::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct BlockUser {
    std::optional<std::string> reason = {};
    bool operator==(const BlockUser&) const = default;
};
constexpr auto describe(const BlockUser*) {
    return fields(field<&BlockUser::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct UnblockUser {
    std::optional<std::string> reason = {};
    bool operator==(const UnblockUser&) const = default;
};
constexpr auto describe(const UnblockUser*) {
    return fields(
        field<&UnblockUser::reason>("reason", "Why; kept in the history.").length(0, 500));
}

// The hash of the new password is in the key store, under this id.
struct SetPassword {
    CredentialId credential_id = {};
    PasswordAlgorithm algorithm = PasswordAlgorithm::argon2id;
    // Of a rehash: the password is the same, and this is the credential that it replaces.
    std::optional<CredentialId> rehashed = {};
    Timestamp now = {};  // The handler's.
    bool operator==(const SetPassword&) const = default;
};
constexpr auto describe(const SetPassword*) { return fields(); }

// Erases the person for ever.
struct DeleteUser {
    bool cancel_contracts = false;
    std::optional<std::string> reason = {};
    bool has_live_contracts = false;  // The handler's.
    bool operator==(const DeleteUser&) const = default;
};
constexpr auto describe(const DeleteUser*) {
    return fields(field<&DeleteUser::cancel_contracts>(
                      "cancelContracts", "End at once, without a refund, what goes on."),
                  field<&DeleteUser::reason>("reason", "Why; kept in the history.").length(0, 500));
}

using UserCommand =
    std::variant<CreateUser, UpdateUser, ChangeLoginIdentifier, SetUserMetadata, RemoveUserMetadata,
                 SetPassword, BlockUser, UnblockUser, DeleteUser>;

// Events ------------------------------------------------------------------------------------------

struct UserCreated : UserProfile {
    Personal email;
    std::int64_t customer_number = 0;
    PersonalMetadata metadata;
    Counter counter() const { return {std::string(customer_numbers), customer_number}; }
    bool operator==(const UserCreated&) const = default;
};
constexpr auto describe(const UserCreated*) {
    using E = UserCreated;
    return std::tuple_cat(
        fields(field<&E::email>("email", "The login identifier.")),
        describe(static_cast<const UserProfile*>(nullptr)),
        fields(field<&E::customer_number>("customerNumber", "The customer's number."),
               field<&E::metadata>("metadata", "JSON text by key.")));
}
// The whole profile as it is after the change.
struct UserProfileChanged : UserProfile {
    bool operator==(const UserProfileChanged&) const = default;
};
struct UserLoginIdentifierChanged {
    Personal email;
    bool operator==(const UserLoginIdentifierChanged&) const = default;
};
constexpr auto describe(const UserLoginIdentifierChanged*) {
    return fields(field<&UserLoginIdentifierChanged::email>(
        "email", "The new login identifier, unverified."));
}
struct UserMetadataSet {
    std::string key;
    Personal value;  // JSON text.
    bool operator==(const UserMetadataSet&) const = default;
};
constexpr auto describe(const UserMetadataSet*) {
    return fields(field<&UserMetadataSet::key>("key", "The key."),
                  field<&UserMetadataSet::value>("value", "JSON text."));
}
struct UserMetadataRemoved {
    std::string key;
    bool operator==(const UserMetadataRemoved&) const = default;
};
constexpr auto describe(const UserMetadataRemoved*) {
    return fields(field<&UserMetadataRemoved::key>("key", "The key."));
}
struct UserBlocked {
    bool operator==(const UserBlocked&) const = default;
};
constexpr auto describe(const UserBlocked*) { return fields(); }
struct UserUnblocked {
    bool operator==(const UserUnblocked&) const = default;
};
constexpr auto describe(const UserUnblocked*) { return fields(); }
// The hash is in the key store, under the credential's id; that of the replaced one is dropped.
struct UserPasswordSet {
    PasswordAlgorithm algorithm = PasswordAlgorithm::argon2id;
    Timestamp set_at;
    bool is_rehash = false;
    CredentialId credential_id;
    std::optional<CredentialId> replaces;
    bool operator==(const UserPasswordSet&) const = default;
};
constexpr auto describe(const UserPasswordSet*) {
    using E = UserPasswordSet;
    return fields(
        field<&E::algorithm>("algorithm", "How it is hashed.").required(),
        field<&E::set_at>("setAt", "When it was set.").required(),
        field<&E::is_rehash>("isRehash", "The same password, hashed anew."),
        field<&E::credential_id>("credentialId", "Where the key store has the hash.").internal(),
        field<&E::replaces>("replaces", "The credential that this one replaces.").internal());
}
// The person's data key is destroyed when this is in the journal.
struct UserDeleted {
    bool operator==(const UserDeleted&) const = default;
};
constexpr auto describe(const UserDeleted*) { return fields(); }

using UserEvent =
    std::variant<UserCreated, UserProfileChanged, UserLoginIdentifierChanged, UserMetadataSet,
                 UserMetadataRemoved, UserPasswordSet, UserBlocked, UserUnblocked, UserDeleted>;

// Refusals ----------------------------------------------------------------------------------------

enum class UserRejection : std::uint8_t {
    address_id_repeated,
    address_ends_before_it_begins,
    metadata_key_malformed,
    too_many_metadata_keys,
    user_has_live_contracts,
    password_changed_meanwhile
};
constexpr auto describe(const UserRejection*) {
    return wire_names("address_id_repeated", "address_ends_before_it_begins",
                      "metadata_key_malformed", "too_many_metadata_keys", "user_has_live_contracts",
                      "password_changed_meanwhile");
}
RefusalInfo info(UserRejection refusal);

// State -------------------------------------------------------------------------------------------

enum class UserStatus : std::uint8_t { absent, active, blocked, deleted };
constexpr auto describe(const UserStatus*) {
    return wire_names("", "ACTIVE", "BLOCKED", "DELETED");
}

struct User : UserProfile {
    Personal email;
    std::int64_t customer_number = 0;
    Metadata metadata;
    std::vector<AuthMethod> auth_methods;
    UserStatus status = UserStatus::absent;
    bool operator==(const User&) const = default;
};
constexpr auto describe(const User*) {
    return std::tuple_cat(
        fields(field<&User::email>("email", "The login identifier.")),
        describe(static_cast<const UserProfile*>(nullptr)),
        fields(field<&User::customer_number>("customerNumber", "The customer's number."),
               field<&User::metadata>("metadata", "Values of your own."),
               field<&User::auth_methods>("authMethods", "How the user can log in."),
               field<&User::status>("status", "Whether the user may log in.")));
}

// The user's password method, or null.
const AuthMethod* password_of(const User& user);

// Keys that no other user of the tenant may have; see claims.hpp.
std::vector<std::string> claims(const User& user, std::string_view id);

struct UserDecider {
    using State = User;
    using Command = UserCommand;
    using Event = UserEvent;
    using Rejection = UserRejection;
    using Status = UserStatus;

    static constexpr Kind kind = Kind::users;
    static constexpr std::array<Transition<Status>, 14> transitions{{
        {"CreateUser", {Status::absent}, {Status::active}},
        {"UpdateUser", {Status::active}, {Status::active}},
        {"UpdateUser", {Status::blocked}, {Status::blocked}},
        {"ChangeLoginIdentifier", {Status::active}, {Status::active}},
        {"ChangeLoginIdentifier", {Status::blocked}, {Status::blocked}},
        {"SetUserMetadata", {Status::active}, {Status::active}},
        {"SetUserMetadata", {Status::blocked}, {Status::blocked}},
        {"RemoveUserMetadata", {Status::active}, {Status::active}},
        {"RemoveUserMetadata", {Status::blocked}, {Status::blocked}},
        {"SetPassword", {Status::active}, {Status::active}},
        {"SetPassword", {Status::blocked}, {Status::blocked}},
        {"BlockUser", {Status::active}, {Status::blocked}},
        {"UnblockUser", {Status::blocked}, {Status::active}},
        {"DeleteUser", {Status::active, Status::blocked}, {Status::deleted}},
    }};

    static Decision<UserDecider> decide(const User& user, const UserCommand& command);
    static User evolve(User user, const UserEvent& event);
};

}  // namespace domain
