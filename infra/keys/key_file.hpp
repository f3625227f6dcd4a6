// Keys in files: the key-encryption key, which opens everything else, and keys wrapped by it.
#pragma once

#include <filesystem>
#include <string_view>

#include "infra/keys/randomness.hpp"
#include "infra/keys/secret.hpp"

namespace infra {

// The key-encryption key: a file of 64 hex digits that only its owner may read (mode 0600 or 0400).
// Makes it, and its directory, if there is none and `may_make` is true. Throws std::runtime_error
// if it cannot be read, is no key, or others may read it.
Secret key_encryption_key(const std::filesystem::path& file, bool may_make, Randomness& randomness);

// The same key on every node that has this key-encryption key, for one purpose.
Secret derived_key(std::string_view purpose, const Secret& key_encryption_key);

// The key that is kept in `file`, wrapped by the key-encryption key and bound to its `purpose`.
// Makes it if there is none. One that the key-encryption key does not open is replaced: use it for
// stores that can be derived again. Throws std::runtime_error if the file cannot be read or
// written.
Secret derived_store_key(const std::filesystem::path& file, std::string_view purpose,
                         const Secret& key_encryption_key, Randomness& randomness);

}  // namespace infra
