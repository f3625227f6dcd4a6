// A response as a handler gives it. The session adds Date, Server, Content-Length, X-Request-Id and
// the security fields, and turns a Problem into its document.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/http/problem.hpp"

namespace api::http {

template <class T>
using Task = boost::asio::awaitable<T>;

// A body that is made while it is sent. The next piece is asked for when the one before has left
// for the client, so a slow reader costs one piece of memory, and is cut off like one of any other
// answer (ServerConfig::write_timeout, for each piece).
//
// Threads: the session's own, for all functions and for destruction.
class Stream {
public:
    Stream() = default;
    virtual ~Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // An empty text sends nothing; no value ends the stream.
    virtual Task<std::optional<std::string>> next() = 0;
    // The server drains or the client has gone: a `next` that waits has to return soon, with
    // anything. It is the last one.
    virtual void stop() {}
};

struct Response {
    Status status = Status::ok;
    std::string_view content_type = "application/json";  // REQUIRES: a literal.
    std::string_view cache_control = "no-store";         // REQUIRES: a literal.
    std::string body;
    std::shared_ptr<const std::string> shared_body;  // Used instead of `body` when it is set.
    std::unique_ptr<Stream> stream;                  // Used instead of both when it is set.
    std::unique_ptr<Problem> problem;                // Used instead of all when it is set.
    std::string fields;                              // Header lines, each with its line end.

    Response() = default;
    // From here on implicit, so that a handler may `co_return` a Problem.
    Response(Problem reason)
        : status(reason.status), problem(std::make_unique<Problem>(std::move(reason))) {}

    static Response json(Status status, std::string body);
    static Response json(Status status, std::shared_ptr<const std::string> body);
    static Response empty(Status status);  // 204, 304: neither body nor Content-Type.

    // Adds a header field. Control characters in the value become spaces, so that no text from
    // outside can start another field.
    Response& add(std::string_view name, std::string_view value);
    // The value of a field that was added; empty when there is none.
    std::string_view field(std::string_view name) const;

    std::string_view content() const { return shared_body ? *shared_body : body; }
};

}  // namespace api::http
