#include "projections/past_entries.hpp"

#include <optional>
#include <string>

#include "projections/bytes.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace projections {

using domain::Failure;
using journal::JournalError;
using journal::Seq;

PastEntries::PastEntries(const journal::RowSnapshot& snapshot, journal::Journal& journal,
                         const domain::TenantId& tenant, journal::ShardNumber shard)
    : snapshot_(snapshot),
      journal_(journal),
      tenant_(tenant),
      shard_(shard),
      versions_(snapshot.walk(std::string(version_rows) + std::string(tenant.view()) + '\0')) {}

bool PastEntries::is_at(std::string_view prefix) const {
    return versions_->valid() && versions_->key().starts_with(prefix);
}

void PastEntries::find(std::vector<Seq>& seqs, const domain::Subject& subject, Seq first,
                       std::size_t most) const {
    const std::string prefix = version_prefix(tenant_, subject);
    std::optional<Seq> made;
    versions_->seek(prefix);
    if (is_at(prefix)) {
        made = read_big_endian<Seq>(versions_->value());
    } else if (const auto row = snapshot_.get(resource_key(tenant_, subject.kind, subject.id))) {
        made = view_row(*row).seq;
    }
    if (made && *made >= first) seqs.push_back(*made);
    std::string key = prefix;
    append_big_endian(key, first);
    for (versions_->seek(key); most > 0 && is_at(prefix); versions_->next(), --most) {
        seqs.push_back(read_big_endian<Seq>(versions_->key().substr(prefix.size())));
    }
}

domain::Result<journal::Bytes, JournalError> PastEntries::record(Seq seq) const {
    const auto listed = snapshot_.get(feed_key(tenant_, seq));
    if (!listed) return Failure(JournalError::unavailable);
    const auto offset = read_big_endian<journal::Offset>(*listed);
    auto read = journal_.read(shard_, offset - 1, 1);
    if (!read) return Failure(read.error());
    if (read->empty() || read->front().offset != offset) return Failure(JournalError::unavailable);
    return read->front().bytes;
}

}  // namespace projections
