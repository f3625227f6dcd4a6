// Reading the log back, taking the shard, and losing it. Deciding is in shard.cpp.
#include <algorithm>
#include <cassert>
#include <utility>

#include "commands/shard.hpp"
#include "journal/erasure.hpp"

namespace commands {
namespace {

Fault outcome_unknown() {
    return fault(FaultKind::outcome_unknown, "outcome_unknown",
                 "it may have been done; send the same request with the same Idempotency-Key to "
                 "learn what happened");
}

Fault not_done(std::string_view reason) {
    if (reason == "full") {
        return fault(FaultKind::full, "disk_full", "no disk space is left; nothing was done");
    }
    return fault(FaultKind::unavailable, "journal_unavailable",
                 "nothing was done; send the request again");
}

Fault moved() {
    return fault(FaultKind::moved, "moved",
                 "another node writes this shard; nothing was done here");
}

}  // namespace

// Reading -----------------------------------------------------------------------------------------

bool Shard::read_log() {
    if (mode_ == Mode::closed) return false;
    const auto records =
        journal_.read(settings_.shard, fold_.state().offset, settings_.read_bytes_max);
    if (!records) {
        if (mode_ != Mode::idle) fall(std::string(journal::name(records.error())));
        return false;
    }
    for (const auto& record : *records) {
        if (!take_record(record)) return true;
    }
    if (records->empty()) return false;
    commit_store();
    answer_read_back();
    return true;
}

// False after a fall: the position may have been set back, so what follows is read anew.
bool Shard::take_record(const journal::Record& record) {
    if (!in_flight_.empty() && in_flight_.front().bytes != nullptr &&
        *in_flight_.front().bytes == *record.bytes) {
        return take_own(record);
    }
    const auto judged = fold_.take(record, codec_);
    if (!judged) {
        // A newer version wrote this: nothing here may decide on a state that it cannot read.
        fall("unreadable_entry");
        retake_at_ = clock_.steady_milliseconds() + settings_.retake_pause_max_ms;
        return false;
    }
    is_store_behind_ = true;
    if (const auto* opening = std::get_if<journal::Opening>(&judged->record);
        opening != nullptr && judged->verdict == journal::Verdict::valid) {
        if (opening->id == generation_ && mode_ == Mode::opening) {
            begin_serving();
        } else if (mode_ == Mode::serving) {
            fall("taken_by_another");
            return false;
        } else if (record.offset > unknown_since_) {
            settle_unknown();
        }
        return true;
    }
    const auto* entry = std::get_if<journal::Entry>(&judged->record);
    if (judged->verdict == journal::Verdict::valid) {
        const auto changes = Work::replay(overlay_, *entry);
        overlay_.add(*entry, changes);
        store_.add(*entry, changes, record.offset);
        note_erased(*entry);
        if (auto found = unknown_.extract(entry->command.id)) answer(std::move(found.mapped()));
    } else if (mode_ == Mode::serving && entry != nullptr && entry->gen == generation_) {
        fall("own_entry_void");
        return false;
    }
    return true;
}

bool Shard::take_own(const journal::Record& record) {
    InFlight own = std::move(in_flight_.front());
    in_flight_.pop_front();
    is_store_behind_ = true;
    if (fold_.take_known(record, own.entry, own.head_after) != journal::Verdict::valid) {
        fall("own_entry_void");
        return false;
    }
    read_back_ = fold_.state().seq;
    store_.add(own.entry, own.changes, record.offset);
    note_erased(own.entry);
    return true;
}

void Shard::note_erased(const journal::Entry& entry) {
    for (const auto& recorded : entry.events) {
        const journal::Person person{entry.tenant, domain::UserId{recorded.subject.id}};
        if (journal::erased_by(recorded.subject, recorded.event)) {
            erased_.push_back({person, std::nullopt, entry.seq});
        } else if (const auto replaced = journal::replaced_by(recorded.event)) {
            erased_.push_back({person, *replaced, entry.seq});
        }
    }
}

// Up to where all is done that the log says.
journal::Seq Shard::answerable() const {
    return erased_.empty() ? read_back_ : std::min(read_back_, erased_.front().seq - 1);
}

// The position is stored behind it, so that what a crash interrupts is done again.
bool Shard::erase_keys() {
    for (; !erased_.empty(); erased_.pop_front()) {
        const auto& [person, credential, seq] = erased_.front();
        const bool ok = credential ? keys_.drop(person, *credential) : keys_.destroy(person);
        if (!ok) return false;
    }
    return true;
}

bool Shard::commit_store() {
    if (!erase_keys()) return false;
    if (!store_.commit(fold_.state())) return false;
    is_store_behind_ = false;
    overlay_.stored(fold_.state().seq);
    return true;
}

void Shard::answer_read_back() {
    while (!waiting_.empty() && waiting_.front().need <= answerable()) {
        Waiting waiting = std::move(waiting_.front());
        waiting_.pop_front();
        answer(std::move(waiting));
    }
}

void Shard::answer(Waiting waiting) {
    if (waiting.remembered) {
        waiting.outcome = first_answer(waiting.submission.tenant, *waiting.remembered);
    }
    waiting.submission.done(std::move(waiting.outcome));
}

Outcome Shard::first_answer(const domain::TenantId& tenant, const Remembered& remembered) {
    const auto subject = domain::parse_subject(remembered.subject);
    assert(subject && "the store holds what it wrote");
    auto aggregate = rebuild(tenant, *subject, remembered.version);
    if (!aggregate) return domain::Failure(not_done("unavailable"));
    return Done{.subject = *subject,
                .aggregate = std::move(aggregate),
                .shard = settings_.shard,
                .seq = remembered.seq,
                .is_replayed = true,
                .events = {}};
}

// The aggregate as it was in that version: what the log says, so that no copy of an answer has to
// be kept, and what was erased since stays erased. Null when the log cannot be read now.
std::shared_ptr<const domain::AnyAggregate> Shard::rebuild(const domain::TenantId& tenant,
                                                           const domain::Subject& subject,
                                                           std::uint64_t version) {
    auto current = overlay_.load(tenant, subject);
    if (domain::version_of(*current) == version) return current;
    auto past = std::make_shared<domain::AnyAggregate>(domain::absent_aggregate(subject));
    for (const auto offset : store_.offsets_of(tenant, subject, version)) {
        const auto records = journal_.read(settings_.shard, offset - 1, 1);
        if (!records || records->empty() || records->front().offset != offset) return nullptr;
        const auto decoded = codec_.decode(*records->front().bytes);
        if (!decoded) return nullptr;
        const auto& entry = std::get<journal::Entry>(*decoded);
        for (const auto& event : entry.events) {
            if (event.subject != subject || event.sequence > version) continue;
            domain::advance(*past, event.event, event.occurred_at);
        }
    }
    return domain::version_of(*past) == version ? past : nullptr;
}

// Taking the shard, and losing it -----------------------------------------------------------------

// By the hint, and by the log where the hint says so.
bool Shard::should_take() const {
    switch (hint_.load()) {
        case journal::Hint::mine: return true;
        case journal::Hint::mine_if_free:
            return fold_.state().gen.empty() || fold_.state().owner_node == settings_.node;
        case journal::Hint::not_mine: return false;
    }
    return false;
}

// Who takes a shard ends the service of the one who has it, so it has to have read nearly all.
bool Shard::may_take() const {
    if (!should_take() || clock_.steady_milliseconds() < retake_at_) return false;
    return journal_.end(settings_.shard) <= fold_.state().offset + settings_.take_lag_max;
}

bool Shard::open() {
    session_ = journal_.open_session(settings_.shard);
    if (!session_) {
        fall("unavailable");
        return false;
    }
    generation_ = new_id_();
    const journal::Opening opening{settings_.shard, generation_, settings_.node, address_,
                                   std::max(clock_.now(), fold_.state().time)};
    session_->append({std::make_shared<const std::string>(journal::EntryCodec::encode(opening))});
    mode_ = Mode::opening;
    return true;
}

void Shard::begin_serving() {
    mode_ = Mode::serving;
    read_back_ = fold_.state().seq;
    next_head_ = fold_.state().head;
    last_time_ = std::max(last_time_, fold_.state().time);
    fall_reason_.clear();
    retake_pause_ = settings_.retake_pause_ms;
    load_lanes();
    settle_unknown();
}

// An opening behind them was read: what was not found before it is not in the log and never will be
// valid, because its generation has ended. It is decided again, here or by the other node.
void Shard::settle_unknown() {
    std::deque<Submission> again;
    for (auto& [id, waiting] : unknown_) again.push_back(std::move(waiting.submission));
    unknown_.clear();
    requeue(std::move(again));
}

void Shard::fall(std::string reason) {
    const bool is_surely_lost = reason == "full" && journal_.is_exclusive();
    const bool is_taken = reason == "taken_by_another";
    answer_read_back();
    unknown_since_ = std::max(unknown_since_, fold_.state().offset);
    if (is_store_behind_ && !commit_store()) {
        // What the store could not take is read from the log again, or the overlay would be needed.
        store_.discard();
        erased_.clear();
        fold_ = journal::LogFold(settings_.shard, store_.position());
        is_store_behind_ = false;
    }
    session_.reset();
    generation_.clear();
    mode_ = Mode::idle;
    ++falls_;
    overlay_.clear();
    in_flight_.clear();
    decided_.clear();
    std::deque<Submission> again = std::exchange(advances_, {});
    for (; !waiting_.empty(); waiting_.pop_front()) {
        Waiting& waiting = waiting_.front();
        if (waiting.command_id.empty() || is_taken) {
            again.push_back(std::move(waiting.submission));
        } else if (is_surely_lost) {
            waiting.submission.done(domain::Failure(not_done(reason)));
        } else {
            std::string id = waiting.command_id;
            unknown_.emplace(std::move(id), std::move(waiting));
        }
    }
    requeue(std::move(again));
    fall_reason_ = std::move(reason);
    retake_at_ = clock_.steady_milliseconds() +
                 (is_taken ? std::max(settings_.taken_pause_ms, retake_pause_) : retake_pause_);
    retake_pause_ = std::min(2 * retake_pause_, settings_.retake_pause_max_ms);
}

// While the shard is not served: who waits hears so in time. Without space, and after the journal
// has stopped for good, at once.
bool Shard::expire_waiting() {
    const auto now = clock_.steady_milliseconds();
    bool did = false;
    for (auto it = unknown_.begin(); it != unknown_.end();) {
        const auto deadline = it->second.submission.deadline;
        if (deadline == 0 || deadline > now) {
            ++it;
            continue;
        }
        it->second.submission.done(domain::Failure(outcome_unknown()));
        it = unknown_.erase(it);
        did = true;
    }
    if (mode_ == Mode::opening && fall_reason_ != "full") return did;
    const bool is_hopeless =
        fall_reason_ == "full" || fall_reason_ == "broken" || fall_reason_ == "unreadable_entry";
    std::deque<Submission> still;
    for (auto queue = take_queue(settings_.queue_max); !queue.empty(); queue.pop_front()) {
        Submission& one = queue.front();
        if (!is_hopeless && (one.deadline == 0 || one.deadline > now)) {
            still.push_back(std::move(one));
        } else {
            one.done(domain::Failure(not_done(fall_reason_)));
            did = true;
        }
    }
    requeue(std::move(still));
    return did;
}

// What waits is for the node that has the shard, once it is known that it is another.
bool Shard::refuse_moved() {
    if (is_taking_) return false;
    auto queue = take_queue(settings_.queue_max);
    const bool did = !queue.empty();
    for (; !queue.empty(); queue.pop_front()) {
        queue.front().done(domain::Failure(moved()));
    }
    return did;
}

void Shard::close() {
    {
        const std::lock_guard lock(queue_mutex_);
        is_closed_ = true;
    }
    fall("closed");
    mode_ = Mode::closed;
    for (auto& [id, waiting] : unknown_) {
        waiting.submission.done(domain::Failure(outcome_unknown()));
    }
    unknown_.clear();
    for (auto queue = take_queue(settings_.queue_max); !queue.empty(); queue.pop_front()) {
        queue.front().done(domain::Failure(not_done("closed")));
    }
    publish_status();
}

void Shard::publish_status() {
    std::size_t queued = advances_.size();
    {
        const std::lock_guard lock(queue_mutex_);
        queued += queue_.size();
    }
    std::int64_t late_ms = 0;
    if (mode_ == Mode::serving && lanes_.next()) {
        late_ms = std::max<std::int64_t>(0, (clock_.now() - *lanes_.next()).count());
    }
    const std::lock_guard lock(status_mutex_);
    status_ = {.is_serving = mode_ == Mode::serving,
               .is_taking = is_taking_,
               .reason = mode_ == Mode::serving ? ""
                         : fall_reason_.empty() ? "opening"
                                                : fall_reason_,
               .seq = fold_.state().seq,
               .voids = fold_.state().voids,
               .falls = falls_,
               .queued = queued,
               .in_flight = in_flight_.size(),
               .waiting = waiting_.size() + unknown_.size(),
               .clock_done = clock_done_,
               .clock_refused = clock_refused_,
               .clock_due = due_count_.left(clock_done_),
               .clock_late_ms = late_ms};
}

ShardStatus Shard::status() const {
    const std::lock_guard lock(status_mutex_);
    return status_;
}

}  // namespace commands
