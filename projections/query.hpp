// The query side: what clients read, from the rows that the projectors wrote.
//
// Every query takes the tenant, which is part of every row's key: an unscoped read cannot be
// written. Nothing is counted or sorted: lists walk an index and stop at their limit.
// Threads: all functions may be called from any thread. They read from disk, so a call takes
// microseconds from the cache and milliseconds without; none waits for a writer.
// Lifetime: the rows outlive the queries. Reads throw std::runtime_error when the disk fails.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/aggregates.hpp"
#include "domain/coverage.hpp"
#include "journal/entry.hpp"
#include "journal/journal.hpp"
#include "journal/rows.hpp"
#include "projections/explanation.hpp"
#include "projections/filters.hpp"
#include "projections/moment.hpp"

namespace projections {

// A place in the journal. An answer shows at least all entries up to its position.
struct Position {
    journal::ShardNumber shard = 0;
    journal::Seq seq = 0;
    bool operator==(const Position&) const = default;
};

// A resource as it is sent to clients.
struct Resource {
    std::string json;
    std::uint64_t version = 0;
    std::string status;  // Its wire name; empty for kinds that have none.
};

struct Got {
    std::optional<Resource> resource;
    Position position;
};

struct ListQuery {
    std::vector<EqualityFilter> equal = {};  // All of them hold.
    std::vector<RangeFilter> ranges = {};    // All of them hold.
    std::string q = {};                      // Words; each begins a word of the resource's texts.
    std::size_t limit = 20;
    std::size_t offset = 0;  // Matching resources to leave out first.
    std::string after = {};  // `next` of the page before; then `offset` is not looked at.
    bool with_count = false;
    PastTime time = {};
};

// A list's page, newest resource first (-createdAt, id). A page ends early, with a `next`, when the
// request has looked at `rows_scanned_max` rows: filters without an index can be that sparse.
struct Page {
    std::string json;      // A bare array.
    std::size_t size = 0;  // Of the array.
    std::string next;   // Printable text for a cursor: continues behind this page. Empty: the end.
    std::string count;  // Of all matching resources: "42", or at the cap "10000+". If asked for.
    Position position;
    std::optional<journal::Seq> as_of;  // What the list is as of, if not as of now.
};

// Why a query cannot be answered.
enum class QueryError : std::uint8_t {
    // This kind has no such filter or range (see `filters` and `ranges`), or keeps no versions.
    unknown_filter,
    bad_cursor  // `after` is not a `next` of this version.
};
constexpr auto describe(const QueryError*) {
    return domain::wire_names("unknown_filter", "bad_cursor");
}

inline constexpr std::size_t rows_scanned_max = 10'000;
inline constexpr std::size_t count_max = 10'000;

// What the lists of a kind can be filtered and bounded by; createdAt is always among the ranges.
std::span<const Filter> filters(domain::Kind kind);
std::span<const Range> ranges(domain::Kind kind);

struct AccessQuery {
    domain::UserId user_id;
    domain::Sku sku;
    domain::Timestamp at;
    bool is_explained = false;
};

struct Access {
    domain::AccessAnswer answer;
    Position position;
    std::optional<AccessExplanation> explanation;  // If it was asked for.
};

// A user, and what the user has, receives or pays for: contracts, bills, transactions, rights.
struct PersonRecord {
    domain::AnyAggregate user;
    std::vector<domain::AnyAggregate> others;  // By kind, the newest first within each.
    // Products of the contracts, and the other payers and receivers of them.
    std::map<domain::Subject, domain::AnyAggregate> named;
    Position position;
};

class Queries {
public:
    // `position_of` says in which shard a tenant lives, and how far its projector is (see
    // Projector::applied). It is called before the rows are read.
    using PositionOf = std::function<Position(const domain::TenantId&)>;
    Queries(const journal::Rows& rows, PositionOf position_of)
        : rows_(rows), position_of_(std::move(position_of)) {}

    // One look-up.
    Got get(const domain::TenantId& tenant, const domain::Subject& subject) const;

    // The same without a copy: `use` is called with the representation while its row is pinned.
    // False when there is no such resource.
    bool get(const domain::TenantId& tenant, const domain::Subject& subject,
             const std::function<void(std::string_view json, std::uint64_t version,
                                      std::string_view status)>& use) const;

    // The same of another time than now. REQUIRES: the kind keeps its versions.
    bool get(const domain::TenantId& tenant, const domain::Subject& subject, const PastTime& time,
             const std::function<void(std::string_view json, std::uint64_t version,
                                      std::string_view status)>& use) const;
    // Nothing when the tenant had nothing written by then.
    std::optional<Moment> moment_at(const domain::TenantId& tenant, domain::Timestamp time) const;
    // REQUIRES: the position is reached.
    Moment moment_at(const domain::TenantId& tenant, journal::Seq seq) const;

    // The resource as an aggregate, for work on it, if there is one; and all of a kind. REQUIRES:
    // the kind has few.
    std::optional<domain::AnyAggregate> find(const domain::TenantId& tenant,
                                             const domain::Subject& subject) const;
    std::vector<domain::AnyAggregate> all(const domain::TenantId& tenant, domain::Kind kind) const;

    domain::Result<Page, QueryError> list(const domain::TenantId& tenant, domain::Kind kind,
                                          ListQuery query) const;

    // All that there is about a user, in one snapshot; nothing if there is no such user.
    std::optional<PersonRecord> person(const domain::TenantId& tenant,
                                       const domain::UserId& user) const;
    // Whose customer number it is, or was.
    std::optional<domain::UserId> customer(const domain::TenantId& tenant,
                                           std::string_view number) const;

    // May this user use this product at this time?
    Access access(const domain::TenantId& tenant, const AccessQuery& query) const;

    Position position(const domain::TenantId& tenant) const { return position_of_(tenant); }

private:
    const journal::Rows& rows_;
    PositionOf position_of_;
};

}  // namespace projections
