#include "infra/webhooks/web_address.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "domain/numbers.hpp"
#include "infra/webhooks/addresses.hpp"

namespace infra {

std::string WebAddress::authority() const {
    const bool is_default = port == (is_https ? "443" : "80");
    return is_default ? host : host + ':' + port;
}

WebAddress parse_web_address(std::string_view url) {
    WebAddress address;
    address.is_https = url.starts_with("https:");
    url.remove_prefix(url.find("//") + 2);
    url = url.substr(0, url.find('#'));
    const std::size_t end = std::min(url.find_first_of("/?"), url.size());
    const std::string_view authority = url.substr(0, end);
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    address.host = authority.substr(0, colon);
    address.port = colon < authority.size() ? std::string(authority.substr(colon + 1))
                                            : (address.is_https ? "443" : "80");
    address.target = url.substr(end);
    if (!address.target.starts_with('/')) address.target.insert(0, "/");
    return address;
}

std::optional<AddressRefusal> refusal_of(std::string_view url, bool allow_private) {
    const WebAddress address = parse_web_address(url);
    const auto port = domain::parse_whole<unsigned>(address.port);
    if (!port || *port == 0 || *port > 65535) {
        return AddressRefusal{"invalid_port", "the port must be from 1 to 65535"};
    }
    if (allow_private) return std::nullopt;
    if (!address.is_https) {
        return AddressRefusal{"https_required", "must begin with https://"};
    }
    boost::system::error_code not_a_number;
    const auto number = boost::asio::ip::make_address(address.host, not_a_number);
    if (!not_a_number && !is_public(number)) {
        return AddressRefusal{"private_address",
                              "must be an address that can be reached from anywhere"};
    }
    return std::nullopt;
}

}  // namespace infra
