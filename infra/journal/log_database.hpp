// The embedded journal's database: opening with all checks, one synced write, reading.
//
// Key: shard (4 bytes, big-endian), offset (8 bytes, big-endian); value: the record's bytes.
// Nothing is ever changed or deleted. The high-water mark lies beside it.
//
// Threads: `append` and `reopen` from one thread; the rest from any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "domain/result.hpp"
#include "infra/journal/embedded_journal.hpp"
#include "infra/journal/mark.hpp"
#include "journal/journal.hpp"

namespace rocksdb {
class Cache;
class DB;
class Env;
struct Options;
class Status;
}  // namespace rocksdb

namespace infra {

class SealTracker;

enum class AppendOutcome : std::uint8_t {
    durable,
    full,    // Nothing was written.
    unknown  // It may or may not be there after the next start; stop.
};

class LogDatabase {
public:
    // Throws std::runtime_error if the log cannot be opened or is not whole.
    explicit LogDatabase(const EmbeddedJournalOptions& options);
    ~LogDatabase();
    LogDatabase(const LogDatabase&) = delete;
    LogDatabase& operator=(const LogDatabase&) = delete;

    const std::vector<journal::Offset>& ends() const { return ends_; }

    struct Records {
        journal::ShardNumber shard = 0;
        std::span<const journal::Bytes> records;
    };
    // Writes all behind the ends of their shards, or nothing. `why` says what went wrong.
    AppendOutcome append(std::span<const Records> batch, std::string& why);

    // Whether it is worth trying to open the database again.
    bool has_space() const;
    // After `full`: closes the database and opens it again. False while the disk is too full;
    // throws std::runtime_error when it cannot be opened at all.
    bool reopen();

    // Records from `after` to `last`. A failure says what is damaged, or is empty when the database
    // is just being opened again.
    domain::Result<std::vector<journal::Record>, std::string> read(journal::ShardNumber shard,
                                                                   journal::Offset after,
                                                                   journal::Offset last,
                                                                   std::size_t bytes_max) const;

    // Syncs the mark; false when that failed, and then nothing may be acknowledged any more.
    bool sync_mark() { return mark_.sync(); }

private:
    rocksdb::Options database_options() const;
    rocksdb::Status try_open();
    void refuse_if_damaged() const;
    void close();
    std::vector<ShardMark> marks() const;
    std::string why_not_opened(const rocksdb::Status& status) const;

    const EmbeddedJournalOptions& options_;
    std::shared_ptr<rocksdb::FileSystem> files_;
    std::string path_;
    std::unique_ptr<rocksdb::Env> env_;
    std::shared_ptr<rocksdb::Cache> cache_;
    std::size_t write_buffer_bytes_;
    Mark mark_;
    std::shared_ptr<SealTracker> seals_;
    std::vector<journal::Offset> ends_;
    bool failed_ = false;

    mutable std::shared_mutex mutex_;  // Of the pointer: held shared while the database is used.
    std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace infra
