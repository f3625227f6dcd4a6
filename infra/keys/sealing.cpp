#include "infra/keys/sealing.hpp"

#include <sodium.h>

#include <cassert>
#include <cstddef>

namespace infra {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::string_view version = "1.";
constexpr int base64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string place_of(const journal::Person& person, const domain::CredentialId& id) {
    std::string place = "credential\n" + person.tenant.text;
    return place + '\n' + person.user.text + '\n' + id.text;
}

}  // namespace

std::string encrypt(std::span<const unsigned char, 32> key, std::string_view associated,
                    std::string_view plain, Randomness& randomness) {
    std::string encrypted(nonce_bytes + plain.size() + tag_bytes, '\0');
    unsigned char* bytes = bytes_of(encrypted);
    randomness.fill({bytes, nonce_bytes});
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + nonce_bytes, nullptr, bytes_of(plain),
                                               plain.size(), bytes_of(associated),
                                               associated.size(), nullptr, bytes, key.data());
    return encrypted;
}

std::optional<std::string> decrypt(std::span<const unsigned char, 32> key,
                                   std::string_view associated, std::string_view encrypted) {
    if (encrypted.size() < nonce_bytes + tag_bytes) return std::nullopt;
    std::string plain(encrypted.size() - nonce_bytes - tag_bytes, '\0');
    const unsigned char* bytes = bytes_of(encrypted);
    const int refused = crypto_aead_xchacha20poly1305_ietf_decrypt(
        bytes_of(plain), nullptr, nullptr, bytes + nonce_bytes, encrypted.size() - nonce_bytes,
        bytes_of(associated), associated.size(), bytes, key.data());
    if (refused != 0) return std::nullopt;
    return plain;
}

std::string seal_credential(const journal::DataKey& key, const journal::Person& person,
                            const domain::CredentialId& id, std::string_view credential,
                            Randomness& randomness) {
    return encrypt(key, place_of(person, id), credential, randomness);
}

std::optional<std::string> unseal_credential(const journal::DataKey& key,
                                             const journal::Person& person,
                                             const domain::CredentialId& id,
                                             std::string_view sealed) {
    return decrypt(key, place_of(person, id), sealed);
}

std::string to_base64(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), base64), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), base64);
    text.pop_back();  // The zero at the end.
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    const int refused = sodium_base642bin(bytes_of(bytes), bytes.size(), text.data(), text.size(),
                                          nullptr, &size, &end, base64);
    if (refused != 0 || end != text.data() + text.size()) return std::nullopt;
    bytes.resize(size);
    return bytes;
}

std::string SodiumSealing::seal(const journal::DataKey& key, std::string_view associated,
                                std::string_view plain) {
    return std::string(version) + to_base64(encrypt(key, associated, plain, randomness_));
}

std::optional<std::string> SodiumSealing::unseal(const journal::DataKey& key,
                                                 std::string_view associated,
                                                 std::string_view sealed) {
    if (!sealed.starts_with(version)) return std::nullopt;
    const auto encrypted = from_base64(sealed.substr(version.size()));
    return encrypted ? decrypt(key, associated, *encrypted) : std::nullopt;
}

}  // namespace infra
