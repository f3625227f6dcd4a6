// Learns from RocksDB up to which offsets the log has left the write-ahead log for files that are
// kept for good.
//
// Threads: RocksDB calls from its own; the rest may be called from any thread.
#pragma once

#include <rocksdb/listener.h>

#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "journal/journal.hpp"

namespace infra {

class SealTracker final : public rocksdb::EventListener {
public:
    // All up to `ends` is whole and in files.
    void restart(std::uint64_t sequence, const std::vector<journal::Offset>& ends) {
        const std::lock_guard lock(mutex_);
        full_buffers_.clear();
        written_ = {sequence, ends};
        sealed_ = ends;
    }
    // The log now reaches `ends`, which is RocksDB's sequence number `sequence`.
    void written(std::uint64_t sequence, const std::vector<journal::Offset>& ends) {
        const std::lock_guard lock(mutex_);
        written_.sequence = sequence;
        written_.ends = ends;
    }
    std::vector<journal::Offset> sealed() const {
        const std::lock_guard lock(mutex_);
        return sealed_;
    }

    // A buffer is closed before the batch that did not fit is written, so it ends where the log
    // does.
    void OnMemTableSealed(const rocksdb::MemTableInfo& /*buffer*/) override {
        const std::lock_guard lock(mutex_);
        full_buffers_.push_back(written_);
    }
    void OnFlushCompleted(rocksdb::DB* /*database*/, const rocksdb::FlushJobInfo& flush) override {
        const std::lock_guard lock(mutex_);
        while (!full_buffers_.empty() && full_buffers_.front().sequence <= flush.largest_seqno) {
            sealed_ = std::move(full_buffers_.front().ends);
            full_buffers_.pop_front();
        }
    }
    // The journal opens its database again itself, and knows then what is in it.
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                              bool* auto_recovery) override {
        *auto_recovery = false;
    }

private:
    struct Position {
        std::uint64_t sequence = 0;
        std::vector<journal::Offset> ends;
    };

    mutable std::mutex mutex_;
    Position written_;
    std::deque<Position> full_buffers_;
    std::vector<journal::Offset> sealed_;
};

}  // namespace infra
