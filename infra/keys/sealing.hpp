// The Sealing port with XChaCha20-Poly1305: what is sealed can be read only with the key, and only
// at the place that its associated data names.
//
// Sealed text: "1." and then base64url without padding of nonce (24 bytes, random) ‖ ciphertext ‖
// tag (16 bytes). Stored for ever: a later form gets another number. Threads: all functions may be
// called from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "infra/keys/randomness.hpp"
#include "journal/entry.hpp"
#include "journal/key_store.hpp"

namespace infra {

// Nonce ‖ ciphertext ‖ tag.
std::string encrypt(std::span<const unsigned char, 32> key, std::string_view associated,
                    std::string_view plain, Randomness& randomness);
// Nothing if it was not encrypted with this key and this associated data.
std::optional<std::string> decrypt(std::span<const unsigned char, 32> key,
                                   std::string_view associated, std::string_view encrypted);

// A person's credential as key stores keep it: sealed with the person's key, and bound to its
// place.
std::string seal_credential(const journal::DataKey& key, const journal::Person& person,
                            const domain::CredentialId& id, std::string_view credential,
                            Randomness& randomness);
std::optional<std::string> unseal_credential(const journal::DataKey& key,
                                             const journal::Person& person,
                                             const domain::CredentialId& id,
                                             std::string_view sealed);

// Base64url without padding.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

class SodiumSealing final : public journal::Sealing {
public:
    // REQUIRES: `randomness` outlives this.
    explicit SodiumSealing(Randomness& randomness) : randomness_(randomness) {}

    std::string seal(const journal::DataKey& key, std::string_view associated,
                     std::string_view plain) override;
    std::optional<std::string> unseal(const journal::DataKey& key, std::string_view associated,
                                      std::string_view sealed) override;

private:
    Randomness& randomness_;
};

}  // namespace infra
