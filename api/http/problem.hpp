// A problem: every answer that is not a success, as application/problem+json (RFC 9457).
//
// A handler fills in what it knows and returns it as its Response; the session adds the instance
// and the request id. Details are for the caller's developer: never a body, a secret or another
// tenant's id in them. The code is the contract; texts may change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace api::http {

// The statuses that Daybook answers with.
enum class Status : std::uint16_t {
    ok = 200,
    created = 201,
    accepted = 202,
    no_content = 204,
    found = 302,
    not_modified = 304,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    not_acceptable = 406,
    request_timeout = 408,
    conflict = 409,
    gone = 410,
    precondition_failed = 412,
    content_too_large = 413,
    unsupported_media_type = 415,
    expectation_failed = 417,
    misdirected = 421,
    unprocessable_content = 422,
    precondition_required = 428,
    too_many_requests = 429,
    header_too_large = 431,
    internal_error = 500,
    not_implemented = 501,
    unavailable = 503,
    insufficient_storage = 507,
};
// "Not Found".
std::string_view reason(Status status);

// One fault of several: where it is (a JSON pointer into the body, or a parameter's name), which
// rule it breaks and what to do.
struct FieldError {
    std::string pointer;
    std::string code;
    std::string detail;
};

struct Problem {
    Status status = Status::bad_request;
    std::string code;    // "unknown_parameter": stable, lower case.
    std::string detail;  // One sentence about this very case.
    std::vector<FieldError> errors = {};

    // For a 409: the state that the thing is in, what was asked of it, and what it allows.
    std::string from = {};
    std::string command = {};
    std::vector<std::string> allowed = {};

    std::optional<std::uint32_t> retry_after = {};  // Seconds; also the field Retry-After.
};

// The document. The title is made of the code: "Unknown parameter".
std::string to_json(const Problem& problem, std::string_view instance, std::string_view request_id);

// Appends `text` as a JSON string, quotes included. Invalid UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// One that may be over in a second.
Problem try_again(Status status, std::string code, std::string detail);
// The work may or may not have been done; a retry with the same Idempotency-Key settles it.
Problem outcome_unknown();
// Nothing was done; try again in a second.
Problem journal_unavailable();

}  // namespace api::http
