// Secrets and signatures of webhooks, as Standard Webhooks defines them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/ids.hpp"
#include "infra/keys/secret.hpp"

namespace infra {

// "whsec_<base64>" of 32 bytes: HMAC-SHA256 of tenant, endpoint and version with the key-encryption
// key. Whoever has that key can make it again, so nothing keeps it; with another key it is another.
std::string webhook_secret(const Secret& root_key, const domain::TenantId& tenant,
                           std::string_view endpoint, std::int64_t version);

// "v1,<base64>" of HMAC-SHA256 over "<id>.<seconds>.<body>". REQUIRES: the secret is
// "whsec_<base64>".
std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t seconds,
                              std::string_view body);

}  // namespace infra
