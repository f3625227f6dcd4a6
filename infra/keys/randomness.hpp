// Where secrets and nonces come from: libsodium, and a seed in tests.
//
// Threads: `fill` may be called from any thread.
#pragma once

#include <sodium.h>

#include <span>
#include <stdexcept>

namespace infra {

class Randomness {
public:
    virtual ~Randomness() = default;
    // Fills `bytes` with what nobody can guess.
    virtual void fill(std::span<unsigned char> bytes) = 0;
};

class SodiumRandomness final : public Randomness {
public:
    SodiumRandomness() {
        if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
    }
    void fill(std::span<unsigned char> bytes) override {
        randombytes_buf(bytes.data(), bytes.size());
    }
};

}  // namespace infra
