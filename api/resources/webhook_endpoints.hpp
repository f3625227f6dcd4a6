// Webhook endpoints: /management/webhook-endpoints.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/router.hpp"
#include "api/read.hpp"
#include "api/write.hpp"

namespace api {

// What the routes ask of who delivers. Called from all I/O threads at once.
struct WebhookRules {
    struct Refusal {
        std::string_view code;
        std::string_view detail;
    };
    // The secret of that version: the same whenever it is asked for.
    std::function<std::string(const domain::TenantId& tenant, std::string_view id,
                              std::int64_t version)>
        secret;
    // Why nothing would be sent to this address.
    std::function<std::optional<Refusal>(std::string_view url)> refuses;
    std::int64_t endpoints_max = 1;  // Of a tenant.
};

// REQUIRES: all of them outlive the routes.
std::vector<http::Route> webhook_endpoint_routes(const Reads& read, const Writes& write,
                                                 const WebhookRules& rules);

}  // namespace api
