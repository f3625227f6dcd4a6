// The target of a request line, taken apart: path segments and query parameters, decoded.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/http/request.hpp"
#include "domain/result.hpp"

namespace api::http {

struct Target {
    static constexpr std::size_t segments_max = 16;
    static constexpr std::size_t query_max = 100;

    std::string_view origin;  // Path and query, without scheme and host.
    std::string_view path;    // Not decoded.
    std::array<std::string_view, segments_max> segment_array;
    std::size_t segment_count = 0;
    std::vector<NameValue> query;
    bool is_asterisk = false;  // "*", which is for OPTIONS only.

    std::span<const std::string_view> segments() const {
        return {segment_array.data(), segment_count};
    }
};

// Takes "/a/b?c=d", "http://host/a/b?c=d" or "*". Decoded texts that differ from what was sent are
// written into `scratch`; the others are views into `raw`. The error is a sentence for the caller.
// REQUIRES: scratch holds raw.size() characters, and both outlive the result.
domain::Result<Target, std::string_view> parse_target(std::string_view raw, char* scratch);

// The length of the UTF-8 sequence (RFC 3629) that starts the text; 0 when none does.
// REQUIRES: the text is not empty.
std::size_t utf8_length(std::string_view text);

// True for UTF-8 as RFC 3629 has it, without control characters.
bool is_clean_utf8(std::string_view text);

}  // namespace api::http
