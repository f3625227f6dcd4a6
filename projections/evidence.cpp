#include "projections/evidence.hpp"

#include "projections/bytes.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace projections {
namespace {

using domain::Failure;
using journal::JournalError;
using journal::Seq;

// The versions that were say which entries made and ended them; the row that is, in kinds that have
// had one version, which made it.
std::vector<Seq> entries_of(const journal::RowSnapshot& snapshot, const domain::TenantId& tenant,
                            const domain::Subject& subject) {
    std::vector<Seq> seqs;
    const std::string prefix = version_prefix(tenant, subject);
    const auto walk = snapshot.walk(prefix);
    for (walk->seek(prefix); walk->valid(); walk->next()) {
        if (seqs.empty()) seqs.push_back(read_big_endian<Seq>(walk->value()));
        seqs.push_back(read_big_endian<Seq>(walk->key().substr(prefix.size())));
    }
    if (!seqs.empty()) return seqs;
    const auto row = snapshot.get(resource_key(tenant, subject.kind, subject.id));
    if (row) seqs.push_back(view_row(*row).seq);
    return seqs;
}

}  // namespace

domain::Result<std::vector<StoredEntry>, JournalError> Evidence::read(
    const domain::TenantId& tenant, const domain::Subject& subject) const {
    const auto snapshot = rows_.snapshot();
    const journal::ShardNumber shard = position_of_(tenant).shard;
    std::vector<StoredEntry> entries;
    for (const Seq seq : entries_of(*snapshot, tenant, subject)) {
        const auto listed = snapshot->get(feed_key(tenant, seq));
        if (!listed) return Failure(JournalError::unavailable);
        const auto offset = read_big_endian<journal::Offset>(*listed);
        const auto records = journal_.read(shard, offset - 1, 1);
        if (!records) return Failure(records.error());
        if (records->empty() || records->front().offset != offset) {
            return Failure(JournalError::unavailable);
        }
        // Nothing of another tenant leaves, whatever the rows say.
        const journal::Bytes& bytes = records->front().bytes;
        const auto decoded =
            reader_.codec().decode(*bytes, [](const journal::Entry&) { return false; });
        const auto* const entry = decoded ? std::get_if<journal::Entry>(&*decoded) : nullptr;
        if (entry == nullptr || entry->seq != seq || entry->tenant != tenant) {
            return Failure(JournalError::unavailable);
        }
        entries.push_back({seq, bytes});
    }
    return entries;
}

}  // namespace projections
