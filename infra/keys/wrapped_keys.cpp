#include "infra/keys/wrapped_keys.hpp"

#include "infra/keys/sealing.hpp"

namespace infra {
namespace {

constexpr std::string_view check_text = "daybook key store";

}  // namespace

std::string key_check(const Secret& key_encryption_key, Randomness& randomness) {
    return encrypt(key_encryption_key.bytes, check_text, check_text, randomness);
}

bool opens(const Secret& key_encryption_key, std::string_view check) {
    return decrypt(key_encryption_key.bytes, check_text, check) == check_text;
}

}  // namespace infra
