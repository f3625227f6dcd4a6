#include "api/http/wire.hpp"

#include <array>
#include <charconv>

namespace api::http {
namespace {

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(value).append("\r\n");
}

}  // namespace

bool may_have_body(Status status) {
    return status != Status::no_content && status != Status::not_modified;
}

void append_head(std::string& out, const Response& response, const WireFacts& facts) {
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(response.status));
    append_line(out, " ", reason(response.status));
    append_line(out, "Server: daybook\r\nDate: ", facts.date);
    if (!response.content_type.empty()) append_line(out, "Content-Type: ", response.content_type);

    if (response.stream) {
        if (!facts.is_http_1_0) out += "Transfer-Encoding: chunked\r\n";
    } else if (may_have_body(response.status)) {
        out += "Content-Length: ";
        append_number(out, response.content().size());
        out += "\r\n";
    }
    append_line(out, "Cache-Control: ", response.cache_control);
    out += "X-Content-Type-Options: nosniff\r\n";
    append_line(out, "X-Request-Id: ", facts.request_id);
    if (!facts.keep_alive) out += "Connection: close\r\n";
    if (facts.keep_alive && facts.is_http_1_0) out += "Connection: keep-alive\r\n";
    out.append(response.fields).append("\r\n");
}

void render_problem(Response& response, std::string_view instance, std::string_view request_id) {
    const Problem& problem = *response.problem;
    response.status = problem.status;
    response.content_type = "application/problem+json";
    response.cache_control = "no-store";
    response.body = to_json(problem, instance, request_id);
    response.shared_body.reset();
    response.stream.reset();
    if (problem.retry_after && response.field("Retry-After").empty()) {
        response.add("Retry-After", std::to_string(*problem.retry_after));
    }
}

std::string_view DateText::now() {
    const std::time_t second = std::time(nullptr);
    if (second == second_) return text_;
    second_ = second;
    std::tm parts{};
    gmtime_r(&second, &parts);
    std::array<char, 40> buffer{};
    // No locale is ever set, so the names are English.
    const std::size_t size =
        std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    text_.assign(buffer.data(), size);
    return text_;
}

}  // namespace api::http
