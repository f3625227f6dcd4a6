#include "api/http/target.hpp"

#include <algorithm>
#include <cstdint>

namespace api::http {
namespace {

using Refused = domain::Failure<std::string_view>;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Writes decoded texts one behind the other. Decoding never makes a text longer.
class Decoder {
public:
    explicit Decoder(char* out) : out_(out) {}

    std::optional<std::string_view> decode(std::string_view raw, bool plus_is_space) {
        const auto is_special = [&](char c) { return c == '%' || (c == '+' && plus_is_space); };
        if (std::ranges::none_of(raw, is_special)) return raw;
        char* const start = out_;
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (raw[i] == '%') {
                if (i + 2 >= raw.size()) return {};
                const int high = hex_value(raw[i + 1]);
                const int low = hex_value(raw[i + 2]);
                if (high < 0 || low < 0) return {};
                *out_++ = static_cast<char>(high * 16 + low);
                i += 2;
            } else {
                *out_++ = raw[i] == '+' && plus_is_space ? ' ' : raw[i];
            }
        }
        const std::string_view text(start, static_cast<std::size_t>(out_ - start));
        if (!is_clean_utf8(text)) return {};
        return text;
    }

private:
    char* out_;
};

// Without scheme and authority, which say nothing that Host does not. Empty if it is neither form.
std::string_view to_origin_form(std::string_view raw) {
    if (raw.starts_with('/')) return raw;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!is_same_ignoring_case(raw.substr(0, scheme.size()), scheme)) continue;
        const std::size_t end = raw.find_first_of("/?", scheme.size());
        if (end == scheme.size() || raw.size() == scheme.size()) return {};
        if (end == std::string_view::npos) return "/";
        return raw[end] == '/' ? raw.substr(end) : std::string_view();
    }
    return {};
}

bool split_path(std::string_view path, Decoder& decoder, Target& target) {
    if (path == "/") return true;
    for (std::size_t start = 1; start <= path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const auto segment = decoder.decode(path.substr(start, end - start), false);
        if (!segment || target.segment_count == Target::segments_max) return false;
        target.segment_array[target.segment_count++] = *segment;
        start = end + 1;
    }
    return true;
}

bool split_query(std::string_view query, Decoder& decoder, Target& target) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const auto name = decoder.decode(pair.substr(0, equals), true);
        const auto value = decoder.decode(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || !value || target.query.size() == Target::query_max) return false;
        target.query.push_back({*name, *value});
    }
    return true;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4) return 0;
    const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!continues(i)) return 0;
    }
    if (first == 0xe0 && byte(1) < 0xa0) return 0;  // Longer than needed.
    if (first == 0xed && byte(1) > 0x9f) return 0;  // A surrogate.
    if (first == 0xf0 && byte(1) < 0x90) return 0;  // Longer than needed.
    if (first == 0xf4 && byte(1) > 0x8f) return 0;  // Beyond U+10FFFF.
    return length;
}

bool is_clean_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto first = static_cast<std::uint8_t>(text[0]);
        const std::size_t length = utf8_length(text);
        const bool is_c1 =
            length == 2 && first == 0xc2 && static_cast<std::uint8_t>(text[1]) < 0xa0;
        if (length == 0 || first < 0x20 || first == 0x7f || is_c1) return false;
        text.remove_prefix(length);
    }
    return true;
}

domain::Result<Target, std::string_view> parse_target(std::string_view raw, char* scratch) {
    const auto is_refused = [](char c) { return c <= ' ' || c >= 0x7f || c == '#'; };
    if (std::ranges::any_of(raw, is_refused)) {
        return Refused("The target holds a character that must be percent-encoded.");
    }
    Target target;
    if (raw == "*") {
        target.is_asterisk = true;
        target.origin = raw;
        target.path = raw;
        return target;
    }
    const std::string_view origin = to_origin_form(raw);
    if (origin.empty()) return Refused("The target is neither a path nor an http URL.");

    const std::size_t mark = std::min(origin.find('?'), origin.size());
    target.origin = origin;
    target.path = origin.substr(0, mark);
    Decoder decoder(scratch);
    if (!split_path(target.path, decoder, target)) {
        return Refused("The path is too deep, or not percent-encoded UTF-8.");
    }
    if (!split_query(origin.substr(std::min(mark + 1, origin.size())), decoder, target)) {
        return Refused("The query has too many parameters, or is not percent-encoded UTF-8.");
    }
    return target;
}

}  // namespace api::http
