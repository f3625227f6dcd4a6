// Forwarding: a command for a shard that another node writes goes to that node, once, and its
// answer comes back as ours.
//
// Who the other is says the log. It decides again who asks and what it may: the request arrives
// there as it came here, with its credentials. The caller then sees here what it did, as if this
// node had done it.
// Lifetime: outlives the handlers that use it. Threads: all functions from any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "api/http/peers.hpp"
#include "api/http/router.hpp"
#include "api/views.hpp"
#include "journal/journal.hpp"

namespace api {

class Forwards {
public:
    // Where the node that writes a shard takes commands; nothing while it is not known, or this.
    using OwnerOf = std::function<std::optional<std::string>(journal::ShardNumber)>;

    // REQUIRES: the peers and the views outlive this.
    Forwards(http::Peers& peers, const Views& views, OwnerOf owner_of)
        : peers_(peers), views_(views), owner_of_(std::move(owner_of)) {}
    Forwards(const Forwards&) = delete;
    Forwards& operator=(const Forwards&) = delete;

    // The owner's answer. Nothing when nothing was done, and it is not known who the owner is now:
    // to be tried again. The request outlives this, as its handler awaits it.
    http::Task<std::optional<http::Response>> forward(const http::Request& request,
                                                      journal::ShardNumber shard) const;

private:
    http::Peers& peers_;
    const Views& views_;
    OwnerOf owner_of_;
};

}  // namespace api
