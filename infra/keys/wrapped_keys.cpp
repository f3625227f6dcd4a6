#include "infra/keys/wrapped_keys.hpp"

#include "infra/keys/sealing.hpp"

namespace infra {
namespace {

constexpr std::string_view check_text = "daybook key store";

}  // namespace

std::string key_check(const Secret& root_key, Randomness& randomness) {
    return encrypt(root_key.bytes, check_text, check_text, randomness);
}

bool opens(const Secret& root_key, std::string_view check) {
    return decrypt(root_key.bytes, check_text, check) == check_text;
}

}  // namespace infra
