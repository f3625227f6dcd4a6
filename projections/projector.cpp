#include "projections/projector.hpp"

#include <atomic>
#include <stdexcept>
#include <utility>
#include <vector>

#include "journal/erasure.hpp"
#include "journal/sorted_changes.hpp"
#include "journal/validity.hpp"
#include "projections/aggregate_cache.hpp"
#include "projections/feed.hpp"
#include "projections/moment.hpp"
#include "projections/resource_view.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"
#include "projections/row_writer.hpp"
#include "projections/tree.hpp"

namespace projections {
namespace {

journal::LogState stored_state(const journal::Rows& rows, journal::ShardNumber shard) {
    std::optional<journal::LogState> state = journal::LogState{};
    rows.get(position_key(shard),
             [&state](std::string_view text) { state = journal::parse_log_state(text); });
    if (!state) throw std::runtime_error("the position of the views cannot be read");
    return *std::move(state);
}

}  // namespace

StopReason stop_reason_of(journal::EntryError error) {
    switch (error) {
        case journal::EntryError::foreign: return StopReason::none;
        case journal::EntryError::newer_format: return StopReason::newer_format;
        case journal::EntryError::unknown_event_type: return StopReason::unknown_event_type;
        case journal::EntryError::newer_event_version: return StopReason::newer_event_version;
        case journal::EntryError::damaged: return StopReason::damaged;
        case journal::EntryError::keys_unavailable: return StopReason::keys_unavailable;
    }
    std::unreachable();
}

// Everything that belongs to the thread that steps, and the status, which does not.
class Projector::Work {
public:
    Work(const Projector::Parts& parts, journal::LogState state)
        : parts_(parts),
          keys_(&parts.keys),
          fold_(parts.shard, std::move(state)),
          cache_(parts.limits.cached_aggregates_max),
          writer_(parts.rows, parts.shard),
          tree_(parts.rows, parts.shard, fold_.state().seq),
          batch_(parts.rows.batch()) {
        load_erasures();
        note_progress();
    }

    Step step(Freshness& freshness, journal::Offset up_to) {
        if (!status().is_running) return Step::stopped;
        if (!is_batch_ready_ && !erasures_.empty()) {
            fill_erasures();
        } else if (!is_batch_ready_) {
            if (const auto outcome = fetch()) return *outcome;
            const StopReason stopped_by = take_records(up_to);
            if (taken_ == 0 && stopped_by == StopReason::none) return Step::idle;
            if (taken_ == 0 && stopped_by == StopReason::keys_unavailable) return Step::refused;
            if (taken_ == 0) return stop(stopped_by);
            fill_batch();
        }
        if (!parts_.rows.write(*batch_)) return refused();
        is_batch_ready_ = false;
        note_progress();
        cache_.turn();
        // Who sees the erasure in the views sees all of it.
        if (!erasures_.empty()) return Step::advanced;
        freshness.advance(fold_.state().seq);
        return Step::advanced;
    }

    // REQUIRES: not stopped yet.
    Step stop(StopReason reason) {
        const std::scoped_lock lock(status_mutex_);
        status_.is_running = false;
        status_.reason = reason;
        if (next_ < records_.size()) status_.offset = records_[next_].offset;
        return Step::stopped;
    }

    ProjectorStatus status() const {
        const std::scoped_lock lock(status_mutex_);
        return status_;
    }

    // From now on it tells this directory, and its events are counted on from there. REQUIRES: no
    // step runs.
    void take_place(KeyDirectory& keys, std::uint64_t events) {
        keys_ = &keys;
        events_ = events;
        note_progress();
    }
    journal::Seq seq() const { return fold_.state().seq; }
    journal::Offset offset() const { return offset_.load(std::memory_order_acquire); }

private:
    // Sees to it that there is a record to take; else says what to do instead.
    std::optional<Step> fetch() {
        if (next_ < records_.size()) return std::nullopt;
        auto read =
            parts_.journal.read(parts_.shard, fold_.state().offset, parts_.limits.batch_bytes_max);
        if (!read) {
            const bool is_broken = read.error() == journal::JournalError::broken;
            return is_broken ? stop(StopReason::journal_broken) : Step::refused;
        }
        records_ = *std::move(read);
        next_ = 0;
        if (records_.empty()) return Step::idle;
        return std::nullopt;
    }

    // Takes in records until the batch is full or one cannot be taken in, which is then the next.
    StopReason take_records(journal::Offset up_to) {
        taken_ = 0;
        while (next_ < records_.size() && taken_ < parts_.limits.batch_entries_max &&
               records_[next_].offset <= up_to) {
            const StopReason reason = take(records_[next_]);
            if (reason != StopReason::none) return reason;
            ++next_;
            ++taken_;
        }
        return StopReason::none;
    }

