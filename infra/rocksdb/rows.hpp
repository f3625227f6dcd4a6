// Rows on disk: the Rows port on a RocksDB database of its own, without a write-ahead log.
//
// After a crash a prefix of the batches is there; after a clean end all of them. Batches since the
// last flush (`write_buffer_bytes`) are lost with the process and derived from the journal again.
//
// Damage: a store that cannot be opened because its files are damaged, missing or encrypted with
// another key is emptied, and `emptied()` says why: it has to be derived again. A read that fails
// later throws std::runtime_error and never gives a wrong answer; if it met damage, the store is
// emptied at the next start.
//
// Threads: all functions may be called from any thread; a walk or a batch belongs to one at a time.
// Lifetime: snapshots, walks and batches end before their rows do.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "infra/keys/secret.hpp"
#include "infra/rocksdb/dropped_history.hpp"
#include "journal/rows.hpp"

namespace rocksdb {
class Cache;
class DB;
class Env;
class FileSystem;
class Status;
}  // namespace rocksdb

namespace infra {

// Blocks of several stores in one cache, so that one setting bounds them all.
std::shared_ptr<rocksdb::Cache> block_cache(std::size_t bytes_max);

struct RocksRowsOptions {
    std::filesystem::path directory;
    // Decrypted blocks, indexes and filters. One of 64 MiB for this store alone if there is none.
    std::shared_ptr<rocksdb::Cache> cache;
    // A buffer is flushed when it has this size; there are at most three of them.
    std::size_t write_buffer_bytes = 16 << 20;
    int open_files_max = 256;
    // Encrypts all files of the store.
    std::optional<Secret> key;
    // Takes a line for the log. It never holds a key or a value of a row.
    std::function<void(std::string_view)> report = [](std::string_view) {};
    // Where files are; the operating system's if there is none. Tests put faults here.
    std::shared_ptr<rocksdb::FileSystem> files;
};

class RocksRows final : public journal::Rows {
public:
    // Throws std::runtime_error if the directory cannot be used or another process has it open.
    explicit RocksRows(RocksRowsOptions options);
    ~RocksRows() override;
    RocksRows(const RocksRows&) = delete;
    RocksRows& operator=(const RocksRows&) = delete;

    // Why the store was emptied when it was opened; nothing if it was not.
    const std::optional<std::string>& emptied() const { return emptied_; }
    // True once a read has met damage: restart to have the store derived again.
    bool damaged() const { return damaged_; }

    std::unique_ptr<journal::RowBatch> batch() override;
    bool write(journal::RowBatch& batch) override;
    bool get(std::string_view key, const std::function<void(std::string_view)>& use) const override;
    std::unique_ptr<journal::RowSnapshot> snapshot() const override;
    bool erase_prefix(std::string_view prefix) override;

    // Writes everything to files now, as the destructor does. False when the disk refused.
    bool flush();

private:
    class Snapshot;
    class Walk;

    void open();
    rocksdb::Status try_open();
    [[noreturn]] void stop_at(const rocksdb::Status& failure) const;
    bool succeeded(const rocksdb::Status& status);

    RocksRowsOptions options_;
    std::unique_ptr<rocksdb::Env> env_;
    std::unique_ptr<rocksdb::DB> database_;
    std::unique_ptr<DroppedHistory> history_;
    std::optional<std::string> emptied_;
    mutable std::atomic<bool> damaged_ = false;
};

}  // namespace infra
