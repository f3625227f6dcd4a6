// Keys and credentials of persons as key stores keep them, wrapped by the key-encryption key: for
// moving them to another store without ever opening one.
//
// The same key-encryption key has to open both stores; a check says whether it does. What a wrapped
// key is bound to is the same in all stores.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "infra/keys/randomness.hpp"
#include "infra/keys/secret.hpp"
#include "journal/key_store.hpp"

namespace infra {

struct WrappedKey {
    journal::Person person;
    std::string bytes;  // Empty: it was destroyed.
    // Of a credential of the person, which is sealed with the person's key.
    std::optional<domain::CredentialId> credential = {};
    bool operator==(const WrappedKey&) const = default;
};

// What a key store can do besides, for moving. Threads: all functions may be called from any.
class WrappedKeys {
public:
    virtual ~WrappedKeys() = default;

    // Every person that has, or had, a key; and their credentials.
    virtual void each(const std::function<void(const WrappedKey&)>& use) = 0;

    // Keeps them durably; false when that failed. REQUIRES: they were wrapped by the key-encryption
    // key of this store, which knows none of these persons.
    virtual bool add(std::span<const WrappedKey> keys) = 0;
};

// A text from which `opens` tells whether another key is the same.
std::string key_check(const Secret& root_key, Randomness& randomness);
bool opens(const Secret& root_key, std::string_view check);

}  // namespace infra
