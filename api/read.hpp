// The generic reads: one resource, or the list of a kind.
//
// A GET by id is one look-up, without suspension unless the request waits for a position.
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread.
#pragma once

#include <optional>

#include "api/cursor.hpp"
#include "api/http/router.hpp"
#include "api/views.hpp"

namespace api {

class Reads {
public:
    // REQUIRES: the views outlive this.
    Reads(const Views& views, const Cursors::Key& cursor_key)
        : views_(views), cursors_(cursor_key) {}
    Reads(const Reads&) = delete;
    Reads& operator=(const Reads&) = delete;

    // REQUIRES of the routes: the id is the path's first parameter; the list declares
    // list_parameters(kind).
    http::Handler get(domain::Kind kind) const;
    http::Handler list(domain::Kind kind) const;

    // The list of those that the path's first parameter, the id of an `owner`, is the filter's
    // value of.
    // REQUIRES of the route: it declares list_parameters(kind, filter).
    http::Handler list_of(domain::Kind owner, domain::Kind kind, projections::Filter filter) const;

    // A member of one resource, an array, as an answer of its own; `member` is a literal.
    http::Handler part(domain::Kind kind, std::string_view member) const;

    // Waits until the views are at Daybook-Min-Position, if the request has one.
    http::Task<std::optional<http::Problem>> reach_position(const http::Request& request) const;

    // Why there is nothing to be told about what the path's first parameter names, if so.
    std::optional<http::Problem> missing(const http::Request& request, domain::Kind kind) const;

    const Views& views() const { return views_; }

private:
    http::Task<http::Response> answer_get(http::Request request, domain::Kind kind) const;
    struct Owner {
        domain::Kind kind;
        projections::Filter filter;
    };
    http::Task<http::Response> answer_list(http::Request request, domain::Kind kind,
                                           std::optional<Owner> owner) const;
    http::Task<http::Response> answer_part(http::Request request, domain::Kind kind,
                                           std::string_view member) const;
    const Views& views_;
    Cursors cursors_;
};

// The same for what does not exist and for what belongs to another tenant.
http::Problem no_such_resource(domain::Kind kind);

// Of what was erased.
http::Problem erased(domain::Kind kind);

// Does the request wait for a position?
inline bool has_min_position(const http::Request& request) {
    return request.has_header("Daybook-Min-Position");
}

}  // namespace api
