#include "projections/history.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "codec/reflect.hpp"
#include "journal/erasure.hpp"
#include "journal/event_codec.hpp"
#include "projections/bytes.hpp"
#include "projections/past_entries.hpp"
#include "projections/representation.hpp"
#include "projections/resource_view.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace projections {
namespace {

using domain::AnyAggregate;
using domain::Failure;
using domain::Subject;
using journal::JournalError;
using journal::Seq;

// Of one page; more would keep others waiting.
constexpr std::size_t entries_max = 256;

// They differ with every event.
constexpr std::array<std::string_view, 2> left_out = {"version", "updatedAt"};

// All that is the user's, or is paid by the user, or was once.
void find_story(const journal::RowSnapshot& snapshot, const domain::TenantId& tenant,
                const domain::UserId& user, std::set<Subject>& subjects) {
    domain::Deciders::for_each([&]<class D>(std::type_identity<D>) {
        const View* const view = find_view(D::kind);
        for (const Filter filter : {Filter::user_id, Filter::payer_id}) {
            if (view == nullptr || !domain::is_published(D::kind) || !view->has(filter)) continue;
            const std::string live = index_prefix(tenant, D::kind, field_of(filter), user.view());
            const std::string ended = ended_prefix(live);
            for (const auto& [prefix, suffix] :
                 {std::pair(live, std::size_t{0}), std::pair(ended, ended_suffix)}) {
                const auto walk = snapshot.walk(prefix);
                for (walk->seek(prefix); walk->valid(); walk->next()) {
                    std::string_view place = walk->key().substr(prefix.size());
                    place.remove_suffix(suffix);
                    subjects.insert({D::kind, std::string(id_of(place))});
                }
            }
        }
    });
}

// Empties what the aggregate tells about another person than this one.
void leave_out_others(AnyAggregate& aggregate, const domain::UserId& person) {
    const auto owner = std::visit(
        [](const auto& one) -> std::optional<domain::UserId> {
            if constexpr (requires { one.state.user_id; }) {
                return one.state.user_id;
            } else {
                return std::nullopt;
            }
        },
        aggregate);
    if (owner && *owner != person) journal::erase_from(aggregate, *owner);
}

PastEvent past_event_of(const journal::Entry& entry, const journal::RecordedEvent& event) {
    PastEvent past{.subject = to_text(event.subject),
                   .sequence = static_cast<std::int64_t>(event.sequence),
                   .type = std::string(domain::event_name(event.event)),
                   .time = entry.time,
                   .occurred_at = event.occurred_at,
                   .actor = entry.command.actor,
                   .reason = entry.command.reason,
                   .cause = {.command_id = entry.command.id,
                             .command = entry.command.type,
                             .correlation_id = entry.command.correlation_id,
                             .causation_id = entry.command.causation_id},
                   .data = {},
                   .changes = {},
                   .position = to_text(FeedPlace{.shard = entry.shard, .seq = entry.seq})};
    const journal::EventData data = journal::data_of(event.event);
    codec::Writer writer(past.data.text, codec::Audience::client);
    writer.value(*data.type, data.address);
    return past;
}

}  // namespace

// One page. Everything is read from one snapshot.
class History::Reading {
public:
    Reading(const History& history, const domain::TenantId& tenant, const HistoryQuery& query)
        : history_(history),
          tenant_(tenant),
          query_(query),
          shard_(history.position_of_(tenant).shard),
          snapshot_(history.rows_.snapshot()),
          past_(*snapshot_, history.journal_, tenant, shard_) {
        subjects_.insert(query.subject);
        if (query.subject.kind != domain::Kind::users) return;
        person_ = domain::UserId{query.subject.id};
        find_story(*snapshot_, tenant, *person_, subjects_);
    }

    domain::Result<HistoryPage, JournalError> page() {
        const bool is_within = query_.after.events != FeedPlace::all_events;
        std::vector<Seq> seqs;
        for (const Subject& subject : subjects_) {
            past_.find(seqs, subject, query_.after.seq + (is_within ? 0 : 1), entries_max + 1);
        }
        std::ranges::sort(seqs);
        const auto repeated = std::ranges::unique(seqs);
        seqs.erase(repeated.begin(), repeated.end());
        const bool is_cut = seqs.size() > entries_max;
        if (is_cut) seqs.resize(entries_max);
        page_.next = query_.after;
        for (const Seq seq : seqs) {
            const auto is_full = take(seq);
            if (!is_full) return Failure(is_full.error());
            if (*is_full) return std::move(page_);
            page_.next = FeedPlace{.shard = shard_, .seq = seq};
        }
        if (!is_cut) page_.next.reset();
        return std::move(page_);
    }

private:
    // The entry, with what its events tell about the person of a story alone.
    domain::Result<journal::Entry, JournalError> entry_of(Seq seq, std::string_view record) const {
        auto decoded = history_.codec_.decode(record);
        auto* const entry = decoded ? std::get_if<journal::Entry>(&*decoded) : nullptr;
        if (entry == nullptr || entry->seq != seq) return Failure(JournalError::unavailable);
        const auto tells_of_others = [this](const journal::RecordedEvent& event) {
            const auto person = journal::person_of(event.subject, event.event);
            return person && *person != *person_;
        };
        if (person_ && std::ranges::any_of(entry->events, tells_of_others)) {
            auto silent = history_.keyless_.codec().decode(record);
            if (!silent) return Failure(JournalError::unavailable);
            auto& others = std::get<journal::Entry>(*silent).events;
            for (std::size_t i = 0; i < others.size(); ++i) {
                if (tells_of_others(entry->events[i])) std::swap(entry->events[i], others[i]);
            }
        }
        return std::move(*entry);
    }

