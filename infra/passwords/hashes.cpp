#include "infra/passwords/hashes.hpp"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include "domain/numbers.hpp"
#include "infra/keys/sealing.hpp"

namespace infra {
namespace {

using domain::PasswordAlgorithm;

// More would let one sign-in occupy a thread for many seconds.
constexpr std::int64_t pbkdf2_iterations_max = 5'000'000;
constexpr std::int64_t bcrypt_cost_max = 15;
constexpr std::int64_t argon2_passes_max = 20;
constexpr std::int64_t argon2_kibibyte = 1024;

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

// The number behind "m=" among "m=47104,t=1,p=1".
std::optional<std::int64_t> parameter(std::string_view list, std::string_view name) {
    for (const std::string_view one : parts_of(list, ',')) {
        if (one.starts_with(name)) {
            return domain::parse_whole<std::int64_t>(one.substr(name.size()));
        }
    }
    return std::nullopt;
}

bool is_between(const std::optional<std::int64_t>& number, std::int64_t least, std::int64_t most) {
    return number && *number >= least && *number <= most;
}

struct Pbkdf2 {
    const EVP_MD* digest = nullptr;
    int iterations = 0;
    std::string salt;
    std::string hash;
};

// PHC texts use the plain alphabet of base 64, others put a dot for the plus.
std::optional<std::string> bytes_of(std::string_view text) {
    std::string plain(text);
    std::ranges::replace(plain, '.', '-');
    std::ranges::replace(plain, '+', '-');
    std::ranges::replace(plain, '/', '_');
    return from_base64(plain);
}

std::optional<Pbkdf2> parse_pbkdf2(std::string_view hash) {
    const auto parts = parts_of(hash, '$');
    if (parts.size() != 5 || !parts[0].empty()) return std::nullopt;
    Pbkdf2 parsed;
    if (parts[1] == "pbkdf2-sha256") parsed.digest = EVP_sha256();
    if (parts[1] == "pbkdf2-sha512") parsed.digest = EVP_sha512();
    const auto plain = domain::parse_whole<std::int64_t>(parts[2]);
    const auto iterations = plain ? plain : parameter(parts[2], "i=");
    auto salt = bytes_of(parts[3]);
    auto bytes = bytes_of(parts[4]);
    const bool is_known = parsed.digest != nullptr && salt && bytes && bytes->size() >= 16 &&
                          bytes->size() <= 64 && is_between(iterations, 1, pbkdf2_iterations_max);
    if (!is_known) return std::nullopt;
    parsed.iterations = static_cast<int>(*iterations);
    parsed.salt = *std::move(salt);
    parsed.hash = *std::move(bytes);
    return parsed;
}

bool is_right_pbkdf2(const std::string& password, std::string_view hash) {
    const auto expected = parse_pbkdf2(hash);
    if (!expected) return false;
    std::array<unsigned char, 64> made{};
    const int ok =
        PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                          reinterpret_cast<const unsigned char*>(expected->salt.data()),
                          static_cast<int>(expected->salt.size()), expected->iterations,
                          expected->digest, static_cast<int>(expected->hash.size()), made.data());
    return ok == 1 && CRYPTO_memcmp(made.data(), expected->hash.data(), expected->hash.size()) == 0;
}

bool is_bcrypt(std::string_view hash) {
    constexpr std::size_t length = 60;
    const bool is_ours =
        hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
    return is_ours && hash.size() == length && hash[6] == '$' &&
           is_between(domain::parse_whole<std::int64_t>(hash.substr(4, 2)), 4, bcrypt_cost_max);
}

bool is_right_bcrypt(const std::string& password, const std::string& hash) {
    const auto scratch = std::make_unique<crypt_data>();
    const char* const made = crypt_r(password.c_str(), hash.c_str(), scratch.get());
    const bool is_right = made != nullptr && hash.size() == std::string_view(made).size() &&
                          CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
    sodium_memzero(scratch.get(), sizeof *scratch);
    return is_right;
}

bool is_argon2id(std::string_view hash, std::size_t memory_bytes_max) {
    const auto parts = parts_of(hash, '$');
    if (parts.size() != 6 || !parts[0].empty() || parts[1] != "argon2id") return false;
    const auto most = static_cast<std::int64_t>(memory_bytes_max) / argon2_kibibyte;
    return parts[2] == "v=19" && is_between(parameter(parts[3], "m="), 8, most) &&
           is_between(parameter(parts[3], "t="), 1, argon2_passes_max) &&
           is_between(parameter(parts[3], "p="), 1, 16) && bytes_of(parts[4]) && bytes_of(parts[5]);
}

}  // namespace

std::string normalized(const std::string& password) {
    auto* const composed =
        utf8proc_NFC(reinterpret_cast<const utf8proc_uint8_t*>(password.c_str()));
    if (composed == nullptr) return password;
    std::string made(reinterpret_cast<const char*>(composed));
    sodium_memzero(composed, made.size());
    std::free(composed);
    return made;
}

std::optional<std::string> argon2id(const std::string& password,
                                    const Argon2Parameters& parameters) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const int failed =
        crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), parameters.passes,
                              parameters.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    if (failed != 0) return std::nullopt;
    return hash.data();
}

std::optional<PasswordAlgorithm> algorithm_of(const std::string& hash,
                                              std::size_t memory_bytes_max) {
    if (hash.size() < crypto_pwhash_STRBYTES && is_argon2id(hash, memory_bytes_max)) {
        return PasswordAlgorithm::argon2id;
    }
    if (is_bcrypt(hash)) return PasswordAlgorithm::bcrypt;
    if (parse_pbkdf2(hash)) return PasswordAlgorithm::pbkdf2;
    return std::nullopt;
}

bool is_right(const std::string& password, const std::string& hash) {
    if (hash.starts_with("$argon2id$")) {
        return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
    }
    return is_bcrypt(hash) ? is_right_bcrypt(password, hash) : is_right_pbkdf2(password, hash);
}

bool needs_rehash(const std::string& hash, const Argon2Parameters& parameters) {
    return crypto_pwhash_str_needs_rehash(hash.c_str(), parameters.passes,
                                          parameters.memory_bytes) != 0;
}

}  // namespace infra
