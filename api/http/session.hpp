// A session: one connection, request after request, in order; in clear, or in TLS.
//
// Threads: everything happens on the I/O thread that the session belongs to, except construction.
// Lifetime: its own coroutine keeps it alive. A client that goes away while a handler runs is
// noticed when the answer is written; the handler always runs to its end. One that goes away while
// it is sent a stream is noticed at once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/gate.hpp"
#include "api/http/io_thread.hpp"
#include "api/http/response.hpp"

namespace api::http {

// Bytes received and not yet used, in one piece.
class ReceiveBuffer {
public:
    std::string_view bytes() const { return {storage_.data() + begin_, end_ - begin_}; }
    void consume(std::size_t size) { begin_ += size; }
    // Room to receive into, after the bytes; at least one, unless `size_max` are held already.
    boost::asio::mutable_buffer prepare(std::size_t size_max);
    void commit(std::size_t size) { end_ += size; }

private:
    std::vector<char> storage_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

class Session : public std::enable_shared_from_this<Session> {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    Session(Socket socket, IoThread& thread);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void start();
    void check_deadline(TimePoint now);
    void drain();

private:
    enum class Phase : std::uint8_t { handshake, idle, head, body, handling, writing, lingering };
    enum class Received : std::uint8_t { complete, closed, refused };

    // What is remembered of a request while its handler owns it.
    struct Exchange {
        std::shared_ptr<const char[]> memory;  // Keeps the views alive.
        std::string_view request_id;
        std::string_view path;
        std::optional<Verb> verb;
        const Route* route = nullptr;
        std::shared_ptr<const Principal> principal;
        std::optional<Denied> denied;
        std::string fields;  // Of the answer, whatever it is.
        std::string fault;
        TimePoint started;
        std::size_t bytes_in = 0;
        std::size_t bytes_out = 0;
        bool keep_alive = false;
        bool is_http_1_0 = false;
    };

    static Task<void> run(std::shared_ptr<Session> self);
    Task<bool> shake_hands();
    Task<void> end();
    Task<bool> serve_one();
    Task<bool> serve(Gate& gate);
    Task<Received> receive_head(HeadScanner& scanner, std::optional<Problem>& refusal);
    Task<Received> receive_body(Gate& gate, std::optional<Problem>& refusal);
    Task<std::size_t> receive(std::size_t buffer_max);
    Task<Response> handle(Request request);
    Task<bool> refuse(Problem problem);
    Task<void> linger();
    Task<bool> send(Response response);
    Task<bool> write(std::string_view head, std::string_view body);
    // In session_stream.cpp.
    Task<bool> write_stream(std::unique_ptr<Stream> stream);
    Task<bool> write_piece(std::string piece);
    void watch_client();
    void watch_tls_client();
    bool has_client_gone();

    void enter(Phase phase);
    std::chrono::milliseconds idle_timeout() const;
    void remember(const Request& request);
    void log(Status status, std::string_view code) const;
    const ServerConfig& config() const { return thread_.shared().config; }

    Socket socket_;
    std::optional<boost::asio::ssl::stream<Socket&>> tls_;  // Over the socket; or nothing.
    IoThread& thread_;
    std::list<Session*>::iterator place_;
    bool is_listed_ = false;
    Phase phase_ = Phase::idle;
    TimePoint deadline_ = TimePoint::max();
    bool is_timed_out_ = false;
    ReceiveBuffer buffer_;
    std::string head_;  // Of the answer; kept for its memory.
    std::string remote_address_;
    std::string counted_as_;  // By what its address is counted (Limits).
    Exchange exchange_;
    Stream* stream_ = nullptr;  // While one is sent.
    bool is_client_gone_ = false;
};

}  // namespace api::http
