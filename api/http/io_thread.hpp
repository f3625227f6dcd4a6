// One I/O thread: an io_context, the connections that live on it and the clock for their deadlines.
//
// One timer for all connections is cheaper than one each: every deadline_interval it looks at them.
// Threads: everything but start, stop, post and the constructor runs on the thread itself.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "api/auth.hpp"
#include "api/http/config.hpp"
#include "api/http/limits.hpp"
#include "api/http/router.hpp"
#include "api/http/wire.hpp"

namespace api::http {

using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

class Session;

// What all threads of a server share.
struct Shared {
    Shared(ServerConfig a_config, Router a_router, ServerPorts a_ports)
        : config(std::move(a_config)),
          router(std::move(a_router)),
          ports(std::move(a_ports)),
          limits(config.limits) {}

    const ServerConfig config;
    const Router router;
    const ServerPorts ports;
    Limits limits;
    std::function<void()> on_room;  // A connection ended while accepting was paused.

    std::atomic<std::size_t> connections = 0;
    std::atomic<bool> is_draining = false;
    std::atomic<bool> is_accepting = false;
    std::mutex mutex;
    std::condition_variable changed;  // A connection ended while draining, or accepting did.

    void connection_ended();
    void accepting_ended();
};

class IoThread {
public:
    explicit IoThread(Shared& shared);
    ~IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    void start();
    // Ends what still runs and waits for the thread.
    void stop();
    void drain();
    // Takes over a connection, which must already be counted.
    void adopt(Socket socket);

    boost::asio::io_context& context() { return context_; }
    Shared& shared() { return shared_; }
    Authenticator& authenticator() { return authenticator_; }
    DateText& date() { return date_; }
    std::list<Session*>& sessions() { return sessions_; }

private:
    void watch_deadlines();

    Shared& shared_;
    Authenticator authenticator_;
    DateText date_;
    std::list<Session*> sessions_;
    boost::asio::io_context context_;
    boost::asio::steady_timer timer_;
    std::thread thread_;
};

}  // namespace api::http