    StopReason take(const journal::Record& record) {
        const journal::LogState& state = fold_.state();
        // An entry changes no more of the state than this, and only an entry may be taken back.
        const auto before = std::tuple(state.offset, state.seq, state.head, state.time);
        const auto judged = fold_.take(record, parts_.codec);
        if (!judged) return stop_reason_of(judged.error());
        if (judged->verdict == journal::Verdict::void_entry) return StopReason::none;
        const auto* entry = std::get_if<journal::Entry>(&judged->record);
        if (entry == nullptr || post(*entry)) {
            if (entry != nullptr) list(*entry, record.offset);
            tree_.append(judged->leaf, changes_);
            return StopReason::none;
        }
        journal::LogState restored = state;
        std::tie(restored.offset, restored.seq, restored.head, restored.time) = before;
        fold_ = journal::LogFold(parts_.shard, std::move(restored));
        return StopReason::impossible_history;
    }

    // False, and nothing is changed, when an event does not follow its aggregate's last one.
    bool post(const journal::Entry& entry) {
        affected_.clear();
        bool follows = true;
        for (const journal::RecordedEvent& event : entry.events) {
            if (!is_kept(event)) continue;
            CachedAggregate& one = aggregate(entry.tenant, event.subject);
            affected_.push_back(&one);
            const auto version = version_of(one.aggregate) + ++one.events_ahead;
            follows = follows && event.sequence == version;
        }
        for (CachedAggregate* one : affected_) one->events_ahead = 0;
        if (!follows) return false;
        auto affected = affected_.begin();
        for (const journal::RecordedEvent& event : entry.events) {
            if (!is_kept(event)) continue;
            CachedAggregate& one = **affected++;
            writer_.begin_entry(one, entry.seq, changes_);
            advance(one.aggregate, event.event, event.occurred_at);
            change(one);
            if (const auto user = journal::erased_by(event.subject, event.event)) {
                one.is_erased = true;
                erasures_.push_back({entry.tenant, *user});
                changes_.put(erasure_key(parts_.shard, entry.tenant, *user), {});
            }
        }
        for (CachedAggregate* one : affected_) writer_.end_entry(*one, changes_);
        events_ += entry.events.size();
        return true;
    }

    // What leads from places and times in the journal to the entry.
    void list(const journal::Entry& entry, journal::Offset offset) {
        list_in_feed(entry, offset, changes_);
        if (is_whole()) note_moment(entry);
    }

    // Of entries that were written at one time the last one counts.
    void note_moment(const journal::Entry& entry) {
        if (entry.events.empty()) return;
        if (moment_ && (moment_->tenant != entry.tenant || moment_->time != entry.time)) {
            write_moment();
        }
        moment_ = {entry.tenant, entry.time, entry.seq, entry.events.back().occurred_at};
    }
    void write_moment() {
        if (!moment_) return;
        changes_.put(moment_key(moment_->tenant, moment_->time),
                     to_bytes({moment_->seq, moment_->latest}));
        moment_.reset();
    }

    void change(CachedAggregate& one) {
        if (!one.is_changed) changed_.push_back(&one);
        one.is_changed = true;
    }

    // What a crash left to do.
    void load_erasures() {
        const std::string prefix = erasure_prefix(parts_.shard);
        const auto snapshot = parts_.rows.snapshot();
        const auto walk = snapshot->walk(prefix);
        for (walk->seek(prefix); walk->valid(); walk->next()) {
            const std::string_view rest = walk->key().substr(prefix.size());
            const auto end = rest.find('\0');
            erasures_.push_back({domain::TenantId{std::string(rest.substr(0, end))},
                                 domain::UserId{std::string(rest.substr(end + 1))}});
        }
    }

    // Fills the batch with the rows that tell about erased users, without what they told. What was
    // posted before is written, so that the index has all of them.
    void fill_erasures() {
        const auto snapshot = parts_.rows.snapshot();
        for (const journal::Person& person : erasures_) {
            for (const domain::Subject& subject : told_about(person)) {
                CachedAggregate& one = aggregate(person.tenant, subject);
                if (writer_.erase(one, subject, person.user, *snapshot, changes_)) change(one);
            }
            changes_.erase(erasure_key(parts_.shard, person.tenant, person.user));
        }
        erasures_.clear();
        fill_batch();
    }

    std::vector<domain::Subject> told_about(const journal::Person& person) const {
        std::vector<domain::Subject> subjects;
        const auto snapshot = parts_.rows.snapshot();
        domain::Deciders::for_each([&]<class D>(std::type_identity<D>) {
            const View* const view = find_view(D::kind);
            if (!journal::may_tell_about_users(D::kind) || view == nullptr) return;
            const std::string prefix =
                index_prefix(person.tenant, D::kind, field_of(Filter::user_id), person.user.view());
            const auto walk = snapshot->walk(prefix);
            for (walk->seek(prefix); walk->valid(); walk->next()) {
                const auto place = walk->key().substr(prefix.size());
                subjects.push_back({D::kind, std::string(id_of(place))});
            }
        });
        return subjects;
    }

