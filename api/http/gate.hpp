// The gate: reads one request's bytes and lets nothing through that could be read in two ways.
//
// Boost.Beast's parser does the grammar; what it accepts and should not is refused here: framing by
// anything but one Content-Length or one "chunked", several Hosts, folded lines, bare line feeds,
// too many fields, endless chunk extensions. Trailers are read and dropped. After a refusal the
// bytes that follow mean nothing: answer and close.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/config.hpp"
#include "api/http/problem.hpp"
#include "api/http/request.hpp"
#include "api/http/target.hpp"

namespace api::http {

// Finds where a header ends in bytes that arrive bit by bit, looking at each byte once.
class HeadScanner {
public:
    enum class Found : std::uint8_t { more_needed, end, malformed };
    Found scan(std::string_view bytes);
    // REQUIRES: `end` was found. The header with its empty line.
    std::size_t size() const { return next_; }

private:
    std::size_t next_ = 0;  // The first byte not looked at.
    std::size_t line_ = 0;  // Where its line starts.
};

// 32 hex digits.
std::string make_request_id(const std::function<std::uint64_t()>& random);

class Gate : private boost::beast::http::basic_parser<true> {
public:
    explicit Gate(const ServerConfig& config);

    using Refusal = std::optional<Problem>;

    // `head` ends with its empty line. Fills in the request, the id of which is `random` unless the
    // client gave one.
    Refusal read_head(std::string_view head, const std::function<std::uint64_t()>& random);

    // Takes what it can of the body; `consumed` says how much.
    Refusal read_body(std::string_view bytes, std::size_t& consumed);

    // From here on the body is counted and forgotten.
    void drop_body() { is_dropping_ = true; }
    void set_body_bytes_max(std::size_t bytes) { body_bytes_max_ = bytes; }
    // 413 when Content-Length says that the body will be too large.
    Refusal check_body_size() const;

    // The whole head, and it is sound.
    bool has_read_head() const { return is_read_; }
    bool has_body() const { return is_chunked_ || content_length_ > 0; }
    bool is_done() const { return basic_parser::is_done(); }
    bool keep_alive() const { return is_read_ && basic_parser::keep_alive(); }
    bool expects_continue() const { return expects_continue_; }
    bool is_http_1_0() const { return version_ == 10; }
    std::size_t body_bytes() const { return body_bytes_; }
    const Target& target() const { return target_; }
    Request& request() { return request_; }

private:
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;
    using field = boost::beast::http::field;

    Refusal check_head();
    Refusal check_framing() const;
    void refuse(Problem problem, error_code& error);
    void take(string_view text);

    void on_request_impl(boost::beast::http::verb verb, string_view method, string_view target,
                         int version, error_code& error) override;
    void on_field_impl(field id, string_view name, string_view value, error_code& error) override;
    void on_header_impl(error_code& error) override { error = {}; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& error) override {
        error = {};
    }
    std::size_t on_body_impl(string_view text, error_code& error) override;
    void on_chunk_header_impl(std::uint64_t size, string_view extensions,
                              error_code& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, string_view text,
                                   error_code& error) override;
    void on_finish_impl(error_code& error) override { error = {}; }
    // Of basic_parser<false>; never called for requests, but pure in both.
    void on_response_impl(int, string_view, int, error_code& error) override { error = {}; }

    const ServerConfig& config_;
    Request request_;
    Target target_;
    Refusal refusal_;
    std::string_view method_;
    std::string_view raw_target_;
    int version_ = 11;
    bool is_read_ = false;
    bool is_chunked_ = false;
    bool expects_continue_ = false;
    bool is_dropping_ = false;
    std::uint64_t content_length_ = 0;
    std::size_t body_bytes_max_;
    std::size_t body_bytes_ = 0;
    std::size_t framing_bytes_ = 0;
};

}  // namespace api::http
