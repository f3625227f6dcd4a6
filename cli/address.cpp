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

std::string to_text(const std::string& host, std::uint16_t port) {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace cli