    // True when the page is full, and there is more.
    domain::Result<bool, JournalError> take(Seq seq) {
        const auto record = past_.record(seq);
        if (!record) return Failure(record.error());
        if (!may_pass(**record)) return false;
        const auto entry = entry_of(seq, **record);
        if (!entry) return Failure(entry.error());
        const std::size_t begin = seq == query_.after.seq ? query_.after.events : 0;
        for (std::size_t i = 0; i < entry->events.size(); ++i) {
            const journal::RecordedEvent& event = entry->events[i];
            if (!subjects_.contains(event.subject)) continue;
            const auto state = state_before(event, seq);
            if (!state) return Failure(state.error());
            const bool is_wanted = i >= begin && passes(event);
            if (is_wanted && page_.events.size() == query_.limit) return true;
            AnyAggregate& aggregate = (*state)->aggregate;
            const std::string before =
                is_wanted && event.sequence > 1 ? representation(aggregate) : std::string();
            advance(aggregate, event.event, event.occurred_at);
            (*state)->seq = seq;
            if (!is_wanted) continue;
            page_.events.push_back(past_event_of(*entry, event));
            page_.events.back().changes =
                codec::changes_between(before, representation(aggregate), left_out);
            page_.next = FeedPlace{shard_, seq, static_cast<std::uint32_t>(i + 1)};
        }
        return false;
    }

    bool passes(const journal::RecordedEvent& event) const {
        return query_.types.empty() || query_.types.contains(domain::event_name(event.event));
    }
    // False when no event of the record can pass. Names of types are not escaped in JSON.
    bool may_pass(std::string_view record) const {
        return query_.types.empty() ||
               std::ranges::any_of(query_.types, [record](const std::string& type) {
                   return record.contains(type);
               });
    }

    // An aggregate up to an entry.
    struct State {
        AnyAggregate aggregate;
        Seq seq = 0;
    };

    // What the event happened to, as it was then.
    domain::Result<State*, JournalError> state_before(const journal::RecordedEvent& event,
                                                      Seq seq) {
        const Subject& subject = event.subject;
        const auto [at, is_new] = states_.try_emplace(subject, State{absent_aggregate(subject)});
        State& state = at->second;
        if (version_of(state.aggregate) + 1 == event.sequence) return &state;
        if (!keeps_versions(subject.kind)) {
            if (const auto error = fold_up_to(state, subject, seq)) return Failure(*error);
            return &state;
        }
        std::string key = version_prefix(tenant_, subject);
        append_big_endian(key, seq);
        const auto row = snapshot_->get(key);
        if (!row) return Failure(JournalError::unavailable);
        state.aggregate = read_row(subject, std::string_view(*row).substr(sizeof(Seq)));
        if (person_) leave_out_others(state.aggregate, *person_);
        return &state;
    }

    std::optional<JournalError> fold_up_to(State& state, const Subject& subject, Seq end) {
        std::vector<Seq> seqs;
        past_.find(seqs, subject, state.seq + 1, std::numeric_limits<std::size_t>::max());
        for (const Seq seq : seqs) {
            if (seq >= end) break;
            const auto record = past_.record(seq);
            if (!record) return record.error();
            const auto entry = entry_of(seq, **record);
            if (!entry) return entry.error();
            for (const journal::RecordedEvent& event : entry->events) {
                if (event.subject != subject) continue;
                advance(state.aggregate, event.event, event.occurred_at);
            }
            state.seq = seq;
        }
        return std::nullopt;
    }

    const History& history_;
    const domain::TenantId& tenant_;
    const HistoryQuery& query_;
    journal::ShardNumber shard_;
    std::unique_ptr<journal::RowSnapshot> snapshot_;
    PastEntries past_;
    std::set<Subject> subjects_;
    std::optional<domain::UserId> person_;  // Whose story it is.
    std::map<Subject, State> states_;
    HistoryPage page_;
};

domain::Result<HistoryPage, JournalError> History::read(const domain::TenantId& tenant,
                                                        const HistoryQuery& query) const {
    return Reading(*this, tenant, query).page();
}

}  // namespace projections
