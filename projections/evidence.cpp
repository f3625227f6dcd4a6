#include "projections/evidence.hpp"

#include <limits>

#include "projections/past_entries.hpp"

namespace projections {

using domain::Failure;
using journal::JournalError;
using journal::Seq;

domain::Result<std::vector<StoredEntry>, JournalError> Evidence::read(
    const domain::TenantId& tenant, const domain::Subject& subject) const {
    const auto snapshot = rows_.snapshot();
    const PastEntries past(*snapshot, journal_, tenant, position_of_(tenant).shard);
    std::vector<Seq> seqs;
    past.find(seqs, subject, 0, std::numeric_limits<std::size_t>::max());
    std::vector<StoredEntry> entries;
    for (const Seq seq : seqs) {
        const auto record = past.record(seq);
        if (!record) return Failure(record.error());
        // Nothing of another tenant leaves, whatever the rows say.
        const auto decoded =
            reader_.codec().decode(**record, [](const journal::Entry&) { return false; });
        const auto* const entry = decoded ? std::get_if<journal::Entry>(&*decoded) : nullptr;
        if (entry == nullptr || entry->seq != seq || entry->tenant != tenant) {
            return Failure(JournalError::unavailable);
        }
        entries.push_back({seq, *record});
    }
    return entries;
}

}  // namespace projections
