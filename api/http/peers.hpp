// The other nodes, as this one asks them: HTTP/1.1 over connections that are kept for the next
// request, in TLS where the node's address says https.
//
// Threads: all functions may be called from any thread; one thread of its own does the work and
// calls back. Lifetime: a call back may come until this is stopped.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/http/request.hpp"
#include "api/http/response.hpp"
#include "api/http/tls.hpp"
#include "api/mac.hpp"
#include "domain/result.hpp"

namespace api::http {

enum class PeerError : std::uint8_t {
    unreachable,  // Nothing was sent.
    unknown       // It was sent, wholly or in part, and no answer came.
};

class Peers {
public:
    using Answer = domain::Result<Response, PeerError>;

    struct Settings {
        std::string name;                // What this node is called, for the others.
        const ClientTls* tls = nullptr;  // Null: nodes that serve HTTPS are not reached.
        // Also send requests, and the keys in them, in clear to other machines.
        bool allow_plaintext = false;
        // By which nodes know one another: the same on all of them.
        MacKey secret{};
    };
    explicit Peers(Settings settings);
    ~Peers();
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;

    // Sends the request as it came, and calls `done` with the answer, once, by the deadline at the
    // latest. `address` is http://HOST:PORT or https://HOST:PORT; HOST:PORT alone is the former.
    void forward(const std::string& address, const Request& request,
                 std::function<void(Answer)> done);

    // Whether a node with the same secret sent this request on, as it is.
    bool has_sent(const Request& request) const;

    // Ends the thread: what is under way is not answered. Idempotent; nothing is forwarded after
    // it.
    void stop();

private:
    class Pool;
    std::unique_ptr<Pool> pool_;
};

// Whether the request was forwarded by another node, or says so.
bool is_forwarded(const Request& request);

}  // namespace api::http
