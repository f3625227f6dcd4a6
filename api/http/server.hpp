// The HTTP/1.1 server: I/O threads, connections, limits, deadlines and a drain that loses nothing.
//
// Each I/O thread has its own io_context; a connection lives on one of them. The first thread
// accepts and hands sockets round. Handlers run on I/O threads: they must not block; they wait by
// co_await. Life: construct (binds, throws std::system_error) → start → begin_drain → join →
// destroy. Threads: all functions may be called from any thread, but not from a handler. REQUIRES:
// whatever handlers use, and whoever calls a Completion, ends after join and, for the callers of
// Completions, before the destructor.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "api/http/config.hpp"
#include "api/http/router.hpp"

namespace api::http {

class Server {
public:
    // Binds and listens, and serves nothing yet.
    Server(ServerConfig config, Router router, ServerPorts ports);
    // Ends everything at once if it still runs.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void start();

    // Answers from now on say Connection: close, what waits in the backlog is taken and then no
    // more, and idle connections end. Requests that have arrived are answered.
    void begin_drain();
    bool is_draining() const;

    // Waits until every connection has ended, or ends the rest at `deadline`. False: there was a
    // rest. REQUIRES: begin_drain was called.
    bool join(std::chrono::steady_clock::time_point deadline);

    std::string address() const;
    std::uint16_t port() const;
    std::size_t connections() const;
    const Router& router() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace api::http
