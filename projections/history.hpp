// History: what happened to a resource, event by event, with what each changed.
//
// The views keep where the entries are (version rows, row_keys.hpp); the events are read from the
// journal, and folded to see what they changed. So nothing is kept twice, and what was erased from
// the journal is erased from histories.
//
// Threads: `read` may be called from any thread. It reads from disk and decodes up to a page, so it
// must not be called on threads that others wait for. Lifetime: what it is made of outlives it.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "codec/json_changes.hpp"
#include "journal/entry.hpp"
#include "journal/journal.hpp"
#include "journal/keyless_reader.hpp"
#include "journal/rows.hpp"
#include "projections/feed.hpp"
#include "projections/query.hpp"

namespace projections {

// The command that an event is of, and what led to it.
struct HistoryCause {
    std::string command_id;
    std::string command;
    std::optional<std::string> correlation_id;
    std::optional<std::string> causation_id;
    bool operator==(const HistoryCause&) const = default;
};
constexpr auto describe(const HistoryCause*) {
    using T = HistoryCause;
    return domain::fields(domain::field<&T::command_id>("commandId", "Unique id of the command."),
                          domain::field<&T::command>("command", "Its name, such as IssueBill."),
                          domain::field<&T::correlation_id>(
                              "correlationId", "The request or trace that it came with."),
                          domain::field<&T::causation_id>("causationId", "What caused it."));
}

struct PastEvent {
    std::string subject;
    std::int64_t sequence = 0;
    std::string type;
    domain::Timestamp time;
    domain::Timestamp occurred_at;
    journal::Actor actor;
    std::optional<std::string> reason;
    HistoryCause cause;
    domain::Json data;
    std::vector<codec::JsonChange> changes;
    std::string position;
    bool operator==(const PastEvent&) const = default;
};
constexpr auto describe(const PastEvent*) {
    using T = PastEvent;
    return domain::fields(
        domain::field<&T::subject>("subject", "What it happened to, such as bills/4711."),
        domain::field<&T::sequence>("sequence",
                                    "Its number in the history of its subject, from 1: the version "
                                    "that it made."),
        domain::field<&T::type>("type", "What happened, such as BillPaid."),
        domain::field<&T::time>("time", "When it was recorded."),
        domain::field<&T::occurred_at>("occurredAt",
                                       "When it happened: in a sandbox, by its own clock."),
        domain::field<&T::actor>("actor", "Who asked for it."),
        domain::field<&T::reason>("reason", "Why, in the words of the actor."),
        domain::field<&T::cause>("cause", "The command that it is of."),
        domain::field<&T::data>("data", "What it says."),
        domain::field<&T::changes>("changes", "What it changed in the resource.").items(100'000),
        domain::field<&T::position>("position", "Of its entry; a value of asOf."));
}

struct HistoryQuery {
    // One resource; of a user all that is or was the user's, or paid by the user, too. REQUIRES:
    // is_published(subject.kind).
    domain::Subject subject;
    std::set<std::string, std::less<>> types = {};  // One of them; empty: of any type.
    FeedPlace after = {};
    std::size_t limit = 20;
};

// Oldest first. A page ends early, with a `next`, when it has looked at enough entries.
struct HistoryPage {
    std::vector<PastEvent> events;
    std::optional<FeedPlace> next;  // To go on behind; nothing at the end.
};

class History {
public:
    // `position_of` is that of Queries.
    History(const journal::Rows& rows, journal::Journal& journal, const journal::EntryCodec& codec,
            Queries::PositionOf position_of)
        : rows_(rows), journal_(journal), codec_(codec), position_of_(std::move(position_of)) {}
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    // Empty for what does not exist. Text about persons who were erased reads as empty; in the
    // story of a user so does text about others.
    domain::Result<HistoryPage, journal::JournalError> read(const domain::TenantId& tenant,
                                                            const HistoryQuery& query) const;

private:
    class Reading;
    const journal::Rows& rows_;
    journal::Journal& journal_;
    const journal::EntryCodec& codec_;
    Queries::PositionOf position_of_;
    journal::KeylessReader keyless_;
};

}  // namespace projections
