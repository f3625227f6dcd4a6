// Hashes of passwords: Argon2id (RFC 9106) for those that are made here, in PHC form; bcrypt and
// PBKDF2 (RFC 8018) for those that are imported.
//
//     $argon2id$v=19$m=47104,t=1,p=1$SALT$HASH
//     $2b$12$…                                     (also 2a and 2y)
//     $pbkdf2-sha256$i=600000,l=32$SALT$HASH       (also sha512, and
//     $pbkdf2-sha256$600000$SALT$HASH)
//
// Threads: all functions may be called from any thread; hashing and verifying take tens of
// milliseconds and, for Argon2id, the memory of the parameters.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "domain/user.hpp"

namespace infra {

// The password as it is hashed: what is typed in two ways and looks the same is the same (RFC 8265,
// 4.2.2, its step of normalization to NFC). REQUIRES: valid UTF-8.
std::string normalized(const std::string& password);

// Of new hashes.
struct Argon2Parameters {
    std::size_t memory_bytes = std::size_t{46} << 20U;  // OWASP: 46 MiB with one pass.
    unsigned passes = 1;
    bool operator==(const Argon2Parameters&) const = default;
};

// Nothing when there is no memory for it.
std::optional<std::string> argon2id(const std::string& password,
                                    const Argon2Parameters& parameters);

// What made the hash; nothing if it is none that `is_right` understands, or one that would cost
// more than a hash may: more memory than `memory_bytes_max`, or some seconds of time.
std::optional<domain::PasswordAlgorithm> algorithm_of(const std::string& hash,
                                                      std::size_t memory_bytes_max);

// Whether the hash is that of the password; in constant time as far as the hash is concerned.
// REQUIRES: algorithm_of(hash).
bool is_right(const std::string& password, const std::string& hash);

// Whether it was not made by argon2id() with these parameters.
bool needs_rehash(const std::string& hash, const Argon2Parameters& parameters);

}  // namespace infra
