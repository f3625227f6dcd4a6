// Turns changed aggregates into row changes: the resource's row, the index rows that differ, and
// the digests. Not thread-safe.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "domain/aggregates.hpp"
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

    // Puts what changes in the rows into the batch, and notes in `changed` that it is stored.
    void write(CachedAggregate& changed, journal::RowBatch& batch);

    // Puts the digests that have changed since the last call into the batch.
    void write_digests(journal::RowBatch& batch);

private:
    static constexpr std::size_t kinds = describe(static_cast<const domain::Kind*>(nullptr)).size();

    struct KindDigest {
        Digest digest;
        bool is_changed = false;
    };

    void write_index(const CachedAggregate& changed, const View& view, journal::RowBatch& batch,
                     Digest& digest);
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
