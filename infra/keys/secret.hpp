// A 256-bit secret that is wiped from memory when it ends.
#pragma once

#include <sodium.h>

#include <array>

namespace infra {

struct Secret {
    std::array<unsigned char, 32> bytes{};

    Secret() = default;
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret() { sodium_memzero(bytes.data(), bytes.size()); }
};

}  // namespace infra
