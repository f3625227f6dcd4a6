#include "cli/address.hpp"

#include <boost/asio/ip/address.hpp>

#include "cli/exit_code.hpp"
#include "domain/numbers.hpp"

namespace cli {

Address parse_address(std::string_view text) {
    const std::string rule = "listen: \"" + std::string(text) +
                             "\" must be HOST:PORT with a numeric host, such as 127.0.0.1:8080";
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) throw Exit(ExitCode::settings, rule);
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);

    Address address;
    const auto port = domain::parse_whole<std::uint16_t>(digits);
    if (!port) throw Exit(ExitCode::settings, rule);
    address.port = *port;

    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (is_bracketed) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    boost::system::error_code failure;
    const auto numeric = boost::asio::ip::make_address(std::string(host), failure);
    if (failure || numeric.is_v6() != is_bracketed) throw Exit(ExitCode::settings, rule);
    address.host = numeric.to_string();
    address.is_any = numeric.is_unspecified();
    address.is_loopback = numeric.is_loopback();
    return address;
}

std::string parse_advertised(std::string_view text, bool has_tls) {
    constexpr std::string_view clear = "http://";
    constexpr std::string_view secure = "https://";
    std::string_view place = text;
    if (text.starts_with(clear) || text.starts_with(secure)) {
        has_tls = text.starts_with(secure);
        place.remove_prefix(has_tls ? secure.size() : clear.size());
    }
    const auto colon = place.rfind(':');
    const bool is_place = colon != std::string_view::npos && colon > 0 &&
                          place.find_first_of("/?#@ ") == std::string_view::npos &&
                          domain::parse_whole<std::uint16_t>(place.substr(colon + 1)).has_value();
    if (!is_place) {
        throw Exit(ExitCode::settings, "advertise: \"" + std::string(text) +
                                           "\" must be HOST:PORT, or that after https://");
    }
    return (has_tls ? std::string(secure) : std::string()).append(place);
}

std::string to_text(const std::string& host, std::uint16_t port) {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace cli
