#include "projections/feed.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "domain/numbers.hpp"
#include "projections/bytes.hpp"
#include "projections/moment.hpp"
#include "projections/row_keys.hpp"

namespace projections {
namespace {

using journal::JournalError;

// What is read at once where entries are near one another, others' between them included: on Kafka
// each read may be a request to the broker.
constexpr std::size_t run_bytes_max = 128UL << 10U;
constexpr journal::Offset neighbours_max = 64;

struct Listed {
    journal::Seq seq = 0;
    journal::Offset offset = 0;
};

// The tenant's entries from `first` on, as many as wanted.
std::vector<Listed> listed_entries(const journal::Rows& rows, const domain::TenantId& tenant,
                                   journal::Seq first, std::size_t entries_max) {
    std::vector<Listed> found;
    const std::string prefix = feed_prefix(tenant);
    const auto snapshot = rows.snapshot();
    const auto walk = snapshot->walk(prefix);
    for (walk->seek(feed_key(tenant, first)); walk->valid() && found.size() < entries_max;
         walk->next()) {
        found.push_back({read_big_endian<journal::Seq>(walk->key().substr(prefix.size())),
                         read_big_endian<journal::Offset>(walk->value())});
    }
    return found;
}

// The records of listed entries, one after the other. Neighbours are read together.
class Records {
public:
    Records(journal::Journal& journal, journal::ShardNumber shard, std::vector<Listed> listed)
        : journal_(journal), shard_(shard), listed_(std::move(listed)) {}

    domain::Result<journal::Bytes, JournalError> at(std::size_t index) {
        const journal::Offset offset = listed_[index].offset;
        while (next_ < records_.size() && records_[next_].offset < offset) ++next_;
        if (next_ == records_.size() || records_[next_].offset != offset) {
            const bool is_run =
                index + 1 < listed_.size() && listed_[index + 1].offset <= offset + neighbours_max;
            auto read = journal_.read(shard_, offset - 1, is_run ? run_bytes_max : 1);
            if (!read) return domain::Failure(read.error());
            records_ = *std::move(read);
            next_ = 0;
            if (records_.empty() || records_[0].offset != offset) {
                return domain::Failure(JournalError::unavailable);
            }
        }
        return records_[next_].bytes;
    }

private:
    journal::Journal& journal_;
    journal::ShardNumber shard_;
    std::vector<Listed> listed_;
    std::vector<journal::Record> records_;
    std::size_t next_ = 0;
};

bool passes(const journal::RecordedEvent& event, const FeedFilter& filter) {
    if (!is_published(event)) return false;
    if (filter.subject && event.subject != *filter.subject) return false;
    return filter.types.empty() || filter.types.contains(domain::event_name(event.event));
}

// False when no event of the record can pass: most need no decoding then. Neither ids nor names of
// types are escaped in JSON.
bool may_pass(std::string_view record, const FeedFilter& filter) {
    if (filter.subject && !record.contains(to_text(*filter.subject))) return false;
    return filter.types.empty() || std::ranges::any_of(filter.types, [&](const std::string& type) {
               return record.contains(type);
           });
}

template <class T>
bool read_part(std::string_view text, T& part) {
    const auto number = domain::parse_whole<T>(text);
    if (number) part = *number;
    return number.has_value();
}

}  // namespace

std::string to_text(const FeedPlace& place) {
    if (place.events != FeedPlace::all_events) {
        return event_id(place.shard, place.seq, place.events);
    }
    return std::to_string(place.shard) + '-' + std::to_string(place.seq);
}

std::optional<FeedPlace> parse_feed_place(std::string_view text) {
    FeedPlace place;
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::size_t dot = text.find('.', dash);
    bool is_right = read_part(text.substr(0, dash), place.shard);
    if (dot != std::string_view::npos) {
        is_right = is_right && read_part(text.substr(dot + 1), place.events);
        text = text.substr(0, dot);
    }
    is_right = is_right && read_part(text.substr(dash + 1), place.seq);
    return is_right ? std::optional(place) : std::nullopt;
}

void list_in_feed(const journal::Entry& entry, journal::Offset offset, journal::RowBatch& batch) {
    if (std::ranges::none_of(entry.events, &is_published)) return;
    std::string value;
    append_big_endian(value, offset);
    append_latest(value, entry.events.back().occurred_at);
    batch.put(feed_key(entry.tenant, entry.seq), value);
}

domain::Result<FeedPage, JournalError> Feed::read(const domain::TenantId& tenant,
                                                  const FeedPlace& after, const FeedFilter& filter,
                                                  const FeedLimits& limits) const {
    // Taken before the rows are, so nothing up to there is missing among them.
    const Position position = position_of_(tenant);
    assert(position.shard == after.shard);
    const bool is_within = after.events != FeedPlace::all_events;
    const auto listed =
        listed_entries(rows_, tenant, after.seq + (is_within ? 0 : 1), limits.entries_max);
    Records records(journal_, after.shard, listed);
    FeedPage page{.events = {}, .next = after, .is_at_end = false};
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < listed.size(); ++i) {
        const auto record = records.at(i);
        if (!record) return domain::Failure(record.error());
        page.next = {after.shard, listed[i].seq, FeedPlace::all_events};
        if (!may_pass(**record, filter)) continue;
        const auto decoded = reader_.codec().decode(**record);
        const auto* entry = decoded ? std::get_if<journal::Entry>(&*decoded) : nullptr;
        if (entry == nullptr || entry->seq != listed[i].seq) {
            return domain::Failure(JournalError::unavailable);
        }
        const bool is_begun = is_within && entry->seq == after.seq;
        for (std::size_t n = is_begun ? after.events : 0; n < entry->events.size(); ++n) {
            if (!passes(entry->events[n], filter)) continue;
            page.events.push_back(cloud_event_of(*entry, n));
            bytes += page.events.back().data.size();
            page.next = {after.shard, entry->seq, static_cast<std::uint32_t>(n + 1)};
            if (page.events.size() >= limits.events_max || bytes >= limits.bytes_max) return page;
        }
        page.next = {after.shard, entry->seq, FeedPlace::all_events};
    }
    page.is_at_end = listed.size() < limits.entries_max;
    if (page.is_at_end && position.seq > page.next.seq) {
        page.next = {after.shard, position.seq, FeedPlace::all_events};
    }
    return page;
}

}  // namespace projections
