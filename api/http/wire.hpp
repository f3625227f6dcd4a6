// A response's head as it goes over the wire.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/response.hpp"

namespace api::http {

struct WireFacts {
    std::string_view date;
    std::string_view request_id;
    bool is_http_1_0 = false;
    bool keep_alive = true;
};

// False for 204 and 304, which end with their head.
bool may_have_body(Status status);

// Appends status line, fields and the empty line. A stream is chunked, unless HTTP/1.0 ends it by
// closing; everything else has a Content-Length.
void append_head(std::string& out, const Response& response, const WireFacts& facts);

// Replaces a problem by its document.
void render_problem(Response& response, std::string_view instance, std::string_view request_id);

// The field Date, made once a second. Belongs to one thread.
class DateText {
public:
    std::string_view now();

private:
    std::time_t second_ = -1;
    std::string text_;
};

}  // namespace api::http
