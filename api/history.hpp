// Histories over HTTP: what happened to one resource, or all that happened with one user, oldest
// first.
//
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread.
#pragma once

#include <string_view>

#include "api/cursor.hpp"
#include "api/http/router.hpp"
#include "api/http/workers.hpp"
#include "api/read.hpp"
#include "projections/history.hpp"

namespace api {

class Histories {
public:
    // REQUIRES: all outlive this.
    Histories(const Reads& reads, const projections::History& history, http::Workers& workers,
              const Cursors::Key& cursor_key)
        : reads_(reads), history_(history), workers_(workers), cursors_(cursor_key) {}
    Histories(const Histories&) = delete;
    Histories& operator=(const Histories&) = delete;

    // REQUIRES of the route: the id is the path's first parameter, and its doc is `doc`.
    http::Handler of(domain::Kind kind) const;
    static http::RouteDoc doc(domain::Kind kind, std::string_view operation,
                              std::string_view summary);

private:
    http::Task<http::Response> answer(http::Request request, domain::Kind kind) const;
    domain::Result<projections::HistoryQuery, http::Problem> read_query(
        const http::Request& request, domain::Kind kind) const;
    http::Response shown(const http::Request& request, domain::Kind kind,
                         const projections::HistoryPage& page) const;

    const Reads& reads_;
    const projections::History& history_;
    http::Workers& workers_;
    Cursors cursors_;
};

}  // namespace api
