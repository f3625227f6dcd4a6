#include "api/mac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace api {

Mac mac_of(const MacKey& key, std::string_view text) {
    Mac mac{};
    unsigned size = 0;
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), mac.data(),
             &size) == nullptr) {
        throw std::runtime_error("OpenSSL could not compute an HMAC.");
    }
    return mac;
}

}  // namespace api
