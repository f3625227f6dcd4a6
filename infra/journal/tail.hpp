// The newest records of a shard, in memory, so that readers who keep up do not touch the disk.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "journal/journal.hpp"

namespace infra {

class Tail {
public:
    Tail(journal::Offset end, std::size_t bytes_max) : end_(end), bytes_max_(bytes_max) {}

    journal::Offset end() const {
        const std::lock_guard lock(mutex_);
        return end_;
    }

    // Adds the records behind `end()`.
    void add(std::vector<journal::Bytes> records) {
        const std::lock_guard lock(mutex_);
        for (auto& record : records) {
            bytes_ += record->size();
            records_.push_back(std::move(record));
        }
        end_ += records.size();
        while (bytes_ > bytes_max_) {
            bytes_ -= records_.front()->size();
            records_.pop_front();
        }
    }

    // Forgets the records; the shard now ends at `end`.
    void restart(journal::Offset end) {
        const std::lock_guard lock(mutex_);
        records_.clear();
        bytes_ = 0;
        end_ = end;
    }

    // The records behind `after`; nothing if they are not all here.
    std::optional<std::vector<journal::Record>> read(journal::Offset after,
                                                     std::size_t bytes_max) const {
        const std::lock_guard lock(mutex_);
        const journal::Offset before_first = end_ - records_.size();
        std::vector<journal::Record> found;
        if (after >= end_) return found;
        if (after < before_first) return std::nullopt;
        std::size_t bytes = 0;
        for (std::size_t i = after - before_first; i < records_.size(); ++i) {
            bytes += records_[i]->size();
            if (bytes > bytes_max && !found.empty()) break;
            found.push_back({before_first + i + 1, records_[i]});
        }
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::deque<journal::Bytes> records_;
    journal::Offset end_;
    std::size_t bytes_ = 0;
    const std::size_t bytes_max_;
};

}  // namespace infra
