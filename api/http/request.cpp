#include "api/http/request.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "api/http/router.hpp"
#include "api/http/target.hpp"

namespace api::http {
namespace {

constexpr std::array<std::string_view, verb_count> verb_names = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"};

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

std::string_view name(Verb verb) { return verb_names[static_cast<std::size_t>(verb)]; }

std::optional<Verb> parse_verb(std::string_view name) {
    const auto found = std::ranges::find(verb_names, name);
    if (found == verb_names.end()) return {};
    return static_cast<Verb>(found - verb_names.begin());
}

bool is_same_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::string_view Request::header(std::string_view name) const {
    for (const NameValue& field : headers) {
        if (is_same_ignoring_case(field.name, name)) return field.value;
    }
    return {};
}

bool Request::has_header(std::string_view name) const {
    return std::ranges::any_of(
        headers, [&](const NameValue& field) { return is_same_ignoring_case(field.name, name); });
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
    const auto found = std::ranges::find(query, name, &NameValue::name);
    if (found == query.end()) return {};
    return found->value;
}

std::vector<std::string_view> Request::parameters(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const NameValue& parameter : query) {
        if (parameter.name == name) values.push_back(parameter.value);
    }
    return values;
}

std::string_view Request::path_value(std::string_view name) const {
    assert(route != nullptr);
    const auto index = parameter_index(route->path, name);
    assert(index);
    return path_values[*index];
}

const domain::TenantId& Request::tenant() const {
    assert(principal);
    return principal->tenant;
}

Request Request::make(Verb verb, std::string_view target, std::span<const NameValue> headers,
                      std::string body) {
    std::size_t size = 2 * target.size();
    for (const NameValue& field : headers) size += field.name.size() + field.value.size();

    Request request;
    const auto memory = std::make_shared<char[]>(size + 1);
    char* next = memory.get() + target.size();  // What is before is for decoded texts.
    const auto keep = [&next](std::string_view text) {
        char* const start = next;
        next = std::copy(text.begin(), text.end(), next);
        return std::string_view(start, text.size());
    };
    auto parsed = parse_target(keep(target), memory.get());
    assert(parsed);
    request.verb = verb;
    request.target = parsed->origin;
    request.path = parsed->path;
    request.query = std::move(parsed->query);
    for (const NameValue& field : headers) {
        const std::string_view name = keep(field.name);
        request.headers.push_back({name, keep(field.value)});
    }
    request.body = std::move(body);
    request.memory = memory;
    return request;
}

}  // namespace api::http
