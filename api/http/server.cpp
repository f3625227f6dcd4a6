#include "api/http/server.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "api/http/io_thread.hpp"

namespace api::http {
namespace net = boost::asio;
using boost::system::error_code;
using tcp = net::ip::tcp;

namespace {
// How long accepting rests when the process has run out of descriptors or memory.
constexpr std::chrono::milliseconds accept_retry{50};
}  // namespace

struct Server::State {
    State(ServerConfig config, Router router, ServerPorts ports)
        : shared(std::move(config), std::move(router), std::move(ports)) {
        const std::size_t count = std::max<std::size_t>(shared.config.io_threads, 1);
        for (std::size_t i = 0; i < count; ++i) {
            threads.push_back(std::make_unique<IoThread>(shared));
        }
        acceptor.emplace(threads[0]->context());
        pause.emplace(threads[0]->context());
        listen();
        shared.on_room = [this] { net::post(threads[0]->context(), [this] { pause->cancel(); }); };
    }

    // The threads stop before anything that their coroutines use goes away. Connections that end
    // with their io_context must not wake an accept loop that may be gone.
    ~State() {
        stop();
        shared.on_room = nullptr;
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void listen() {
        try {
            open();
        } catch (const boost::system::system_error& error) {
            throw std::system_error(error.code(), "Cannot listen on " + shared.config.address +
                                                      ":" + std::to_string(shared.config.port));
        }
    }

    void open() {
        const auto address = net::ip::make_address(shared.config.address);
        acceptor->open(address.is_v6() ? tcp::v6() : tcp::v4());
        acceptor->set_option(tcp::acceptor::reuse_address(true));
        acceptor->bind({address, shared.config.port});
        acceptor->listen(static_cast<int>(shared.config.backlog));
        endpoint = acceptor->local_endpoint();
    }

    void stop() {
        for (auto& thread : threads) thread->stop();
    }

    IoThread& next_thread() { return *threads[turn++ % threads.size()]; }

    void hand_over(Socket socket, IoThread& thread) {
        shared.connections.fetch_add(1);
        thread.adopt(std::move(socket));
    }

    static Task<void> accept(State& state) {
        while (!state.shared.is_draining) {
            if (state.shared.connections >= state.shared.config.connections_max) {
                co_await state.rest(std::chrono::steady_clock::time_point::max());
                continue;
            }
            IoThread& thread = state.next_thread();
            Socket socket(thread.context());
            error_code error;
            co_await state.acceptor->async_accept(socket,
                                                  net::redirect_error(net::use_awaitable, error));
            if (!error) {
                state.hand_over(std::move(socket), thread);
            } else if (!state.shared.is_draining) {
                co_await state.rest(std::chrono::steady_clock::now() + accept_retry);
            }
        }
        state.accept_backlog();
        error_code ignored;
        std::ignore = state.acceptor->close(ignored);
        state.shared.accepting_ended();
    }

    // To close the listener would reset whoever is in its queue, so the queue is emptied first.
    void accept_backlog() {
        error_code error;
        std::ignore = acceptor->non_blocking(true, error);
        while (!error) {
            IoThread& thread = next_thread();
            Socket socket(thread.context());
            std::ignore = acceptor->accept(socket, error);
            if (!error) hand_over(std::move(socket), thread);
        }
    }

    Task<void> rest(std::chrono::steady_clock::time_point until) {
        pause->expires_at(until);
        error_code ignored;
        co_await pause->async_wait(net::redirect_error(net::use_awaitable, ignored));
    }

    Shared shared;
    tcp::endpoint endpoint;
    std::size_t turn = 0;
    bool is_started = false;
    std::vector<std::unique_ptr<IoThread>> threads;
    std::optional<net::basic_socket_acceptor<tcp, net::io_context::executor_type>> acceptor;
    std::optional<net::steady_timer> pause;
};

Server::Server(ServerConfig config, Router router, ServerPorts ports)
    : state_(std::make_unique<State>(std::move(config), std::move(router), std::move(ports))) {}

Server::~Server() = default;

void Server::start() {
    assert(!state_->is_started);
    state_->is_started = true;
    state_->shared.is_accepting = true;
    net::co_spawn(state_->threads[0]->context(), State::accept(*state_), net::detached);
    for (auto& thread : state_->threads) thread->start();
}

void Server::begin_drain() {
    if (state_->shared.is_draining.exchange(true)) return;
    net::post(state_->threads[0]->context(), [state = state_.get()] {
        error_code ignored;
        std::ignore = state->acceptor->cancel(ignored);
        state->pause->cancel();
    });
    for (auto& thread : state_->threads) thread->drain();
}

bool Server::is_draining() const { return state_->shared.is_draining; }

bool Server::join(std::chrono::steady_clock::time_point deadline) {
    Shared& shared = state_->shared;
    assert(shared.is_draining);
    std::unique_lock lock(shared.mutex);
    const bool is_done = shared.changed.wait_until(
        lock, deadline, [&] { return !shared.is_accepting && shared.connections == 0; });
    lock.unlock();
    state_->stop();
    return is_done;
}

std::string Server::address() const { return state_->endpoint.address().to_string(); }
std::uint16_t Server::port() const { return state_->endpoint.port(); }
std::size_t Server::connections() const { return state_->shared.connections; }
const Router& Server::router() const { return state_->shared.router; }

}  // namespace api::http
