#include "api/http/fields.hpp"

#include <algorithm>
#include <charconv>

namespace api::http {
namespace {

using Refused = domain::Failure<Problem>;

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

std::size_t count(const Request& request, std::string_view name) {
    const auto is_it = [&](const NameValue& f) { return is_same_ignoring_case(f.name, name); };
    return static_cast<std::size_t>(std::ranges::count_if(request.headers, is_it));
}

// The version in `"7"`: digits, no sign and no leading zero.
std::optional<std::uint64_t> version_of(std::string_view tag) {
    if (tag.size() < 3 || !tag.starts_with('"') || !tag.ends_with('"')) return {};
    const std::string_view text = tag.substr(1, tag.size() - 2);
    std::uint64_t version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    const bool is_padded = text.size() > 1 && text.starts_with('0');
    if (error != std::errc() || end != text.data() + text.size() || is_padded) return {};
    return version;
}

bool is_zero_quality(std::string_view parameters) {
    while (!parameters.empty()) {
        const std::string_view parameter = take(parameters, ';');
        if (parameter.size() < 3 || (parameter[0] | 0x20) != 'q' || parameter[1] != '=') continue;
        return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
    }
    return false;
}

// How closely an Accept range names a type: 3 exactly, 2 "type/*", 1 "*/*", 0 not at all.
int closeness(std::string_view range, std::string_view type) {
    if (is_same_ignoring_case(range, type)) return 3;
    if (range == "*/*") return 1;
    const std::size_t slash = type.find('/');
    const bool is_wide = range.ends_with("/*") && range.size() == slash + 2;
    return is_wide && is_same_ignoring_case(range.substr(0, slash), type.substr(0, slash)) ? 2 : 0;
}

bool accepts(std::string_view accept, std::string_view type) {
    int closest = 0;
    bool accepted = false;
    while (!accept.empty()) {
        std::string_view element = take(accept, ',');
        const std::string_view range = take(element, ';');
        const int close = closeness(range, type);
        if (close <= closest) continue;
        closest = close;
        accepted = !is_zero_quality(element);
    }
    return accepted;
}

bool is_lower_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

domain::Result<std::optional<std::string>, Problem> idempotency_key(const Request& request) {
    constexpr std::string_view field = "Idempotency-Key";
    const auto refuse = [](std::string_view why) {
        return Refused(Problem{Status::bad_request, "invalid_idempotency_key", std::string(why)});
    };
    const std::size_t times = count(request, field);
    if (times == 0) return std::optional<std::string>();
    if (times > 1) return refuse("Idempotency-Key is given more than once.");
    std::string_view key = request.header(field);
    if (key.size() >= 2 && key.starts_with('"') && key.ends_with('"')) {
        key = key.substr(1, key.size() - 2);
    }
    if (key.empty() || key.size() > 255 || !is_visible_ascii(key)) {
        return refuse("Idempotency-Key must be 1 to 255 visible ASCII characters.");
    }
    return std::string(key);
}

bool VersionMatch::matches(std::uint64_t version) const {
    return any || std::ranges::find(versions, version) != versions.end();
}

domain::Result<std::optional<VersionMatch>, Problem> if_match(const Request& request) {
    const auto refuse = [](std::string_view why) {
        return Refused(Problem{Status::bad_request, "invalid_if_match", std::string(why)});
    };
    VersionMatch match;
    bool is_given = false;
    for (const NameValue& field : request.headers) {
        if (!is_same_ignoring_case(field.name, "If-Match")) continue;
        is_given = true;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const std::string_view tag = take(rest, ',');
            const auto version = version_of(tag);
            if (tag.empty()) continue;
            if (tag.starts_with("W/"))
                return refuse("If-Match needs a strong ETag, not a weak one.");
            if (tag == "*") {
                match.any = true;
            } else if (version) {
                match.versions.push_back(*version);
            } else {
                return refuse("If-Match must be * or a list of ETags such as \"7\".");
            }
        }
    }
    if (!is_given) return std::optional<VersionMatch>();
    if (match.any != match.versions.empty()) {
        return refuse("If-Match must be * or a list of ETags such as \"7\".");
    }
    return match;
}

std::optional<VersionMatch> if_none_match(const Request& request) {
    std::optional<VersionMatch> match;
    for (const NameValue& field : request.headers) {
        if (!is_same_ignoring_case(field.name, "If-None-Match")) continue;
        if (!match) match.emplace();
        std::string_view rest = field.value;
        while (!rest.empty()) {
            std::string_view tag = take(rest, ',');
            if (tag.starts_with("W/")) tag.remove_prefix(2);
            if (tag == "*") match->any = true;
            if (const auto version = version_of(tag)) match->versions.push_back(*version);
        }
    }
    return match;
}

std::string etag(std::uint64_t version) { return '"' + std::to_string(version) + '"'; }

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
    return std::ranges::any_of(types, [&](std::string_view type) { return accepts(accept, type); });
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
