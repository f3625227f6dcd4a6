// Past entries: which entries of the journal changed a resource, and their records.
//
// The versions that were say which entries made and ended them; the row that is, in resources that
// have had one version, which made it. Not thread-safe. Lifetime: what it is made of outlives it.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "domain/result.hpp"
#include "journal/entry.hpp"
#include "journal/journal.hpp"
#include "journal/rows.hpp"

namespace projections {

class PastEntries {
public:
    PastEntries(const journal::RowSnapshot& snapshot, journal::Journal& journal,
                const domain::TenantId& tenant, journal::ShardNumber shard);

    // Adds the seqs of the entries that changed the resource, from `first` on, in order: at most
    // one more than `most`.
    void find(std::vector<journal::Seq>& seqs, const domain::Subject& subject, journal::Seq first,
              std::size_t most) const;

    // The tenant's entry, as it is stored. One read of the journal.
    domain::Result<journal::Bytes, journal::JournalError> record(journal::Seq seq) const;

private:
    bool is_at(std::string_view prefix) const;

    const journal::RowSnapshot& snapshot_;
    journal::Journal& journal_;
    const domain::TenantId& tenant_;
    journal::ShardNumber shard_;
    std::unique_ptr<journal::RowWalk> versions_;  // Of the tenant.
};

}  // namespace projections
