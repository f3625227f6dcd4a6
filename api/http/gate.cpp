#include "api/http/gate.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <limits>
#include <memory>
#include <utility>

#include "api/http/fields.hpp"

namespace api::http {
namespace {

namespace beast_http = boost::beast::http;

// A line that frames a chunk, or all trailers, must fit into this.
constexpr std::size_t unread_framing_max = 4096;
constexpr std::size_t made_id_length = 32;

Problem bad_request(std::string_view code, std::string_view detail) {
    return Problem{Status::bad_request, std::string(code), std::string(detail)};
}

Problem malformed() {
    return bad_request("malformed_request", "The request is not well-formed HTTP/1.1.");
}

Problem body_too_large() {
    return Problem{Status::content_too_large, "body_too_large",
                   "The body is larger than this operation takes."};
}

std::string_view to_std(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_host(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view("/@?#,\\\"<>").find(c) == std::string_view::npos;
    });
}

}  // namespace

HeadScanner::Found HeadScanner::scan(std::string_view bytes) {
    while (true) {
        const std::size_t feed = bytes.find('\n', next_);
        if (feed == std::string_view::npos) {
            next_ = bytes.size();
            return Found::more_needed;
        }
        next_ = feed + 1;
        const bool is_crlf = feed > line_ && bytes[feed - 1] == '\r';
        // A line that starts with a space continues the one before, says an obsolete rule.
        const bool is_folded = bytes[line_] == ' ' || bytes[line_] == '\t';
        const bool is_empty = feed == line_ + 1;
        if (!is_crlf || is_folded || (is_empty && line_ == 0)) return Found::malformed;
        if (is_empty) return Found::end;
        line_ = next_;
    }
}

std::string make_request_id(const std::function<std::uint64_t()>& random) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string id;
    id.reserve(made_id_length);
    for (std::uint64_t value : {random(), random()}) {
        for (int i = 0; i < 16; ++i, value >>= 4U) id += digits[value & 15U];
    }
    return id;
}

Gate::Gate(const ServerConfig& config) : config_(config), body_bytes_max_(config.body_bytes_max) {
    // The limits are ours: the parser's own count less, and give less exact answers.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
}

void Gate::refuse(Problem problem, error_code& error) {
    refusal_ = std::move(problem);
    error = beast_http::error::bad_value;
}

Gate::Refusal Gate::read_head(std::string_view head, const std::function<std::uint64_t()>& random) {
    const std::size_t line = head.find('\r');
    const auto memory = std::make_shared_for_overwrite<char[]>(made_id_length + line + head.size());
    char* const scratch = memory.get() + made_id_length;
    char* const text = scratch + line;
    std::ranges::copy(head, text);
    request_.memory = memory;
    request_.headers.reserve(12);

    error_code error;
    const std::size_t consumed = put(boost::asio::const_buffer(text, head.size()), error);
    if (const auto given = http::request_id(request_.header("X-Request-Id"))) {
        request_.request_id = *given;
    } else {
        std::ranges::copy(make_request_id(random), memory.get());
        request_.request_id = {memory.get(), made_id_length};
    }
    if (refusal_) return std::move(refusal_);
    if (error || consumed != head.size() || !is_header_done()) return malformed();

    auto target = http::parse_target(raw_target_, scratch);
    if (!target) return bad_request("malformed_target", target.error());
    target_ = std::move(*target);
    request_.target = target_.origin;
    request_.path = target_.path;
    request_.query = std::move(target_.query);
    request_.trace_parent = trace_parent(request_.header("traceparent"));
    return check_head();
}

Gate::Refusal Gate::check_framing() const {
    const std::string_view encoding = request_.header("Transfer-Encoding");
    const bool has_length = request_.has_header("Content-Length");
    if (!request_.has_header("Transfer-Encoding")) return {};
    if (has_length || is_http_1_0()) {
        return bad_request("ambiguous_framing",
                           "Transfer-Encoding needs HTTP/1.1, and no Content-Length beside it.");
    }
    if (!is_same_ignoring_case(encoding, "chunked") || !chunked()) {
        return Problem{Status::not_implemented, "transfer_encoding_not_supported",
                       "The only Transfer-Encoding is chunked, once."};
    }
    return {};
}

