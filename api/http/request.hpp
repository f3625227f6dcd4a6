// A request as a handler sees it: checked by the gate, routed, authenticated, with its whole body.
//
// Every view in it points into memory that the Request holds and that stays where it is when the
// Request is moved; no view may outlive it. Names and values of the query and of the path are
// percent-decoded, and valid UTF-8 without control characters; '+' in a query is a space.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth.hpp"
#include "domain/ids.hpp"

namespace api::http {

struct Route;

// No route has TRACE or QUERY: they are known, so that they are refused like any other method that
// a path lacks.
enum class Verb : std::uint8_t { get, head, post, put, patch, delete_, options, trace, query };
constexpr std::size_t verb_count = 9;

// "GET"; the other direction is empty for a method that is not known at all.
std::string_view name(Verb verb);
std::optional<Verb> parse_verb(std::string_view name);

struct NameValue {
    std::string_view name;
    std::string_view value;
};

// W3C Trace Context, once it is known to be well-formed.
struct TraceParent {
    std::string_view text;  // "00-<trace>-<span>-<flags>", to pass on.
    std::string_view trace_id;
    std::string_view span_id;
};

struct Request {
    static constexpr std::size_t path_parameters_max = 4;

    Verb verb = Verb::get;
    const Route* route = nullptr;  // Set before a handler runs.
    std::string_view target;       // Path and query as they were sent.
    std::string_view path;         // As it was sent, not decoded.
    std::vector<NameValue> query;  // In the order in which it was sent.
    std::vector<NameValue> headers;
    std::array<std::string_view, path_parameters_max> path_values;
    std::string body;

    std::string_view request_id;
    std::optional<TraceParent> trace_parent;
    std::string_view remote_address;
    bool is_from_peer = false;  // Another node sent it on, and has shown that it is one.
    std::shared_ptr<const Principal> principal;  // Null on routes with public_access only.
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();

    std::shared_ptr<const char[]> memory;  // What the views point into.

    // The first header field of that name, in any case; empty when there is none.
    std::string_view header(std::string_view name) const;
    bool has_header(std::string_view name) const;

    // The first query parameter of that name.
    std::optional<std::string_view> parameter(std::string_view name) const;
    std::vector<std::string_view> parameters(std::string_view name) const;

    // REQUIRES: the route's path has a {name}.
    std::string_view path_value(std::string_view name) const;

    // REQUIRES: the route is not public.
    const domain::TenantId& tenant() const;

    // A request without a connection, for calling handlers directly. REQUIRES: a valid target.
    static Request make(Verb verb, std::string_view target, std::span<const NameValue> headers = {},
                        std::string body = {});
};

// True when both are equal but for the case of ASCII letters.
bool is_same_ignoring_case(std::string_view a, std::string_view b);

}  // namespace api::http
