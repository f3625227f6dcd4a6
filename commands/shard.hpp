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
// on is back, and, on a journal that others can write to, until something appended after they came is.
//
// Threads: `step` on one thread; `submit` from any. Nothing here blocks but the ports.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "commands/command.hpp"
#include "commands/overlay.hpp"
#include "commands/state_store.hpp"
#include "journal/journal.hpp"
#include "journal/validity.hpp"

namespace commands {

// Time as the shard sees it; a port.
class Clock {
public:
    virtual ~Clock() = default;
    virtual domain::Timestamp now() const = 0;            // The wall clock, UTC.
    virtual std::int64_t steady_milliseconds() const = 0;  // For deadlines and pauses.
};

struct ShardSettings {
    journal::ShardNumber shard = 0;
    std::string node = "local";     // Who writes, for the log's readers.
    std::string address;            // Where this node takes forwarded commands.
    std::size_t in_flight_max = 4096;        // Entries appended and not yet read back.
    std::size_t queue_max = 65'536;          // Commands that wait; more are refused as unavailable.
    std::size_t read_bytes_max = 4U << 20U;  // Per read of the journal.
    std::size_t cache_max = 100'000;         // Aggregates kept decoded in memory.
    std::int64_t retake_pause_ms = 50;       // Before taking the shard again, doubled up to
    std::int64_t retake_pause_max_ms = 2000;
};

struct ShardStatus {
    bool is_serving = false;
    std::string reason;  // Why not, as a code; empty when serving.
    journal::Seq seq = 0;
    std::uint64_t voids = 0;
    std::uint64_t falls = 0;
    std::size_t queued = 0;
    std::size_t in_flight = 0;
};

class Shard {
public:
    Shard(ShardSettings settings, journal::Journal& journal, journal::KeyStore& keys,
          journal::Sealing& sealing, journal::Rows& state_rows, const Clock& clock,
          IdSource new_id);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    // Queues the command. False when the queue is full: nothing was taken, `done` is not called.
    bool submit(Submission submission);

    // Does what can be done now. True when it did something: call again at once; else when the
    // journal wakes, something is submitted, or `pause_ms()` has passed.
    bool step();
    std::int64_t pause_ms() const;

    // Refuses everything that waits as unavailable or of unknown outcome, for a shutdown whose time
    // is up. The shard takes no more commands.
    void close();

    ShardStatus status() const;  // From any thread.

private:
    enum class Mode : std::uint8_t { idle, opening, serving, closed };

    // A command that was decided: it waits for `need` to be read back.
    struct Waiting {
        Submission submission;
        Outcome outcome;
        journal::Seq need = 0;
        bool is_entry = false;     // The entry `need` is its own; else it is about the state.
        std::string command_id;    // Of its entry.
    };
    // An entry that was appended and not yet read back.
    struct InFlight {
        journal::Entry entry;
        journal::Bytes bytes;
        Work::Changes changes;
        journal::Hash head_after{};
    };
    // What was decided in this step and is to be encoded and appended.
    struct Decided {
        Submission submission;
        journal::Entry entry;
        Work::Changes changes;
        Outcome outcome;
    };

    bool read_log();
    bool take_record(const journal::Record& record);
    bool take_own(const journal::Record& record);
    void take_foreign(const journal::Record& record, const journal::Judged& judged);
    void apply_entry(const journal::Entry& entry, const journal::Record& record);
    bool store_applied();

    bool open();
    void fall(std::string reason);
    void lose(Waiting waiting, bool was_written);

    bool decide_queued();
    void decide(Submission submission);
    bool answer_from_memory(Submission& submission);
    std::optional<Fault> check_target(Work& work, const Submission& submission);
    void record(Submission submission, Work& work, const domain::Subject& subject);
    void wait_about_state(Submission submission, Outcome outcome);
    bool append_decided();
    bool append_heartbeat();
    Outcome replay(const domain::TenantId& tenant, const Remembered& remembered);
    std::shared_ptr<const domain::AnyAggregate> rebuild(const domain::TenantId& tenant,
                                                        const domain::Subject& subject,
                                                        std::uint64_t version);
    void answer_read_back();
    void refuse_queue();
    void publish_status();
    journal::Seq next_seq() const { return fold_.state().seq + in_flight_.size(); }

    ShardSettings settings_;
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
    journal::Hash next_head_{};       // The head behind everything in flight.
    domain::Timestamp last_time_;     // Of the last entry decided; time never goes back.
    std::deque<InFlight> in_flight_;
    std::deque<Waiting> waiting_;     // In the order of `need`.
    std::vector<Decided> decided_;
    std::deque<Submission> doubtful_;  // Decided before a fall; the log will tell. See `fall`.
    std::unordered_map<std::string, Waiting> unknown_;  // By command id: may be in the log.
    bool appended_since_request_ = false;
    bool is_store_behind_ = false;
    std::int64_t retake_at_ = 0;
    std::int64_t retake_pause_ = 0;
    std::string fall_reason_;
    std::uint64_t falls_ = 0;

    std::mutex queue_mutex_;
    std::deque<Submission> queue_;
    bool is_closed_ = false;

    mutable std::mutex status_mutex_;
    ShardStatus status_;
};

}  // namespace commands
