// Which addresses on the network are anybody's: others may be reached by nobody but us, and whoever
// chooses a webhook's address must not choose those.
#pragma once

#include <boost/asio/ip/address.hpp>

namespace infra {

// False for loopback, private, link-local, shared, multicast, reserved and unspecified addresses,
// and for those of IPv6 that stand for one of IPv4.
bool is_public(const boost::asio::ip::address& address);

}  // namespace infra
