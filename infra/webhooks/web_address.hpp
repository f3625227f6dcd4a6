// The address of a webhook endpoint in its parts, and whether it may be one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace infra {

struct WebAddress {
    bool is_https = false;
    std::string host;
    std::string port;
    std::string target;  // What is asked for there: the path with the query.

    // The Host field.
    std::string authority() const;
    // Is it served by the same connections?
    bool has_origin_of(const WebAddress& other) const {
        return is_https == other.is_https && host == other.host && port == other.port;
    }
    bool operator==(const WebAddress&) const = default;
};

// REQUIRES: as domain::Url has it.
WebAddress parse_web_address(std::string_view url);

struct AddressRefusal {
    std::string_view code;
    std::string_view detail;
};
// Why nothing is sent to this address, as far as can be told without looking its name up.
// REQUIRES: as domain::Url has it.
std::optional<AddressRefusal> refusal_of(std::string_view url, bool allow_private);

}  // namespace infra
