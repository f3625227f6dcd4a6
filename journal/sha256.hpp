// SHA-256, and hashes as bytes.
#pragma once

#include <string_view>

#include "journal/chain.hpp"

namespace journal {

// Of the two texts one after the other. Threads: any.
Hash sha256(std::string_view first, std::string_view second = {});

inline std::string_view as_text(const Hash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace journal
