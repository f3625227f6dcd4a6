// Deciding and appending. Reading back, taking the shard and losing it are in shard_log.cpp, what
// is decided because time passes in shard_clock.cpp.
#include "commands/shard.hpp"

#include <algorithm>
#include <cassert>
#include <set>

namespace commands {
namespace {

// Persons whose data the entries of a batch hold sealed.
template <class InFlights>
std::vector<journal::Person> persons_of(const InFlights& batch) {
    std::set<journal::Person> persons;
    for (const auto& one : batch) {
        for (const auto& event : one.entry.events) {
            if (auto user = journal::person_of(event.subject, event.event)) {
                persons.insert({one.entry.tenant, *std::move(user)});
            }
        }
    }
    return {persons.begin(), persons.end()};
}

Fault key_reused() {
    return fault(FaultKind::key_reused, "idempotency_key_reused",
                 "this Idempotency-Key stands for another request; use a new key");
}

Fault not_decided() {
    return fault(FaultKind::unavailable, "journal_unavailable",
                 "nothing was done; send the request again");
}

}  // namespace

Shard::Shard(ShardSettings settings, ShardPorts ports)
    : settings_(std::move(settings)),
      journal_(ports.journal),
      keys_(ports.keys),
      clock_(ports.clock),
      new_id_(std::move(ports.new_id)),
      codec_(ports.keys, ports.sealing),
      store_(ports.state_rows, settings_.shard),
      overlay_(store_, settings_.cache_max),
      fold_(settings_.shard, store_.position()),
      retake_pause_(settings_.retake_pause_ms) {
    overlay_.stored(fold_.state().seq);
}

Shard::~Shard() = default;

bool Shard::submit(Submission submission) {
    const std::lock_guard lock(queue_mutex_);
    if (is_closed_ || queue_.size() >= settings_.queue_max) return false;
    queue_.push_back(std::move(submission));
    return true;
}

bool Shard::step() {
    bool did = read_log();
    if (const auto error = session_ ? session_->error() : std::nullopt) {
        while (read_log()) {
        }  // All that is durable by now is known to be there.
        if (session_) fall(std::string(journal::name(*error)));
        did = true;
    }
    if (mode_ == Mode::idle && may_take()) did = open() || did;
    is_taking_ = mode_ != Mode::idle || should_take();
    if (mode_ == Mode::serving) {
        did = decide_queued() || did;
        did = run_clock() || did;
        did = append_decided() || did;
    } else {
        did = expire_waiting() || did;
        did = refuse_moved() || did;
    }
    if (is_store_behind_ && commit_store()) {
        answer_read_back();  // What waited for a key to be destroyed.
        did = true;
    }
    publish_status();
    return did;
}

std::int64_t Shard::pause_ms() const {
    constexpr std::int64_t idle_ms = 1000;
    if (is_store_behind_) return settings_.retake_pause_ms;
    if (mode_ == Mode::serving && lanes_.next()) {
        const auto until_due = (*lanes_.next() - clock_.now()).count();
        const auto until_free = clock_again_at_ - clock_.steady_milliseconds();
        return std::clamp<std::int64_t>(std::max(until_due, until_free), 1, idle_ms);
    }
    if (mode_ == Mode::serving || mode_ == Mode::closed) return idle_ms;
    if (mode_ == Mode::opening) return settings_.retake_pause_ms;
    return std::clamp<std::int64_t>(retake_at_ - clock_.steady_milliseconds(), 1,
                                    settings_.retake_pause_ms);
}

std::deque<Submission> Shard::take_queue(std::size_t most) {
    std::deque<Submission> taken;
    const std::lock_guard lock(queue_mutex_);
    if (queue_.size() <= most) {
        taken.swap(queue_);
        return taken;
    }
    for (std::size_t i = 0; i < most; ++i) {
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return taken;
}

void Shard::requeue(std::deque<Submission> submissions) {
    const std::lock_guard lock(queue_mutex_);
    for (; !submissions.empty(); submissions.pop_back()) {
        queue_.push_front(std::move(submissions.back()));
    }
}

bool Shard::decide_queued() {
    const std::size_t room =
        settings_.in_flight_max - std::min(settings_.in_flight_max, in_flight_.size());
    auto queue = take_queue(room);
    const bool did = !queue.empty();
    for (; !queue.empty(); queue.pop_front()) decide(std::move(queue.front()));
    return did;
}

void Shard::decide(Submission submission) {
    if (submission.deadline != 0 && clock_.steady_milliseconds() > submission.deadline) {
        return submission.done(domain::Failure(not_decided()));
    }
    if (is_retry(submission)) return;
    if (auto problem = target_fault(submission)) {
        return answer_about_state(std::move(submission), domain::Failure(*std::move(problem)));
    }
    if (hold_advance(submission)) return;
    decide_now(std::move(submission));
}

Work Shard::new_work(const domain::TenantId& tenant) {
    last_time_ = std::max({last_time_, fold_.state().time, clock_.now()});
    Work work(overlay_, tenant, now_of(tenant), new_id_, settings_.zones);
    work.set_world_now(last_time_);
    return work;
}

void Shard::decide_now(Submission submission) {
    Work work = new_work(submission.tenant);
    auto answer = submission.command->run(work, submission.target);
    if (!answer) {
        return answer_about_state(std::move(submission),
                                  domain::Failure(std::move(answer.error())));
    }
    const bool is_remembered = submission.idempotency_key.has_value();
    if (!submission.is_dry_run && (!work.events().empty() || is_remembered)) {
        return record(std::move(submission), work, *answer);
    }
    Done done{.subject = *answer,
              .aggregate = std::make_shared<domain::AnyAggregate>(work.aggregate(*answer)),
              .shard = settings_.shard,
              .seq = last_decided(),
              .is_replayed = false,
              .events = {}};
    if (submission.is_dry_run) done.events = work.events();
    answer_about_state(std::move(submission), std::move(done));
}

// A key that was used is answered as the first time, once that entry is in the log.
bool Shard::is_retry(Submission& submission) {
    if (!submission.idempotency_key || submission.is_dry_run) return false;
    auto remembered = overlay_.remembered(submission.tenant, submission.command->name(),
                                          *submission.idempotency_key);
    if (!remembered) return false;
    if (remembered->fingerprint != submission.fingerprint) {
        answer_about_state(std::move(submission), domain::Failure(key_reused()));
        return true;
    }
    Waiting waiting{.submission = std::move(submission),
                    .outcome = {},
                    .need = remembered->seq,
                    .command_id = {},
                    .remembered = std::move(remembered)};
    wait(std::move(waiting));
    return true;
}

std::optional<Fault> Shard::target_fault(const Submission& submission) {
    const auto& expected = submission.target.expected_versions;
    if (!expected) return std::nullopt;
    const auto aggregate = overlay_.load(submission.tenant, submission.target.subject);
    const auto version = domain::version_of(*aggregate);
    if (version == 0 || std::ranges::find(*expected, version) != expected->end())
        return std::nullopt;
    return fault(FaultKind::stale_version, "version_mismatch",
                 "It is version " + std::to_string(version) +
                     ", which If-Match does not name; read it again, then decide anew");
}

journal::Entry Shard::new_entry(const domain::TenantId& tenant) {
    journal::Entry entry;
    entry.shard = settings_.shard;
    entry.seq = last_decided() + 1;
    entry.gen = generation_;
    entry.time = last_time_;
    entry.tenant = tenant;
    entry.command.id = new_id_();
    return entry;
}

void Shard::record(Submission submission, Work& work, const domain::Subject& subject) {
    journal::Entry entry = new_entry(submission.tenant);
    if (!submission.command_id.empty()) entry.command.id = submission.command_id;
    entry.command.type = submission.command->name();
    entry.command.actor = submission.actor;
    entry.command.subject = to_text(subject);
    entry.command.version = domain::version_of(work.aggregate(subject));
    entry.command.reason = submission.reason;
    entry.command.idempotency_key = submission.idempotency_key;
    entry.command.fingerprint = submission.fingerprint;
    entry.command.correlation_id = submission.correlation_id;
    entry.events = work.events();

    auto changes = work.changes();
    note_dues(entry, changes);
    if (!submission.done) {
        overlay_.add(entry, changes);
        decided_.push_back({std::move(entry), std::move(changes), nullptr, {}});
        return;
    }
    const auto changed = changes.aggregates.find(subject);
    Done done{.subject = subject,
              .aggregate = changed != changes.aggregates.end()
                               ? changed->second
                               : std::make_shared<domain::AnyAggregate>(work.aggregate(subject)),
              .shard = settings_.shard,
              .seq = entry.seq,
              .is_replayed = false,
              .events = {}};
    overlay_.add(entry, changes);
    Waiting waiting{.submission = std::move(submission),
                    .outcome = std::move(done),
                    .need = entry.seq,
                    .command_id = entry.command.id,
                    .remembered = {}};
    decided_.push_back({std::move(entry), std::move(changes), nullptr, {}});
    wait(std::move(waiting));
}

// The answer rests on the state behind the last decided entry. The log had that state while the
// client was waiting if that entry, or the next one, landed after the request came; on a journal
// that nobody else can write to, being read back is enough. See `refuse` in the model.
void Shard::answer_about_state(Submission submission, Outcome outcome) {
    const bool is_settled = journal_.is_exclusive() || !decided_.empty();
    Waiting waiting{.submission = std::move(submission),
                    .outcome = std::move(outcome),
                    .need = is_settled ? last_decided() : last_decided() + 1,
                    .command_id = {},
                    .remembered = {}};
    wait(std::move(waiting));
}

void Shard::wait(Waiting waiting) {
    if (waiting.need <= answerable()) return answer(std::move(waiting));
    const auto behind = std::ranges::upper_bound(waiting_, waiting.need, {}, &Waiting::need);
    waiting_.insert(behind, std::move(waiting));
}

bool Shard::append_decided() {
    const bool wants_heartbeat = !waiting_.empty() && waiting_.back().need > last_decided();
    if (wants_heartbeat) append_heartbeat();
    if (decided_.empty()) return false;

    const auto persons = persons_of(decided_);
    if (!persons.empty() && !keys_.create(persons)) {
        fall("key_store_unavailable");
        return true;
    }
    std::vector<journal::Bytes> batch;
    batch.reserve(decided_.size());
    for (InFlight& one : decided_) {
        one.entry.prev = next_head_;
        one.bytes = std::make_shared<const std::string>(codec_.encode(one.entry));
        next_head_ = journal::next_head(next_head_, *one.bytes);
        one.head_after = next_head_;
        batch.push_back(one.bytes);
        in_flight_.push_back(std::move(one));
    }
    decided_.clear();
    session_->append(std::move(batch));
    return true;
}

// Something has to land after the requests that wait: an entry without events.
void Shard::append_heartbeat() {
    last_time_ = std::max({last_time_, fold_.state().time, clock_.now()});
    journal::Entry entry = new_entry(domain::TenantId{"daybook"});
    entry.command.type = "Heartbeat";
    entry.command.actor = {"node", settings_.node};
    decided_.push_back({std::move(entry), {}, nullptr, {}});
}

}  // namespace commands
