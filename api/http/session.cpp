#include "api/http/session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cassert>
#include <cstring>
#include <exception>
#include <tuple>
#include <utility>

#include "api/http/admission.hpp"
#include "api/http/wire.hpp"

namespace api::http {
namespace net = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t buffer_start = 2048;
constexpr std::size_t body_buffer_max = 16UL * 1024;
constexpr std::size_t linger_bytes_max = 1024UL * 1024;

Problem request_timeout() {
    return {Status::request_timeout, "request_timeout", "The request did not arrive in time."};
}

Problem header_too_large() {
    return {Status::header_too_large, "header_too_large", "The header is too large."};
}

Problem internal_error() {
    return {Status::internal_error, "internal_error",
            "Something went wrong here. The request id names it in the server's log."};
}

}  // namespace

net::mutable_buffer ReceiveBuffer::prepare(std::size_t size_max) {
    const std::size_t held = end_ - begin_;
    if (held == 0) begin_ = end_ = 0;
    if (end_ == storage_.size() && begin_ > 0) {
        std::memmove(storage_.data(), storage_.data() + begin_, held);
        begin_ = 0;
        end_ = held;
    }
    if (end_ == storage_.size() && storage_.size() < size_max) {
        storage_.resize(std::min(std::max(storage_.size() * 2, buffer_start), size_max));
    }
    return {storage_.data() + end_, storage_.size() - end_};
}

Session::Session(Socket socket, IoThread& thread) : socket_(std::move(socket)), thread_(thread) {
    // The stream keeps what it needs of the context.
    if (const ServerTls* const tls = thread.shared().ports.tls) {
        tls_.emplace(socket_, *tls->context());
    }
}

Session::~Session() {
    if (is_listed_) thread_.sessions().erase(place_);
    thread_.shared().connection_ended();
}

void Session::start() {
    place_ = thread_.sessions().insert(thread_.sessions().end(), this);
    is_listed_ = true;
    error_code ignored;
    std::ignore = socket_.set_option(net::ip::tcp::no_delay(true), ignored);
    std::ignore = socket_.non_blocking(true, ignored);
    const net::ip::address address = socket_.remote_endpoint(ignored).address();
    remote_address_ = address.to_string();
    counted_as_ = thread_.shared().limits.place_of(address);
    net::co_spawn(thread_.context(), run(shared_from_this()), net::detached);
}

void Session::check_deadline(TimePoint now) {
    if (now < deadline_) return;
    is_timed_out_ = true;
    error_code ignored;
    std::ignore = socket_.cancel(ignored);
}

void Session::drain() {
    if (phase_ == Phase::idle) enter(Phase::idle);
    if (stream_ != nullptr) stream_->stop();
}

std::chrono::milliseconds Session::idle_timeout() const {
    if (!thread_.shared().is_draining) return config().idle_timeout;
    return std::min(config().drain_idle_timeout, config().idle_timeout);
}

void Session::enter(Phase phase) {
    phase_ = phase;
    is_timed_out_ = false;
    const auto after = [](std::chrono::milliseconds time) { return steady_clock::now() + time; };
    switch (phase) {
        case Phase::handshake: deadline_ = after(config().handshake_timeout); return;
        case Phase::idle: deadline_ = after(idle_timeout()); return;
        case Phase::head: deadline_ = after(config().header_timeout); return;
        case Phase::body: deadline_ = after(config().body_timeout); return;
        case Phase::handling: deadline_ = TimePoint::max(); return;
        case Phase::writing: deadline_ = after(config().write_timeout); return;
        case Phase::lingering: deadline_ = after(config().linger_timeout); return;
    }
}

Task<void> Session::run(std::shared_ptr<Session> self) {
    bool is_open = !self->tls_ || co_await self->shake_hands();
    while (is_open) is_open = co_await self->serve_one();
    if (self->tls_) co_await self->end();
    error_code ignored;
    std::ignore = self->socket_.shutdown(Socket::shutdown_both, ignored);
    std::ignore = self->socket_.close(ignored);
}

// False when the client speaks something else, such as HTTP in clear, or takes too long.
Task<bool> Session::shake_hands() {
    enter(Phase::handshake);
    error_code error;
    co_await tls_->async_handshake(net::ssl::stream_base::server,
                                   net::redirect_error(net::use_awaitable, error));
    co_return !error;
}

// Says once that nothing more comes, so that the client knows that nothing was cut off.
Task<void> Session::end() {
    if ((SSL_get_shutdown(tls_->native_handle()) & SSL_SENT_SHUTDOWN) != 0) co_return;
    enter(Phase::lingering);
    error_code ignored;
    co_await tls_->async_shutdown(net::redirect_error(net::use_awaitable, ignored));
}

