// The newest records of a shard, in memory, so that readers who keep up do not touch the disk.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <algorithm>
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
    Tail(journal::Offset end, std::size_t bytes_max)
        : before_first_(end), end_(end), bytes_max_(bytes_max) {}

    journal::Offset end() const {
        const std::lock_guard lock(mutex_);
        return end_;
    }

    // Adds the records behind `end()`, without a gap.
    void add(std::vector<journal::Bytes> records) {
        const std::lock_guard lock(mutex_);
        for (auto& record : records) push({end_ + 1, std::move(record)});
    }

    // The same for records that know their offsets. REQUIRES: they rise, and are behind `end()`.
    void add(std::vector<journal::Record> records) {
        const std::lock_guard lock(mutex_);
        for (auto& record : records) push(std::move(record));
    }

    // Forgets the records; the shard now ends at `end`.
    void restart(journal::Offset end) {
        const std::lock_guard lock(mutex_);
        records_.clear();
        bytes_ = 0;
        before_first_ = end;
        end_ = end;
    }

    // The records behind `after`; nothing if they are not all here.
    std::optional<std::vector<journal::Record>> read(journal::Offset after,
                                                     std::size_t bytes_max) const {
        const std::lock_guard lock(mutex_);
        std::vector<journal::Record> found;
        if (after >= end_) return found;
        if (after < before_first_) return std::nullopt;
        std::size_t bytes = 0;
        auto next = std::ranges::upper_bound(records_, after, {}, &journal::Record::offset);
        for (; next != records_.end(); ++next) {
            bytes += next->bytes->size();
            if (bytes > bytes_max && !found.empty()) break;
            found.push_back(*next);
        }
        return found;
    }

private:
    void push(journal::Record record) {
        bytes_ += record.bytes->size();
        end_ = record.offset;
        records_.push_back(std::move(record));
        while (bytes_ > bytes_max_) {
            bytes_ -= records_.front().bytes->size();
            before_first_ = records_.front().offset;
            records_.pop_front();
        }
    }

    mutable std::mutex mutex_;
    std::deque<journal::Record> records_;
    journal::Offset before_first_;  // All behind it, up to the end, are here.
    journal::Offset end_;
    std::size_t bytes_ = 0;
    const std::size_t bytes_max_;
};

}  // namespace infra
