#include "api/http/io_thread.hpp"

#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "api/http/session.hpp"

namespace api::http {
namespace net = boost::asio;

void Shared::connection_ended() {
    const std::size_t before = connections.fetch_sub(1);
    if (before == config.connections_max && on_room) on_room();
    if (!is_draining) return;
    const std::lock_guard lock(mutex);
    changed.notify_all();
}

void Shared::accepting_ended() {
    const std::lock_guard lock(mutex);
    is_accepting = false;
    changed.notify_all();
}

IoThread::IoThread(Shared& shared)
    : shared_(shared),
      authenticator_(shared.ports.keys, shared.ports.now, shared.ports.tokens),
      context_(1),
      timer_(context_) {}

IoThread::~IoThread() { stop(); }

void IoThread::start() {
    watch_deadlines();
    thread_ = std::thread([this] { context_.run(); });
}

void IoThread::stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
}

void IoThread::watch_deadlines() {
    timer_.expires_after(shared_.config.deadline_interval);
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        const auto now = std::chrono::steady_clock::now();
        for (Session* session : sessions_) session->check_deadline(now);
        watch_deadlines();
    });
}

void IoThread::drain() {
    net::post(context_, [this] {
        for (Session* session : sessions_) session->drain();
    });
}

void IoThread::adopt(Socket socket) {
    auto session = std::make_shared<Session>(std::move(socket), *this);
    net::post(context_, [session = std::move(session)] { session->start(); });
}

}  // namespace api::http