// Zero when the connection has ended or the phase's time is over.
Task<std::size_t> Session::receive(std::size_t buffer_max) {
    error_code error;
    const net::mutable_buffer room = buffer_.prepare(buffer_max);
    std::size_t size = 0;
    if (tls_) {
        size = co_await tls_->async_read_some(room, net::redirect_error(net::use_awaitable, error));
    } else {
        size =
            co_await socket_.async_read_some(room, net::redirect_error(net::use_awaitable, error));
    }
    buffer_.commit(size);
    co_return error ? 0 : size;
}

Task<Session::Received> Session::receive_head(HeadScanner& scanner,
                                              std::optional<Problem>& refusal) {
    enter(buffer_.bytes().empty() ? Phase::idle : Phase::head);
    while (true) {
        const auto found = scanner.scan(buffer_.bytes().substr(0, config().header_bytes_max));
        if (found == HeadScanner::Found::end) co_return Received::complete;
        if (found == HeadScanner::Found::malformed) {
            refusal = Problem{Status::bad_request, "malformed_request",
                              "Each header line must end with CR LF and not be folded."};
            co_return Received::refused;
        }
        if (buffer_.bytes().size() >= config().header_bytes_max) {
            refusal = header_too_large();
            co_return Received::refused;
        }
        const std::size_t size = co_await receive(config().header_bytes_max);
        if (size == 0 && phase_ == Phase::head && is_timed_out_) {
            refusal = request_timeout();
            co_return Received::refused;
        }
        if (size == 0) co_return Received::closed;
        if (phase_ == Phase::idle) enter(Phase::head);
    }
}

Task<Session::Received> Session::receive_body(Gate& gate, std::optional<Problem>& refusal) {
    enter(Phase::body);
    if (gate.expects_continue() && buffer_.bytes().empty()) {
        const bool written = co_await write("HTTP/1.1 100 Continue\r\n\r\n", {});
        if (!written) co_return Received::closed;
        enter(Phase::body);
    }
    while (true) {
        if (!buffer_.bytes().empty()) {
            std::size_t consumed = 0;
            refusal = gate.read_body(buffer_.bytes(), consumed);
            buffer_.consume(consumed);
            if (refusal) co_return Received::refused;
        }
        if (gate.is_done()) co_return Received::complete;
        const std::size_t size = co_await receive(body_buffer_max);
        if (size == 0 && is_timed_out_) {
            refusal = request_timeout();
            co_return Received::refused;
        }
        if (size == 0) co_return Received::closed;
    }
}

void Session::remember(const Request& request) {
    exchange_.memory = request.memory;
    exchange_.request_id = request.request_id;
    exchange_.path = request.path;
    exchange_.verb = request.verb;
    exchange_.route = request.route;
    exchange_.principal = request.principal;
}

// Answers one request; false when the connection is to be closed.
Task<bool> Session::serve_one() {
    exchange_ = Exchange();
    HeadScanner scanner;
    std::optional<Problem> refusal;
    const Received received = co_await receive_head(scanner, refusal);
    if (received == Received::closed) co_return false;

    exchange_.started = steady_clock::now();
    Gate gate(config());
    if (!refusal) {
        const std::string_view head = buffer_.bytes().substr(0, scanner.size());
        refusal = gate.read_head(head, thread_.shared().ports.random);
        buffer_.consume(scanner.size());
        remember(gate.request());
        if (!gate.has_read_head()) exchange_.verb.reset();
    }
    if (refusal) co_return co_await refuse(*std::move(refusal));
    co_return co_await serve(gate);
}

Task<bool> Session::serve(Gate& gate) {
    Request& request = gate.request();
    Shared& shared = thread_.shared();
    request.is_from_peer = shared.ports.is_from_peer(request);
    const Gatekeepers keepers{shared.router, thread_.authenticator(), shared.limits, counted_as_};
    Admitted admitted = admit(keepers, gate.target(), gate.has_body(), request);
    std::optional<Response> answer = std::move(admitted.refusal);
    remember(request);
    exchange_.denied = std::move(admitted.denied);
    exchange_.fields = std::move(admitted.fields);
    exchange_.is_http_1_0 = gate.is_http_1_0();
    exchange_.keep_alive = gate.keep_alive();
    if (!answer && request.route->doc.body_bytes_max) {
        gate.set_body_bytes_max(*request.route->doc.body_bytes_max);
    }
    // A client that asked first has not sent its body, and now need not; where the next request
    // would start is then unknown.
    const bool is_unsent = answer && gate.has_body() && gate.expects_continue();
    if (is_unsent) {
        exchange_.keep_alive = false;
    } else if (gate.has_body()) {
        if (answer) gate.drop_body();
        auto refusal = gate.check_body_size();
        auto received = Received::refused;
        if (!refusal) received = co_await receive_body(gate, refusal);
        exchange_.bytes_in = gate.body_bytes();
        if (received == Received::closed) co_return false;
        if (refusal) co_return co_await refuse(*std::move(refusal));
    }
    enter(Phase::handling);
    Response response;
    if (answer) {
        response = *std::move(answer);
    } else {
        request.remote_address = remote_address_;
        request.deadline = exchange_.started + config().request_timeout;
        response = co_await handle(std::move(request));
    }
    co_return co_await send(std::move(response));
}

