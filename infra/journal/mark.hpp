// The high-water mark: how far the log was acknowledged, in a file of its own, so that a log that
// lost acknowledged records is noticed.
//
// The mark is written after the log is durable and before anybody is told, so it never claims too
// much, and after the end of the process (kill -9) it claims all that was acknowledged. It is
// synced apart from that (`sync`): after a power failure it may be older by the time between two
// syncs, and then a log that lost records which it had reported as synced, in just that time, goes
// unnoticed.
//
// File: three slots, each "daybook1", generation (8 bytes), number of shards (8), for each shard
// `acknowledged` (8) and `sealed` (8), BLAKE2b of all that (16); numbers are little-endian. The
// readable slot with the highest generation counts. A slot that is synced, or about to be, is not
// written, so that a torn write leaves the slot before it.
//
// Threads: `write` is called from one thread, `sync` from any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "journal/journal.hpp"

namespace rocksdb {
class FileSystem;
class FSRandomRWFile;
}  // namespace rocksdb

namespace infra {

struct ShardMark {
    journal::Offset acknowledged = 0;
    // Up to here the log was whole when it was written to files that RocksDB keeps for good, so
    // that nobody has to look at it again at the next start.
    journal::Offset sealed = 0;
};

// Throws std::runtime_error if there is a database, whose CURRENT file is given, but no mark: the
// mark is made first of all, so it was lost.
void refuse_lost_mark(rocksdb::FileSystem& files, const std::filesystem::path& mark,
                      const std::filesystem::path& current);

class Mark {
public:
    // Reads the file or makes one for so many shards. Throws std::runtime_error if it is damaged.
    Mark(std::shared_ptr<rocksdb::FileSystem> files, std::filesystem::path path,
         std::size_t shards);
    ~Mark();
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

    const std::vector<ShardMark>& shards() const { return shards_; }

    // False when the disk failed: then nothing more may be acknowledged.
    bool write(std::vector<ShardMark> shards);
    bool sync();

private:
    void make();
    void load(const std::string& text);

    std::shared_ptr<rocksdb::FileSystem> files_;
    std::filesystem::path path_;
    std::unique_ptr<rocksdb::FSRandomRWFile> file_;
    std::vector<ShardMark> shards_;
    std::uint64_t generation_ = 0;

    std::mutex mutex_;  // Of the two below.
    std::size_t slot_ = 0;
    bool dirty_ = false;
};

}  // namespace infra
