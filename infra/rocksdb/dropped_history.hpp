// Drops what keys of a database held before from its files, soon after a batch asked for it.
//
// A batch notes a key (`note`) among its changes, so the note is there exactly if the batch is. A
// thread of its own compacts the files that hold noted keys, once no snapshot shows what is to be
// dropped, and then erases the notes, and drops their history, too: keys can tell something. It
// works at most a tenth of the time.
//
// Threads: `wake` may be called from any thread. Lifetime: the database outlives this.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace rocksdb {
class DB;
class Status;
class WriteBatch;
}  // namespace rocksdb

namespace infra {

// REQUIRES of the database: each change of its files begins a new manifest.
inline constexpr std::size_t manifest_bytes_max = 1;

class DroppedHistory {
public:
    // Begins with what was noted before the last end.
    DroppedHistory(rocksdb::DB& database, std::function<void(std::string_view)> report);
    ~DroppedHistory();
    DroppedHistory(const DroppedHistory&) = delete;
    DroppedHistory& operator=(const DroppedHistory&) = delete;

    static void note(rocksdb::WriteBatch& batch, std::string_view key);
    // Something was noted.
    void wake();

private:
    void run();
    bool wait_for_work();
    bool pause(std::chrono::milliseconds time);
    std::vector<std::string> noted() const;
    bool wait_for_snapshots();
    bool drop(const std::vector<std::string>& keys);
    bool compact(std::string_view first, std::string_view last);
    bool renew_manifest();

    rocksdb::DB& database_;
    std::function<void(std::string_view)> report_;
    std::atomic<bool> is_stopping_ = false;
    std::mutex mutex_;
    std::condition_variable woken_;
    bool has_work_ = true;
    std::thread thread_;
};

}  // namespace infra
