#include "api/http/problem.hpp"

#include "api/http/target.hpp"

namespace api::http {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
    out += out.back() == '{' ? "\"" : ",\"";
    out.append(name) += "\":";
    append_json_string(out, value);
}

// "unknown_parameter" is titled "Unknown parameter".
std::string title_of(std::string_view code) {
    std::string title(code);
    for (char& c : title) {
        if (c == '_') c = ' ';
    }
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') {
        title[0] = static_cast<char>(title[0] - 32);
    }
    return title;
}

void append_errors(std::string& out, const std::vector<FieldError>& errors) {
    out += ",\"errors\":[";
    for (const FieldError& error : errors) {
        if (&error != errors.data()) out += ',';
        out += '{';
        append_member(out, "pointer", error.pointer);
        append_member(out, "code", error.code);
        append_member(out, "detail", error.detail);
        out += '}';
    }
    out += ']';
}

void append_conflict(std::string& out, const Problem& problem) {
    if (!problem.from.empty()) append_member(out, "from", problem.from);
    if (!problem.command.empty()) append_member(out, "command", problem.command);
    if (problem.allowed.empty() && problem.command.empty()) return;
    out += ",\"allowed\":[";
    for (const std::string& command : problem.allowed) {
        if (&command != problem.allowed.data()) out += ',';
        append_json_string(out, command);
    }
    out += ']';
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    if (byte < 0x20 || byte == 0x7f) {
        out += "\\u00";
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    } else {
        out += c;
    }
}

}  // namespace

std::string_view reason(Status status) {
    switch (status) {
        case Status::ok: return "OK";
        case Status::created: return "Created";
        case Status::accepted: return "Accepted";
        case Status::no_content: return "No Content";
        case Status::found: return "Found";
        case Status::not_modified: return "Not Modified";
        case Status::bad_request: return "Bad Request";
        case Status::unauthorized: return "Unauthorized";
        case Status::forbidden: return "Forbidden";
        case Status::not_found: return "Not Found";
        case Status::method_not_allowed: return "Method Not Allowed";
        case Status::not_acceptable: return "Not Acceptable";
        case Status::request_timeout: return "Request Timeout";
        case Status::conflict: return "Conflict";
        case Status::gone: return "Gone";
        case Status::precondition_failed: return "Precondition Failed";
        case Status::content_too_large: return "Content Too Large";
        case Status::unsupported_media_type: return "Unsupported Media Type";
        case Status::expectation_failed: return "Expectation Failed";
        case Status::misdirected: return "Misdirected Request";
        case Status::unprocessable_content: return "Unprocessable Content";
        case Status::precondition_required: return "Precondition Required";
        case Status::too_many_requests: return "Too Many Requests";
        case Status::header_too_large: return "Request Header Fields Too Large";
        case Status::internal_error: return "Internal Server Error";
        case Status::not_implemented: return "Not Implemented";
        case Status::unavailable: return "Service Unavailable";
        case Status::insufficient_storage: return "Insufficient Storage";
    }
    return {};
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            out += "\xef\xbf\xbd";
        } else if (length == 1) {
            append_escaped(out, text[0]);
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

std::string to_json(const Problem& problem, std::string_view instance,
                    std::string_view request_id) {
    std::string out = "{";
    out.reserve(384);
    append_member(out, "type", "urn:daybook:problem:" + problem.code);
    append_member(out, "title", title_of(problem.code));
    out += ",\"status\":" + std::to_string(static_cast<int>(problem.status));
    append_member(out, "detail", problem.detail);
    if (!instance.empty()) append_member(out, "instance", instance);
    append_member(out, "code", problem.code);
    append_member(out, "requestId", request_id);
    if (problem.retry_after) out += ",\"retryAfter\":" + std::to_string(*problem.retry_after);
    append_conflict(out, problem);
    append_errors(out, problem.errors);
    out += '}';
    return out;
}

Problem try_again(Status status, std::string code, std::string detail) {
    Problem problem{status, std::move(code), std::move(detail)};
    problem.retry_after = 1;
    return problem;
}

Problem outcome_unknown() {
    return try_again(
        Status::unavailable, "outcome_unknown",
        "The request may or may not have been carried out. Send it again with the same "
        "Idempotency-Key to learn which.");
}

Problem journal_unavailable() {
    return try_again(Status::unavailable, "journal_unavailable",
                     "The journal cannot be written at the moment. Nothing was done.");
}

}  // namespace api::http
