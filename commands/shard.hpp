// The shard: the one writer of one partition of the journal. It decides commands one after another,
// appends what they did as entries, and answers when it has read them back valid.
//
// It follows the checked protocol (docs/journal-protocol.md has the table): take the shard with an
// opening, read up to it, only then decide; several entries may be in flight; anything irregular
// (an error of the session, an opening that is not its own, a void entry of its own) makes it fall:
// it forgets all that is not in the log, and takes the shard again after a pause.
//
// Speculative state (the overlay) is what was decided and not yet read back. A refusal, a dry run
// and an answer without events are answers about the state, too: they wait until all that they rest
// on is back, and, on a journal that others can write to, until something appended after they came
// is.
//
// Time makes things happen, too (shard_clock.cpp): what is due by the state store's due-index is
// decided beside what clients ask for, a bounded number in each step, on the same path.
//
// Threads: `step` on one thread; `submit` from any. Nothing here blocks but the ports.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "commands/command.hpp"
#include "commands/due_count.hpp"
#include "commands/due_lanes.hpp"
#include "commands/overlay.hpp"
#include "commands/state_store.hpp"
#include "journal/hint.hpp"
#include "journal/journal.hpp"
#include "journal/validity.hpp"

namespace commands {

// Time as the shard sees it; a port.
class Clock {
public:
    virtual ~Clock() = default;
    virtual domain::Timestamp now() const = 0;             // The wall clock, UTC.
    virtual std::int64_t steady_milliseconds() const = 0;  // For deadlines and pauses.
};

struct ShardSettings {
    journal::ShardNumber shard = 0;
    std::string node = "local";              // Who writes, for the log's readers.
    std::size_t in_flight_max = 4096;        // Entries appended and not yet read back.
    std::size_t queue_max = 65'536;          // Commands that wait; more are refused as unavailable.
    std::size_t read_bytes_max = 4U << 20U;  // Per read of the journal.
    std::size_t cache_max = 100'000;         // Aggregates kept decoded in memory.
    std::int64_t retake_pause_ms = 50;       // Before taking the shard again, doubled up to
    std::int64_t retake_pause_max_ms = 2000;
    std::int64_t taken_pause_ms = 1000;     // The same, when another node has taken it: either hint
                                            // may be old.
    std::size_t take_lag_max = 4096;        // Records that may be unread when the shard is taken:
                                            // meanwhile nobody serves it.
    std::int64_t clock_per_second = 0;      // Commands of the clock, but of sandboxes; 0: no limit.
    std::size_t clock_step_max = 8;         // Commands of the clock in a step,
    std::size_t clock_in_flight_max = 256;  // and only while fewer entries are in flight.
    std::int64_t clock_retry_ms = 60'000;   // Before what was refused is tried again.
    const domain::Zones* zones = nullptr;   // REQUIRES: set; lives longer than the shard.
};

struct ShardStatus {
    bool is_serving = false;
    bool is_taking = true;  // It takes commands: it serves, or should. So until it is known.
    std::string reason;     // Why it does not serve, as a code; empty when it does.
    journal::Seq seq = 0;
    std::uint64_t voids = 0;
    std::uint64_t falls = 0;
    std::size_t queued = 0;
    std::size_t in_flight = 0;        // Entries.
    std::size_t waiting = 0;          // Commands that were decided and not answered.
    std::uint64_t clock_done = 0;     // Commands of the clock.
    std::uint64_t clock_refused = 0;  // The same, refused: tried again later.
    std::uint64_t clock_due = 0;      // Things that are due, as far as they were counted.
    std::int64_t clock_late_ms = 0;   // For how long the first thing has been due; 0 if none is.
};

// What a shard needs from outside; all of it outlives the shard.
struct ShardPorts {
    journal::Journal& journal;
    journal::KeyStore& keys;
    journal::Sealing& sealing;
    journal::Rows& state_rows;
    const Clock& clock;
    IdSource new_id;
};

class Shard {
public:
    Shard(ShardSettings settings, ShardPorts ports);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    // Queues the command. False when the queue is full: nothing was taken, `done` is not called.
    bool submit(Submission submission);

    // Does what can be done now. True when it did something: call again at once; else when the
    // journal wakes, something is submitted, or `pause_ms()` has passed.
    bool step();
    std::int64_t pause_ms() const;

    // Where other nodes reach this one. REQUIRES: before the first step.
    void set_address(std::string address) { address_ = std::move(address); }

    // Who serves a shard that is not this node's goes on until another takes it. From any thread.
    void take_hint(journal::Hint hint) { hint_ = hint; }

    // Whether commands are for this node. If not, what is submitted is refused as moved. From any
    // thread.
    bool is_taking() const { return is_taking_; }

    // From now on nothing is decided because time passes: for a shutdown. From any thread.
    void rest() { is_resting_ = true; }

    // Refuses everything that waits as unavailable or of unknown outcome, for a shutdown whose time
    // is up. The shard takes no more commands.
    void close();

    ShardStatus status() const;  // From any thread.

private:
    enum class Mode : std::uint8_t { idle, opening, serving, closed };

