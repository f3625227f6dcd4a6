// The feed: a tenant's events from any place on, in the order of the journal, as CloudEvents.
//
// The journal itself is read; the views add a row for each entry that says where it stands, so
// that a reader can begin anywhere, meets valid entries only, and passes over those of others. An
// event is in the feed as soon as views show its effect.
//
// Threads: `read` may be called from any thread. It reads from disk and decodes up to a page, so it
// must not be called on threads that others wait for. Lifetime: what the feed is made of outlives
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.hpp"
#include "journal/keyless_reader.hpp"
#include "journal/rows.hpp"
#include "projections/cloud_event.hpp"
#include "projections/query.hpp"

namespace projections {

// A place between two events: behind the first `events` ones of entry `seq`.
struct FeedPlace {
    static constexpr std::uint32_t all_events = std::numeric_limits<std::uint32_t>::max();

    journal::ShardNumber shard = 0;
    journal::Seq seq = 0;
    std::uint32_t events = all_events;
    bool operator==(const FeedPlace&) const = default;
};
// "0-1201.2", the id of the event before it; "0-1201" behind all of the entry's events.
std::string to_text(const FeedPlace& place);
std::optional<FeedPlace> parse_feed_place(std::string_view text);

struct FeedFilter {
    std::set<std::string, std::less<>> types = {};  // One of them; empty: of any type.
    std::optional<domain::Subject> subject = {};
};

// Of one page, which ends at the first that is reached.
struct FeedLimits {
    std::size_t events_max = 256;
    std::size_t bytes_max = 64 << 10;  // Of the events' data; one event at least.
    std::size_t entries_max = 256;     // Looked at.
};

struct FeedPage {
    std::vector<CloudEvent> events;
    FeedPlace next;          // Where the next page begins: also behind what did not match.
    bool is_at_end = false;  // There was nothing behind `next`.
};

class Feed {
public:
    // `position_of` is that of Queries.
    Feed(const journal::Rows& rows, journal::Journal& journal, Queries::PositionOf position_of)
        : rows_(rows), journal_(journal), position_of_(std::move(position_of)) {}
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    // The events behind `after`. REQUIRES: `after` is in the tenant's shard.
    domain::Result<FeedPage, journal::JournalError> read(const domain::TenantId& tenant,
                                                         const FeedPlace& after,
                                                         const FeedFilter& filter,
                                                         const FeedLimits& limits) const;

private:
    const journal::Rows& rows_;
    journal::Journal& journal_;
    Queries::PositionOf position_of_;
    journal::KeylessReader reader_;
};

// Adds the row of an entry that has events to publish. For projectors.
void list_in_feed(const journal::Entry& entry, journal::Offset offset, journal::RowBatch& batch);

}  // namespace projections
