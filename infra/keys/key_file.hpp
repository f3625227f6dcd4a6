// Keys in files: the key-encryption key, which opens everything else, and keys wrapped by it.
//
// All that is wrapped or derived goes by the root key. That is the key-encryption key itself until
// it is replaced; from then on a file of its own holds the root key, wrapped by the new one, so
// that replacing it changes one small file, on every engine, whatever it opens.
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

// The root key. Finishes a replacement that was cut. Throws std::runtime_error as above, and when
// the key-encryption key does not open `root_file`.
Secret root_key(const std::filesystem::path& key_file, const std::filesystem::path& root_file,
                bool may_make, Randomness& randomness);

// Replaces the key-encryption key in `key_file` by a new one, or, if `to` is given, by the one in
// that file, which is made if there is none; then `key_file` stays as it is, and opens nothing any
// more. What a crash interrupts is either not done or finished by `root_key`. Throws
// std::runtime_error. REQUIRES: nobody uses the keys.
void replace_key_encryption_key(const std::filesystem::path& key_file,
                                const std::filesystem::path& root_file,
                                const std::filesystem::path& to, Randomness& randomness);

// The same key on every node that has this root key, for one purpose.
Secret derived_key(std::string_view purpose, const Secret& root);

// The key that is kept in `file`, wrapped by the root key and bound to its `purpose`. Makes it if
// there is none. One that the root key does not open is replaced: use it for stores that can be
// derived again. Throws std::runtime_error if the file cannot be read or
// written.
Secret derived_store_key(const std::filesystem::path& file, std::string_view purpose,
                         const Secret& root, Randomness& randomness);

}  // namespace infra
