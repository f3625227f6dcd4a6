// The embedded journal: a RocksDB database used as a log, in this process, without a server.
//
// One thread takes all that was appended meanwhile by all sessions, writes it as one batch with one
// sync, and wakes the readers. Offsets are dense, from 1.
//
// What is promised: a record that `read` has given is on the disk. When the journal cannot keep
// that, it says so, and never goes on silently:
//   - damage and loss: opening refuses a log that is damaged or lacks acknowledged records
//     (mark.hpp), names the first offset that is bad, and leaves the files as they are. Damage that
//     a read meets stops the journal;
//   - a failed sync: the journal is broken, takes nothing more, and never syncs that file again;
//   - a full disk: all sessions end with `full`; when there is space, the journal opens its
//   database
//     again, wakes everybody, and takes new sessions. Nothing of a session that ended with `full`
//     since its last read-back record is in the log.
// Broken or full, it serves what it has.
//
// Two sessions of one shard may be open; their batches follow one another as they were appended.
// Options and their defaults are the limits. Start-up reads what was written since the last flush
// of a buffer (`write_buffer_bytes`) and not the rest.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "infra/rocksdb/directory_lock.hpp"
#include "journal/journal.hpp"

namespace rocksdb {
class FileSystem;
}

namespace infra {

struct EmbeddedJournalOptions {
    std::filesystem::path directory;
    // Fixed when the journal is made.
    journal::ShardNumber shards = 1;
    // The records of each shard that are kept in memory for its readers, the newest.
    std::size_t tail_bytes_max = 16 << 20;
    // What is written and synced at once, at most (one append at least).
    std::size_t batch_bytes_max = 4 << 20;
    // At most this and no more than a 32nd of the free space when the journal opens.
    std::size_t write_buffer_bytes = 32 << 20;
    std::size_t block_cache_bytes = 16 << 20;
    int open_files_max = 256;
    // The time between two syncs of the high-water mark; 0 syncs it with each batch, which halves
    // the rate. See mark.hpp for what it leaves open.
    std::chrono::milliseconds mark_sync_interval{10};
    // How often a full journal looks for space.
    std::chrono::milliseconds space_check_interval{200};
    // Off only where a test proves that a missing sync would be noticed.
    bool sync = true;
    // Takes a line for the log.
    std::function<void(std::string_view)> report = [](std::string_view) {};
    // Takes what became durable at once: records, their bytes, and how long that took.
    std::function<void(std::size_t records, std::size_t bytes, std::chrono::microseconds duration)>
        written = [](std::size_t, std::size_t, std::chrono::microseconds) {};
    // Where files are; the operating system's if there is none. Tests put faults here.
    std::shared_ptr<rocksdb::FileSystem> files;
};

enum class JournalState : std::uint8_t { serving, full, broken };

class LogDatabase;
class Tail;
class Wakers;

class EmbeddedJournal final : public journal::Journal {
public:
    // Opens or makes the journal. Throws std::runtime_error that says why it cannot.
    explicit EmbeddedJournal(EmbeddedJournalOptions options);
    // Writes what was appended, as long as the disk lets it.
    ~EmbeddedJournal() override;
    EmbeddedJournal(const EmbeddedJournal&) = delete;
    EmbeddedJournal& operator=(const EmbeddedJournal&) = delete;

    journal::ShardNumber shards() const override;
    bool is_exclusive() const override { return true; }  // It holds its directory's lock.
    std::unique_ptr<journal::Session> open_session(journal::ShardNumber shard) override;
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        journal::ShardNumber shard, journal::Offset after, std::size_t bytes_max) override;
    journal::Offset end(journal::ShardNumber shard) const override;
    std::shared_ptr<void> subscribe(journal::ShardNumber shard,
                                    std::function<void()> wake) override;

    JournalState state() const { return state_; }

private:
    class Writer;
    // All sessions that end together: those that were opened since the journal last became ready.
    struct Era {
        std::atomic<std::uint8_t> error = 0;  // 1 + a JournalError; 0 while there is none.
    };
    struct Batch {
        journal::ShardNumber shard = 0;
        std::vector<journal::Bytes> records;
    };
    struct ShardTail {
        std::unique_ptr<Tail> tail;
        std::unique_ptr<Wakers> wakers;
    };

    void append(const std::shared_ptr<Era>& era, Batch batch);
    void run_committer();
    std::vector<Batch> take_batches();
    void commit(std::vector<Batch> batches);
    void report_written(const std::vector<Batch>& batches,
                        std::chrono::steady_clock::time_point started) const;
    void stop_sessions(JournalState state, journal::JournalError error);
    void try_to_resume();
    void break_off(const std::string& why);
    void sync_mark();
    void wake_all();

    EmbeddedJournalOptions options_;
    DirectoryLock lock_;
    std::unique_ptr<LogDatabase> log_;
    std::vector<ShardTail> shards_;
    std::atomic<JournalState> state_ = JournalState::serving;

    std::mutex mutex_;                 // Of all below.
    std::condition_variable changed_;  // For the committer.
    std::condition_variable ended_;    // The committer has.
    std::vector<Batch> queue_;
    std::shared_ptr<Era> era_ = std::make_shared<Era>();
    bool stopping_ = false;
    bool stopped_sessions_ = false;  // Their owners are still to be woken.
    bool committer_ended_ = false;

    std::thread committer_;
    std::thread mark_syncer_;
};

}  // namespace infra
