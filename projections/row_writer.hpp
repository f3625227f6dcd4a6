// Turns changed aggregates into row changes: the resource's row, the rows that were true before,
// the index rows that differ, and the digests. Not thread-safe.
//
// What is kept of the past is told entry by entry, so that it does not depend on what a batch
// holds; rows that are true now are written once a batch.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "domain/aggregates.hpp"
#include "journal/entry.hpp"
#include "journal/journal.hpp"
#include "journal/rows.hpp"
#include "projections/aggregate_cache.hpp"
#include "projections/digest.hpp"
#include "projections/resource_view.hpp"
#include "projections/terms.hpp"

namespace projections {

class RowWriter {
public:
    // Reads the shard's digests from the rows.
    RowWriter(const journal::Rows& rows, journal::ShardNumber shard);

    // Around the events of one entry: keeps what the aggregate was before, and what it can be found
    // by no more. The first may be called again before each event of the entry.
    void begin_entry(CachedAggregate& one, journal::Seq seq, journal::RowBatch& batch);
    void end_entry(CachedAggregate& one, journal::RowBatch& batch);

    // Puts what changes in the rows into the batch, and notes in `changed` that it is stored.
    void write(CachedAggregate& changed, journal::RowBatch& batch);

    // Empties all text about the user in the versions of the aggregate, the present one included.
    // False if there is none in the present one. REQUIRES: no entry is being taken in, and all rows
    // of the versions are stored.
    bool erase(CachedAggregate& one, const domain::Subject& subject, const domain::UserId& user,
               const journal::RowSnapshot& snapshot, journal::RowBatch& batch);

    // Puts the digests that have changed since the last call into the batch.
    void write_digests(journal::RowBatch& batch);

private:
    static constexpr std::size_t kinds = describe(static_cast<const domain::Kind*>(nullptr)).size();

    struct KindDigest {
        Digest digest;
        bool is_changed = false;
    };

    KindDigest& digest_of(const CachedAggregate& one);
    void end_terms(const CachedAggregate& one, const View& view, std::string_view before,
                   journal::RowBatch& batch);
    void write_index(const CachedAggregate& changed, const View& view, journal::RowBatch& batch,
                     Digest& digest);
    std::size_t begin_index_key(const CachedAggregate& one);
    std::string_view index_key(const CachedAggregate& changed, const Term& term,
                               std::size_t prefix_length);

    journal::ShardNumber shard_;
    std::array<KindDigest, kinds> digests_;
    TermBuilder builder_;
    std::string terms_;
    std::string value_;
    std::string key_;
};

}  // namespace projections
