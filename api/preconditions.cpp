#include "api/preconditions.hpp"

#include <algorithm>
#include <limits>

#include "domain/numbers.hpp"

namespace api {
namespace {

using http::Problem;
using http::Status;

// No stream gets that long.
constexpr std::uint64_t no_version = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t idempotency_key_length_max = 255;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_quoted(std::string_view text) {
    return text.size() >= 2 && text.front() == '"' && text.back() == '"';
}

std::string_view unquoted(std::string_view text) { return text.substr(1, text.size() - 2); }

// RFC 9110, section 8.8.3: no quotes, spaces or control characters within the quotes.
bool is_entity_tag(std::string_view text) {
    if (text.starts_with("W/")) text.remove_prefix(2);
    return is_quoted(text) && std::ranges::all_of(unquoted(text), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte > 0x20 && byte != '"' && byte != 0x7f;
           });
}

// Cuts the first of a list of entity tags off the text, with the comma behind it. What is between
// quotes may hold commas.
std::string_view take_entity_tag(std::string_view& rest) {
    const std::size_t open = rest.find('"');
    const std::size_t close = rest.find('"', std::min(open, rest.size() - 1) + 1);
    const std::size_t comma = std::min(rest.find(',', std::min(close, rest.size())), rest.size());
    const std::string_view tag = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    return tag;
}

}  // namespace

std::string etag_of(std::uint64_t version) { return '"' + std::to_string(version) + '"'; }

domain::Result<Versions, Problem> expected_versions(const http::Request& request) {
    if (!request.has_header("If-Match")) return Versions();
    std::string_view rest = trimmed(request.header("If-Match"));
    if (rest == "*") return Versions();
    if (const auto bare = domain::parse_whole<std::uint64_t>(rest)) return std::vector{*bare};
    std::vector<std::uint64_t> versions;
    while (!rest.empty()) {
        const std::string_view tag = take_entity_tag(rest);
        if (!is_entity_tag(tag)) {
            versions.clear();
            break;
        }
        // If-Match compares strongly.
        const bool is_weak = tag.starts_with("W/");
        versions.push_back(
            is_weak ? no_version
                    : domain::parse_whole<std::uint64_t>(unquoted(tag)).value_or(no_version));
    }
    if (!versions.empty()) return versions;
    return domain::Failure(
        Problem{Status::bad_request, "invalid_if_match",
                "If-Match must be *, or entity tags as the field ETag gave them, such as \"7\"."});
}

bool is_known_version(std::string_view if_none_match, std::uint64_t version) {
    const std::string known = etag_of(version);
    while (!if_none_match.empty()) {
        const std::size_t comma = std::min(if_none_match.find(','), if_none_match.size());
        std::string_view tag = trimmed(if_none_match.substr(0, comma));
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == "*" || tag == known) return true;
        if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
    }
    return false;
}

domain::Result<std::optional<std::string>, Problem> idempotency_key(const http::Request& request) {
    if (!request.has_header("Idempotency-Key")) return std::nullopt;
    std::string_view key = request.header("Idempotency-Key");
    if (is_quoted(key)) key = unquoted(key);
    const bool is_visible = std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!key.empty() && key.size() <= idempotency_key_length_max && is_visible) {
        return std::string(key);
    }
    return domain::Failure(Problem{Status::bad_request, "invalid_idempotency_key",
                                   "Idempotency-Key must be 1 to 255 visible ASCII characters."});
}

std::string to_text(projections::Position position) {
    return std::to_string(position.shard) + '-' + std::to_string(position.seq);
}

std::optional<projections::Position> parse_position(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto shard = domain::parse_whole<std::uint64_t>(text.substr(0, dash));
    const auto seq = domain::parse_whole<std::uint64_t>(text.substr(dash + 1));
    if (!shard || !seq || *shard > std::numeric_limits<journal::ShardNumber>::max()) {
        return std::nullopt;
    }
    return projections::Position{static_cast<journal::ShardNumber>(*shard), *seq};
}

}  // namespace api