    bool is_whole() const { return parts_.contents == Contents::everything; }
    bool is_kept(const journal::RecordedEvent& event) const {
        return is_whole() || !is_published(event);
    }

    CachedAggregate& aggregate(const domain::TenantId& tenant, const domain::Subject& subject) {
        set_resource_key(key_, tenant, subject.kind, subject.id);
        if (CachedAggregate* cached = cache_.find(key_)) return *cached;
        CachedAggregate made{.key = key_, .aggregate = {}, .terms = {}, .digest = {}};
        const View* const view = find_view(subject.kind);
        parts_.rows.get(key_, [&](std::string_view value) {
            const RowView row = view_row(value);
            made.aggregate = read_row(subject, value);
            made.seq = row.seq;
            if (view != nullptr && view->keeps_versions) made.value = value;
            made.terms = row.terms;
            made.digest = row_digest(key_, value);
            made.is_stored = true;
        });
        if (!made.is_stored) made.aggregate = absent_aggregate(subject);
        return cache_.add(std::move(made));
    }

    void fill_batch() {
        for (CachedAggregate* one : changed_) {
            writer_.write(*one, changes_);
            if (is_internal(kind_of(one->aggregate))) changed_keys_.push_back(one->aggregate);
        }
        changed_.clear();
        write_moment();
        writer_.write_digests(changes_);
        tree_.write(changes_);
        changes_.put(position_key(parts_.shard), journal::to_text(fold_.state()));
        batch_->clear();
        changes_.append_to(*batch_);
        changes_.clear();
        is_batch_ready_ = true;
    }

    Step refused() {
        const std::scoped_lock lock(status_mutex_);
        status_.is_waiting_for_disk = true;
        return Step::refused;
    }

    void note_progress() {
        for (const domain::AnyAggregate& key : changed_keys_) keys_->update(key);
        changed_keys_.clear();
        const std::scoped_lock lock(status_mutex_);
        status_.is_waiting_for_disk = false;
        status_.offset = fold_.state().offset;
        status_.seq = fold_.state().seq;
        status_.voids = fold_.state().voids;
        status_.events = events_;
        status_.owner_node = fold_.state().owner_node;
        status_.owner_address = fold_.state().owner_address;
        offset_.store(status_.offset, std::memory_order_release);
    }

    Projector::Parts parts_;
    KeyDirectory* keys_;
    journal::LogFold fold_;
    AggregateCache cache_;
    RowWriter writer_;
    TreeWriter tree_;

    std::vector<journal::Record> records_;  // Read; taken in up to `next_`.
    std::size_t next_ = 0;
    std::size_t taken_ = 0;  // Into the batch at hand.
    std::uint64_t events_ = 0;
    std::string key_;
    std::vector<CachedAggregate*> affected_;
    std::vector<CachedAggregate*> changed_;
    std::vector<domain::AnyAggregate> changed_keys_;
    struct WrittenAt {
        domain::TenantId tenant;
        domain::Timestamp time;
        journal::Seq seq = 0;
        domain::Timestamp latest;
    };
    std::optional<WrittenAt> moment_;        // Not in the batch yet.
    std::vector<journal::Person> erasures_;  // Posted; what tells about them is to be emptied.
    journal::SortedChanges changes_;
    std::unique_ptr<journal::RowBatch> batch_;
    bool is_batch_ready_ = false;  // Filled, but not written yet.

    std::atomic<journal::Offset> offset_ = 0;
    mutable std::mutex status_mutex_;
    ProjectorStatus status_;
};

Projector::Projector(const Parts& parts) : shard_(parts.shard), keys_(parts.keys) {
    journal::LogState state = stored_state(parts.rows, parts.shard);
    freshness_ = std::make_unique<Freshness>(state.seq);
    work_ = std::make_shared<Work>(parts, std::move(state));
}

Projector::~Projector() = default;

Step Projector::step(journal::Offset up_to) {
    const std::scoped_lock lock(step_mutex_);
    try {
        return work_->step(*freshness_, up_to);
    } catch (const std::runtime_error&) {
        return work_->stop(StopReason::rows_unreadable);
    }
}

void Projector::go_on_from(const Projector& built) {
    auto next = built.work();
    next->take_place(keys_, status().events);
    {
        const std::scoped_lock lock(work_mutex_);
        work_.swap(next);
    }
    freshness_->advance(work_->seq());
}

std::shared_ptr<Projector::Work> Projector::work() const {
    const std::scoped_lock lock(work_mutex_);
    return work_;
}

journal::Offset Projector::offset() const { return work()->offset(); }

ProjectorStatus Projector::status() const { return work()->status(); }

}  // namespace projections
