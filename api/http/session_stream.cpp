// How a session sends a body that is made meanwhile.
#include <array>
#include <boost/asio/buffer.hpp>
#include <charconv>
#include <tuple>
#include <utility>

#include "api/http/session.hpp"

namespace api::http {
namespace net = boost::asio;
using boost::system::error_code;

// Everything that the client sent is left where it is: it may be the next request.
bool Session::has_client_gone() {
    std::array<char, 1> byte{};
    error_code error;
    const std::size_t size = socket_.receive(net::buffer(byte), Socket::message_peek, error);
    return error ? error != net::error::would_block : size == 0;
}

// A client that ends a TLS connection says so in bytes, which only reading them tells from others.
// Those others are not answered any more: the answer has said that the connection ends with it.
void Session::watch_tls_client() {
    buffer_.consume(buffer_.bytes().size());
    tls_->async_read_some(buffer_.prepare(config().header_bytes_max),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (self->stream_ == nullptr) return;
                              if (!error) return self->watch_tls_client();
                              self->is_client_gone_ = true;
                              self->stream_->stop();
                          });
}

void Session::watch_client() {
    if (tls_) return watch_tls_client();
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code error) {
        // A stream that has ended cancels this; then there is nothing to watch any more.
        if (error || self->stream_ == nullptr || !self->has_client_gone()) return;
        self->is_client_gone_ = true;
        self->stream_->stop();
    });
}

Task<bool> Session::write_piece(std::string piece) {
    enter(Phase::writing);
    if (exchange_.is_http_1_0) co_return co_await write(piece, {});
    std::array<char, 18> size{};
    char* end = std::to_chars(size.data(), size.data() + 16, piece.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    const std::string_view head(size.data(), static_cast<std::size_t>(end - size.data()));
    piece += "\r\n";
    co_return co_await write(head, piece);
}

// False when the connection cannot be used any more.
Task<bool> Session::write_stream(std::unique_ptr<Stream> stream) {
    is_client_gone_ = false;
    stream_ = stream.get();
    watch_client();
    bool is_open = true;
    while (is_open && !thread_.shared().is_draining) {
        enter(Phase::handling);
        std::optional<std::string> piece = co_await stream->next();
        if (!piece || is_client_gone_) break;
        if (!piece->empty()) is_open = co_await write_piece(*std::move(piece));
    }
    stream_ = nullptr;
    stream.reset();
    is_open = is_open && !is_client_gone_;
    if (!is_open) co_return false;
    error_code ignored;
    std::ignore = socket_.cancel(ignored);
    if (exchange_.is_http_1_0) co_return true;
    enter(Phase::writing);
    co_return co_await write("0\r\n\r\n", {});
}

}  // namespace api::http
