// What the HTTP server is told: limits and deadlines, and what it needs of others.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/auth.hpp"
#include "api/http/limits.hpp"
#include "api/http/problem.hpp"
#include "api/http/request.hpp"
#include "api/http/tls.hpp"

namespace api::http {

struct ServerConfig {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;   // 0: any free one; see Server::port.
    std::size_t io_threads = 1;  // One a core.
    std::size_t backlog = 4096;  // Connections that the kernel holds while we cannot accept.
    // Over this, accepting pauses: the others wait in the backlog.
    std::size_t connections_max = 10'000;

    std::size_t header_bytes_max = 8UL * 1024;  // Request line included.
    std::size_t header_fields_max = 100;
    std::size_t body_bytes_max = 1024UL * 1024;  // A route may set its own.
    std::size_t chunk_framing_bytes_max =
        64UL * 1024;                              // Of a chunked body, all that is not payload.
    std::size_t chunk_extension_bytes_max = 256;  // Of one chunk.

    // For a whole handshake of TLS, a whole header, a whole body, a whole answer; not for each
    // read.
    std::chrono::milliseconds handshake_timeout{10'000};
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds body_timeout{30'000};
    std::chrono::milliseconds write_timeout{30'000};
    std::chrono::milliseconds idle_timeout{75'000};
    // What Request::deadline is set to. Handlers answer 503 when it has passed.
    std::chrono::milliseconds request_timeout{5'000};
    // How long an idle connection may still bring a request that was under way when draining began.
    std::chrono::milliseconds drain_idle_timeout{250};
    // How long a refused connection is read on, so that the client gets to read the answer, and how
    // long the end of a TLS connection may take.
    std::chrono::milliseconds linger_timeout{1'000};
    // How often deadlines are looked at, hence how late they may be.
    std::chrono::milliseconds deadline_interval{100};

    LimitSettings limits;
};

// One answered request, for the log and the metrics. Holds no body, no full path and no secret.
struct AccessRecord {
    std::string_view request_id;
    std::string_view tenant;  // Empty when nobody was authenticated.
    std::string_view method;  // "-" when the request could not be read.
    std::string_view route;   // The template, "/management/bills/{id}"; "-" when there is none.
    std::string_view code;    // The problem's code; empty on success.
    std::string_view fault;   // What a handler threw; a bug of ours.
    std::optional<Denial> denial;     // Why it was not let in.
    std::string_view key;             // The id of the key that it came with, if there is one;
    std::string_view client;          // of a token its client.
    std::string_view remote_address;  // Personal data: not for every log.
    Status status = Status::ok;
    std::chrono::microseconds duration{0};  // From the whole header to the answer written.
    std::size_t bytes_in = 0;               // Of the body.
    std::size_t bytes_out = 0;
};

// What the server needs of others. All may be called from all I/O threads at once.
struct ServerPorts {
    const KeyDirectory& keys;
    Authenticator::Now now;
    std::function<std::uint64_t()> random;  // For request ids.
    std::function<void(const AccessRecord&)> access_log = [](const AccessRecord&) {};
    const ServerTls* tls = nullptr;  // Null: HTTP in clear.
    const Tokens* tokens = nullptr;  // Null: none is taken.
    // Whether another node of ours sent this on.
    std::function<bool(const Request&)> is_from_peer = [](const Request&) { return false; };
};

}  // namespace api::http