    // A command that was decided: it is answered when `need` is read back.
    struct Waiting {
        Submission submission;
        Outcome outcome;
        journal::Seq need = 0;
        std::string command_id;                // Of the entry that it made; empty if it made none.
        std::optional<Remembered> remembered;  // Of a retry: the answer is that of the first.
    };
    // An entry that was decided and not yet read back.
    struct InFlight {
        journal::Entry entry;
        Work::Changes changes;
        journal::Bytes bytes;  // From when it is appended.
        journal::Hash head_after{};
    };

    // Reading.
    bool read_log();
    bool take_record(const journal::Record& record);
    bool take_own(const journal::Record& record);
    void begin_serving();
    void note_erased(const journal::Entry& entry);
    bool erase_keys();
    journal::Seq answerable() const;
    bool commit_store();
    void answer_read_back();
    void answer(Waiting waiting);

    // Taking the shard, and losing it.
    bool should_take() const;
    bool may_take() const;
    bool open();
    void fall(std::string reason);
    void settle_unknown();
    bool refuse_moved();
    bool expire_waiting();

    // Deciding.
    bool decide_queued();
    void decide(Submission submission);
    bool is_retry(Submission& submission);
    std::optional<Fault> target_fault(const Submission& submission);
    void record(Submission submission, Work& work, const domain::Subject& subject);
    void decide_now(Submission submission);
    Work new_work(const domain::TenantId& tenant);
    domain::Timestamp now_of(const domain::TenantId& tenant);
    void answer_about_state(Submission submission, Outcome outcome);
    void wait(Waiting waiting);
    bool append_decided();
    void append_heartbeat();
    journal::Entry new_entry(const domain::TenantId& tenant);
    Outcome first_answer(const domain::TenantId& tenant, const Remembered& remembered);
    std::shared_ptr<const domain::AnyAggregate> rebuild(const domain::TenantId& tenant,
                                                        const domain::Subject& subject,
                                                        std::uint64_t version);

    // The clock.
    void load_lanes();
    void note_dues(const journal::Entry& entry, const Work::Changes& changes);
    bool hold_advance(Submission& submission);
    bool run_clock();
    bool run_world(domain::Timestamp now, std::int64_t steady);
    bool run_lane(const domain::TenantId& tenant, std::size_t most);
    bool move_clock(const domain::TenantId& tenant, const std::optional<domain::Timestamp>& next);
    bool decide_due(const domain::TenantId& tenant, const std::string& key);
    void set_aside(const domain::TenantId& tenant, const std::string& key);
    void try_again();
    std::deque<Submission> take_advances(const std::function<bool(const Submission&)>& is_wanted);

    std::deque<Submission> take_queue(std::size_t most);
    void requeue(std::deque<Submission> submissions);
    void publish_status();
    // The seq of the last entry that was decided.
    journal::Seq last_decided() const {
        return fold_.state().seq + in_flight_.size() + decided_.size();
    }

    ShardSettings settings_;
    std::string address_;
    journal::Journal& journal_;
    journal::KeyStore& keys_;
    const Clock& clock_;
    IdSource new_id_;
    journal::EntryCodec codec_;
    StateStore store_;
    Overlay overlay_;
    journal::LogFold fold_;

    Mode mode_ = Mode::idle;
    std::unique_ptr<journal::Session> session_;
    std::string generation_;
    // The last seq of this generation that was read back. The fold's may be one ahead of it: an
    // opening that ends the generation takes a seq, too.
    journal::Seq read_back_ = 0;
    journal::Hash next_head_{};    // The head behind everything in flight.
    domain::Timestamp last_time_;  // Of the last entry decided; time never goes back.
    std::deque<InFlight> in_flight_;
    std::deque<Waiting> waiting_;    // In the order of `need`.
    std::vector<InFlight> decided_;  // Decided in this step, not yet encoded.
    // Decided before a fall, by command id: whether they are in the log is known when the shard is
    // taken again.
    std::unordered_map<std::string, Waiting> unknown_;
    // How far the log was read when the last of them fell.
    journal::Offset unknown_since_ = 0;
    bool is_store_behind_ = false;
    // What the key store has to let go before what the log says of it counts as done.
    struct Erased {
        journal::Person person;
        std::optional<domain::CredentialId> credential;  // Only this, or the person.
        journal::Seq seq = 0;
    };
    std::deque<Erased> erased_;

    DueLanes lanes_;
    DueCount due_count_;
    std::deque<Submission> advances_;  // Wait until nothing is due before.
    // What was refused: by tenant and key. It is passed over until it is tried again.
    std::set<std::pair<std::string, std::string>> aside_;
    std::int64_t try_again_at_ = 0;
    std::uint64_t clock_done_ = 0;
    std::int64_t clock_again_at_ = 0;  // By the steady clock: not before it.
    std::uint64_t clock_refused_ = 0;

    std::int64_t retake_at_ = 0;
    std::int64_t retake_pause_ = 0;
    std::string fall_reason_;
    std::uint64_t falls_ = 0;

    std::atomic<journal::Hint> hint_ = journal::Hint::mine;
    std::atomic<bool> is_taking_ = true;
    std::atomic<bool> is_resting_ = false;
    std::mutex queue_mutex_;
    std::deque<Submission> queue_;
    bool is_closed_ = false;

    mutable std::mutex status_mutex_;
    ShardStatus status_;
};

}  // namespace commands
