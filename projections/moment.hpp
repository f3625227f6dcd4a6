// Moments: places in a tenant's past, up to which reads can be asked to know the journal.
//
// The versions of rows carry the seqs of the entries that began and ended them (row_keys.hpp), so a
// moment is a seq; a time becomes the seq of the last entry that was written by then.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domain/aggregates.hpp"
#include "domain/time.hpp"
#include "journal/entry.hpp"
#include "journal/rows.hpp"

namespace projections {

// All of the tenant's entries up to `seq`, and none behind it.
struct Moment {
    journal::Seq seq = 0;
    // By the tenant's own clock: nothing that was there was created later.
    domain::Timestamp latest = domain::Timestamp::min();
    bool operator==(const Moment&) const = default;
};

// As rows of moments hold it; rows of the feed end with `latest`.
std::string to_bytes(const Moment& moment);
void append_latest(std::string& row, domain::Timestamp latest);

// Nothing when the tenant had nothing written by then.
std::optional<Moment> moment_at(const journal::RowSnapshot& snapshot,
                                const domain::TenantId& tenant, domain::Timestamp time);
// Of any seq up to which the rows are.
Moment moment_at(const journal::RowSnapshot& snapshot, const domain::TenantId& tenant,
                 journal::Seq seq);

// Of what time a read is.
struct PastTime {
    std::optional<Moment> as_of = {};  // By what had been recorded then; else by all.
    std::optional<domain::Timestamp> effective_at = {};  // What was, or will be, in effect then.
    bool is_now() const { return !as_of && !effective_at; }
};

// Can resources of this kind be read as of a moment?
bool keeps_versions(domain::Kind kind);

// The rows of the resources of one kind as they were at a moment, or, without one, as they are.
// It belongs to one thread and ends before its snapshot and its tenant do.
class PastRows {
public:
    // REQUIRES: the kind keeps its versions, if the time is another than now.
    PastRows(const journal::RowSnapshot& snapshot, const domain::TenantId& tenant,
             domain::Kind kind, const PastTime& time);

    // Overwrites `row`; false when there was none.
    bool get(std::string_view id, std::string& row);

    // Makes of a row that `get` gave what is in effect, if that was asked for: the last version
    // that had come about by then, else the first, with the status that time has given it.
    void put_into_effect(std::string_view id, std::string& row);

private:
    std::string_view begin_version_key(std::string_view id, journal::Seq until);

    const journal::RowSnapshot& snapshot_;
    domain::Kind kind_;
    PastTime time_;
    std::string row_prefix_;
    std::string key_;
    std::string version_key_;
    std::unique_ptr<journal::RowWalk> versions_;  // Of the kind; made when it is needed.
};

}  // namespace projections