Gate::Refusal Gate::check_head() {
    const auto verb = parse_verb(method_);
    if (auto refusal = check_framing()) return refusal;
    if (!request_.has_header("Host") && !is_http_1_0()) {
        return bad_request("host_missing", "HTTP/1.1 needs the field Host.");
    }
    if (!verb) {
        return Problem{Status::not_implemented, "method_not_implemented",
                       "No operation has this method."};
    }
    const std::string_view expect = request_.header("Expect");
    expects_continue_ = !is_http_1_0() && is_same_ignoring_case(expect, "100-continue");
    if (!expect.empty() && !is_same_ignoring_case(expect, "100-continue")) {
        return Problem{Status::expectation_failed, "expectation_failed",
                       "The only expectation that can be met is 100-continue."};
    }
    if (target_.is_asterisk && verb != Verb::options) {
        return bad_request("malformed_target", "The target * is for OPTIONS only.");
    }
    request_.verb = *verb;
    is_chunked_ = chunked();
    content_length_ = content_length().value_or(0);
    is_read_ = true;
    return {};
}

Gate::Refusal Gate::check_body_size() const {
    if (content_length_ > body_bytes_max_) return body_too_large();
    return {};
}

Gate::Refusal Gate::read_body(std::string_view bytes, std::size_t& consumed) {
    error_code error;
    eager(true);
    const std::size_t before = body_bytes_;
    consumed = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (refusal_) return std::move(refusal_);
    if (error && error != beast_http::error::need_more) {
        return bad_request("malformed_chunk", "The body is not well-formed in its chunks.");
    }
    framing_bytes_ += consumed - (body_bytes_ - before);
    const bool is_stuck = !is_done() && bytes.size() - consumed > unread_framing_max;
    if (is_stuck || framing_bytes_ > config_.chunk_framing_bytes_max) {
        return bad_request("chunk_framing_too_long", "The body is framed in too many bytes.");
    }
    return {};
}

void Gate::on_request_impl(beast_http::verb, string_view method, string_view target, int version,
                           error_code& error) {
    error = {};
    method_ = to_std(method);
    raw_target_ = to_std(target);
    version_ = version;
}

void Gate::on_field_impl(field id, string_view name, string_view value, error_code& error) {
    error = {};
    if (is_header_done() || is_read_) return;  // A trailer: dropped.
    if (request_.headers.size() == config_.header_fields_max) {
        refuse({Status::header_too_large, "too_many_fields", "The request has too many fields."},
               error);
        return;
    }
    const bool is_single =
        id == field::host || id == field::content_length || id == field::transfer_encoding ||
        id == field::authorization || id == field::content_type || id == field::expect ||
        id == field::if_match || is_same_ignoring_case(to_std(name), "Idempotency-Key");
    if (is_single && request_.has_header(to_std(name))) {
        refuse(
            bad_request("repeated_field", "A field that may stand once is given more than once."),
            error);
        return;
    }
    const bool is_bad = (id == field::content_length && !is_digits(to_std(value))) ||
                        (id == field::host && !is_host(to_std(value)));
    if (is_bad) {
        refuse(bad_request("malformed_field", "Content-Length or Host is not well-formed."), error);
        return;
    }
    request_.headers.push_back({to_std(name), to_std(value)});
}

void Gate::take(string_view text) {
    body_bytes_ += text.size();
    if (is_dropping_) return;
    if (request_.body.empty()) {
        request_.body.reserve(std::min<std::size_t>(content_length_, 64UL * 1024));
    }
    request_.body.append(text.data(), text.size());
}

std::size_t Gate::on_body_impl(string_view text, error_code& error) {
    error = {};
    take(text);
    return text.size();
}

void Gate::on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) {
    error = {};
    if (extensions.size() > config_.chunk_extension_bytes_max) {
        refuse(bad_request("chunk_extension_too_long", "A chunk's extension is too long."), error);
    } else if (size > body_bytes_max_ - body_bytes_) {
        refuse(body_too_large(), error);
    }
}

std::size_t Gate::on_chunk_body_impl(std::uint64_t, string_view text, error_code& error) {
    error = {};
    take(text);
    return text.size();
}

}  // namespace api::http