Task<Response> Session::handle(Request request) {
    try {
        const Handler& handler = request.route->handler;
        co_return co_await handler(std::move(request));
    } catch (const std::exception& exception) {
        exchange_.fault = exception.what();
    }
    co_return internal_error();
}

// Answers what the gate did not let through, and closes.
Task<bool> Session::refuse(Problem problem) {
    exchange_.keep_alive = false;
    std::string made_id;
    if (exchange_.request_id.empty()) {
        made_id = make_request_id(thread_.shared().ports.random);
        exchange_.request_id = made_id;
    }
    co_await send(std::move(problem));
    co_await linger();
    co_return false;
}

// To close while bytes are still coming would reset the connection, and the client could lose the
// answer. So it is closed in one direction, and what comes is read and forgotten for a while.
Task<void> Session::linger() {
    if (tls_) co_await end();
    enter(Phase::lingering);
    error_code error;
    std::ignore = socket_.shutdown(Socket::shutdown_send, error);
    std::size_t total = 0;
    while (!error && total < linger_bytes_max) {
        buffer_.consume(buffer_.bytes().size());
        total += co_await socket_.async_read_some(buffer_.prepare(body_buffer_max),
                                                  net::redirect_error(net::use_awaitable, error));
    }
}

// True when the connection may serve another request.
Task<bool> Session::send(Response response) {
    std::string code;
    if (response.problem) {
        code = response.problem->code;
        render_problem(response, exchange_.path, exchange_.request_id);
    }
    response.fields += exchange_.fields;
    // What has been sent behind this request is still answered.
    if (thread_.shared().is_draining && buffer_.bytes().empty()) exchange_.keep_alive = false;
    // Whether the client is still there can be seen of TLS only by reading on, past what it sent.
    if (response.stream && (exchange_.is_http_1_0 || tls_)) exchange_.keep_alive = false;

    enter(Phase::writing);
    head_.clear();
    append_head(head_, response,
                {.date = thread_.date().now(),
                 .request_id = exchange_.request_id,
                 .is_http_1_0 = exchange_.is_http_1_0,
                 .keep_alive = exchange_.keep_alive});
    const bool has_body = exchange_.verb != Verb::head && may_have_body(response.status);
    bool written = co_await write(head_, has_body ? response.content() : std::string_view());
    if (written && has_body && response.stream) {
        written = co_await write_stream(std::move(response.stream));
    }
    log(response.status, code);
    co_return written&& exchange_.keep_alive;
}

Task<bool> Session::write(std::string_view head, std::string_view body) {
    std::array<net::const_buffer, 2> buffers{net::buffer(head), net::buffer(body)};
    const std::size_t total = head.size() + body.size();
    if (tls_) {
        error_code error;
        const std::size_t written = co_await net::async_write(
            *tls_, buffers, net::redirect_error(net::use_awaitable, error));
        exchange_.bytes_out += written;
        co_return !error;
    }
    // Nearly always the kernel has room for all of it, and no wait is needed.
    error_code error;
    std::size_t written = socket_.write_some(buffers, error);
    if (error == net::error::would_block) error = {};
    if (!error && written < total) {
        const std::size_t of_head = std::min(written, head.size());
        buffers[0] += of_head;
        buffers[1] += written - of_head;
        written += co_await net::async_write(socket_, buffers,
                                             net::redirect_error(net::use_awaitable, error));
    }
    exchange_.bytes_out += written;
    co_return !error;
}

void Session::log(Status status, std::string_view code) const {
    const auto duration = steady_clock::now() - exchange_.started;
    AccessRecord record;
    record.request_id = exchange_.request_id;
    if (exchange_.principal) {
        record.tenant = exchange_.principal->tenant.view();
        record.key = exchange_.principal->key.view();
        record.client = exchange_.principal->client;
    }
    if (exchange_.denied) {
        record.denial = exchange_.denied->because;
        if (!exchange_.denied->key.empty()) record.key = exchange_.denied->key;
    }
    record.remote_address = remote_address_;
    record.method = exchange_.verb ? name(*exchange_.verb) : "-";
    record.route = exchange_.route != nullptr ? exchange_.route->path : "-";
    record.code = code;
    record.fault = exchange_.fault;
    record.status = status;
    record.duration = std::chrono::duration_cast<std::chrono::microseconds>(duration);
    record.bytes_in = exchange_.bytes_in;
    record.bytes_out = exchange_.bytes_out;
    thread_.shared().ports.access_log(record);
}

}  // namespace api::http
