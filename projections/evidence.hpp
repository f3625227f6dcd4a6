// Evidence: what the journal holds of a resource, byte for byte, for those who prove it.
//
// Threads: `read` may be called from any thread. It reads from disk, so it must not be called on
// threads that others wait for. Lifetime: what it is made of outlives it.
#pragma once

#include <utility>
#include <vector>

#include "journal/journal.hpp"
#include "journal/keyless_reader.hpp"
#include "journal/rows.hpp"
#include "projections/query.hpp"

namespace projections {

struct StoredEntry {
    journal::Seq seq = 0;
    journal::Bytes bytes;
};

class Evidence {
public:
    // `position_of` is that of Queries.
    Evidence(const journal::Rows& rows, journal::Journal& journal, Queries::PositionOf position_of)
        : rows_(rows), journal_(journal), position_of_(std::move(position_of)) {}
    Evidence(const Evidence&) = delete;
    Evidence& operator=(const Evidence&) = delete;

    // The entries that changed the resource, oldest first. Empty for what does not exist.
    domain::Result<std::vector<StoredEntry>, journal::JournalError> read(
        const domain::TenantId& tenant, const domain::Subject& subject) const;

private:
    const journal::Rows& rows_;
    journal::Journal& journal_;
    Queries::PositionOf position_of_;
    journal::KeylessReader reader_;
};

}  // namespace projections
