#include "api/http/fields.hpp"

#include <algorithm>

namespace api::http {
namespace {

bool is_visible_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

std::string_view trim(std::string_view text) {
    const std::size_t start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) return {};
    return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

// Cuts what stands before the first separator off the text.
std::string_view take(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

// The weight of an Accept range in thousandths; what is malformed weighs as if it were not there.
int quality(std::string_view parameters) {
    while (!parameters.empty()) {
        const std::string_view parameter = take(parameters, ';');
        if (parameter.size() < 3 || (parameter[0] | 0x20) != 'q' || parameter[1] != '=') continue;
        const std::string_view number = parameter.substr(2);
        const bool is_whole = number[0] != '0';
        int thousandths = 0;
        for (std::size_t i = 2, unit = 100; i < number.size() && unit > 0; ++i, unit /= 10) {
            if (number[i] < '0' || number[i] > '9') return 1000;
            thousandths += (number[i] - '0') * static_cast<int>(unit);
        }
        return is_whole ? 1000 : thousandths;
    }
    return 1000;
}

// How closely an Accept range names a type: 3 exactly, 2 "type/*", 1 "*/*", 0 not at all.
int closeness(std::string_view range, std::string_view type) {
    if (is_same_ignoring_case(range, type)) return 3;
    if (range == "*/*") return 1;
    const std::size_t slash = type.find('/');
    const bool is_wide = range.ends_with("/*") && range.size() == slash + 2;
    return is_wide && is_same_ignoring_case(range.substr(0, slash), type.substr(0, slash)) ? 2 : 0;
}

// How a type is accepted: by the range that names it most closely. Not at all: {0, 0}.
struct Acceptance {
    int quality = 0;
    int closeness = 0;
    auto operator<=>(const Acceptance&) const = default;
};

Acceptance acceptance(std::string_view accept, std::string_view type) {
    Acceptance found;
    while (!accept.empty()) {
        std::string_view element = take(accept, ',');
        const std::string_view range = take(element, ';');
        const int close = closeness(range, type);
        if (close > found.closeness) found = {quality(element), close};
    }
    return found;
}

bool is_lower_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> request_id(std::string_view value) {
    if (value.empty() || value.size() > 128 || !is_visible_ascii(value)) return {};
    return value;
}

std::optional<TraceParent> trace_parent(std::string_view value) {
    if (value.size() < 55 || value[2] != '-' || value[35] != '-' || value[52] != '-') return {};
    const std::string_view version = value.substr(0, 2);
    const TraceParent parent{value, value.substr(3, 32), value.substr(36, 16)};
    const bool is_hex = is_lower_hex(version) && is_lower_hex(parent.trace_id) &&
                        is_lower_hex(parent.span_id) && is_lower_hex(value.substr(53, 2));
    if (!is_hex || version == "ff") return {};
    if (is_all_zero(parent.trace_id) || is_all_zero(parent.span_id)) return {};
    // Version 00 ends here; a later one may say more after a dash.
    const bool is_longer = value.size() > 55;
    if (is_longer && (version == "00" || value[55] != '-' || value.size() > 255)) return {};
    return is_visible_ascii(value) ? std::optional(parent) : std::nullopt;
}

bool accepts(std::string_view accept, std::span<const std::string_view> types) {
    if (trim(accept).empty()) return true;
    return std::ranges::any_of(
        types, [&](std::string_view type) { return acceptance(accept, type).quality > 0; });
}

std::size_t preferred(std::string_view accept, std::span<const std::string_view> types) {
    const auto best = std::ranges::max_element(
        types, {}, [&](std::string_view type) { return acceptance(accept, type); });
    return static_cast<std::size_t>(best - types.begin());
}

bool is_media_type(std::string_view content_type, std::string_view type) {
    if (!is_same_ignoring_case(take(content_type, ';'), type)) return false;
    while (!content_type.empty()) {
        const std::string_view parameter = take(content_type, ';');
        const bool is_utf8 = is_same_ignoring_case(parameter, "charset=utf-8") ||
                             is_same_ignoring_case(parameter, "charset=\"utf-8\"");
        if (!is_utf8) return false;
    }
    return true;
}

}  // namespace api::http
