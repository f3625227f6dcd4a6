// HOST:PORT, as `listen` has it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

struct Address {
    std::string host;  // Numeric: a name could be an address that others reach.
    std::uint16_t port = 0;
    bool is_loopback = false;
    bool is_any = false;  // All of this machine's.
};

// Throws Exit (settings). `localhost` is 127.0.0.1; an IPv6 address stands in brackets.
Address parse_address(std::string_view text);

// Where other nodes are told to reach this one: `text` is HOST:PORT, with the scheme before it if
// it is another one than that of this server. Throws Exit (settings).
std::string parse_advertised(std::string_view text, bool has_tls);

// "127.0.0.1:8080", "[::1]:8080".
std::string to_text(const std::string& host, std::uint16_t port);

}  // namespace cli
