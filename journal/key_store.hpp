// The KeyStore port: each person's data key and credentials, apart from the journal, so that
// destroying a key erases what was sealed with it. Keys are wrapped by a key-encryption key at
// rest.
//
// Threads: all functions may be called from any thread. `find` is on hot paths: adapters cache.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "domain/ids.hpp"

namespace journal {

using DataKey = std::array<unsigned char, 32>;

struct Person {
    domain::TenantId tenant;
    domain::UserId user;
    auto operator<=>(const Person&) const = default;
};

// The store cannot be asked now whether there is a key. Try again later.
class KeysUnavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class KeyStore {
public:
    virtual ~KeyStore() = default;

    // Makes and keeps a key for each of these persons that has none, and returns when they are
    // durable (one sync for all). A person whose key was destroyed gets none. False when the keys
    // could not be kept: then nothing that needs them may be appended.
    virtual bool create(std::span<const Person> persons) = 0;

    // The person's key; empty when there is none, or no more. Throws KeysUnavailable.
    virtual std::optional<DataKey> find(const Person& person) = 0;

    // Destroys the key for ever, and the person's credentials, durably. Idempotent.
    virtual bool destroy(const Person& person) = 0;

    // Keeps what proves who the person is (the hash of a password), sealed with the person's key,
    // under an id that was never used, and returns when it is durable. False when it could not be
    // kept, or the person has no key.
    virtual bool keep(const Person& person, const domain::CredentialId& id,
                      std::string_view credential) = 0;

    // What was kept; empty when there is nothing, or no more. Throws KeysUnavailable.
    virtual std::optional<std::string> kept(const Person& person,
                                            const domain::CredentialId& id) = 0;

    // Lets go of it, durably. Idempotent.
    virtual bool drop(const Person& person, const domain::CredentialId& id) = 0;
};

}  // namespace journal
