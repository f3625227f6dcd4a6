// Rows in memory: the Rows port for tests, with the same contract as the one on disk.
//
// Threads: all functions may be called from any thread; a walk or a batch belongs to one at a time.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journal/rows.hpp"

namespace tests::support {

class MemoryRows final : public journal::Rows {
public:
    using Map = std::map<std::string, std::string, std::less<>>;

    std::unique_ptr<journal::RowBatch> batch() override { return std::make_unique<Batch>(); }

    bool write(journal::RowBatch& batch) override {
        const std::scoped_lock lock(mutex_);
        if (refused_writes_ > 0) {
            --refused_writes_;
            return false;
        }
        auto& changes = static_cast<Batch&>(batch).changes;
        Map& rows = writable();
        for (const auto& [key, value] : changes) {
            if (value) {
                rows.insert_or_assign(key, *value);
            } else {
                rows.erase(key);
            }
        }
        ++writes_;
        return true;
    }

    bool get(std::string_view key,
             const std::function<void(std::string_view)>& use) const override {
        const std::scoped_lock lock(mutex_);
        const auto found = rows_->map.find(key);
        if (found == rows_->map.end()) return false;
        use(found->second);
        return true;
    }

    std::unique_ptr<journal::RowSnapshot> snapshot() const override {
        const std::scoped_lock lock(mutex_);
        return std::make_unique<Snapshot>(rows_);
    }

    bool erase_prefix(std::string_view prefix) override {
        const std::scoped_lock lock(mutex_);
        if (refused_writes_ > 0) {
            --refused_writes_;
            return false;
        }
        Map& rows = writable();
        auto first = rows.lower_bound(prefix);
        while (first != rows.end() && first->first.starts_with(prefix)) first = rows.erase(first);
        return true;
    }

    // The next writes are refused, as by a full disk.
    void refuse_writes(int count) { refused_writes_ = count; }
    int writes() const { return writes_; }
    // All rows, for comparisons.
    Map all() const {
        const std::scoped_lock lock(mutex_);
        return rows_->map;
    }

private:
    struct Batch final : journal::RowBatch {
        std::vector<std::pair<std::string, std::optional<std::string>>> changes;
        void put(std::string_view key, std::string_view value) override {
            changes.emplace_back(key, value);
        }
        void erase(std::string_view key) override { changes.emplace_back(key, std::nullopt); }
        void drop_history(std::string_view) override {}  // There is no disk.
        void clear() override { changes.clear(); }
    };

    // The rows, and how many snapshots hold them: while one does, they do not change.
    struct Table {
        Map map;
        std::atomic<int> snapshots = 0;
    };

    class Walk final : public journal::RowWalk {
    public:
        Walk(std::shared_ptr<const Table> rows, std::string_view prefix)
            : rows_(std::move(rows)), prefix_(prefix), at_(rows_->map.end()) {}
        void seek(std::string_view key) override {
            at_ = rows_->map.lower_bound(std::max(key, std::string_view(prefix_)));
        }
        void seek_before(std::string_view key) override {
            const bool is_behind = key > prefix_ && !key.starts_with(prefix_);
            at_ = is_behind ? rows_->map.lower_bound(successor(prefix_))
                            : rows_->map.lower_bound(key);
            previous();
        }
        bool valid() const override {
            return at_ != rows_->map.end() && at_->first.starts_with(prefix_);
        }
        void next() override { ++at_; }
        void previous() override {
            if (at_ == rows_->map.begin()) {
                at_ = rows_->map.end();
            } else {
                --at_;
            }
        }
        std::string_view key() const override { return at_->first; }
        std::string_view value() const override { return at_->second; }
        std::shared_ptr<const Table> rows_;
        std::string prefix_;
        Map::const_iterator at_;
    };

    class Snapshot final : public journal::RowSnapshot {
    public:
        // REQUIRES: the lock.
        explicit Snapshot(std::shared_ptr<Table> rows) : rows_(std::move(rows)) {
            ++rows_->snapshots;
        }
        ~Snapshot() override { --rows_->snapshots; }
        Snapshot(const Snapshot&) = delete;
        Snapshot& operator=(const Snapshot&) = delete;

        std::optional<std::string> get(std::string_view key) const override {
            const auto found = rows_->map.find(key);
            if (found == rows_->map.end()) return std::nullopt;
            return found->second;
        }
        std::unique_ptr<journal::RowWalk> walk(std::string_view prefix) const override {
            return std::make_unique<Walk>(rows_, prefix);
        }

    private:
        std::shared_ptr<Table> rows_;
    };

    // The first key behind all that start with `prefix`.
    static std::string successor(std::string prefix) {
        while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) {
            prefix.pop_back();
        }
        if (!prefix.empty()) ++prefix.back();
        return prefix;
    }

    // The rows, apart from those that snapshots hold. REQUIRES: the lock.
    Map& writable() {
        if (rows_->snapshots > 0) {
            auto copy = std::make_shared<Table>();
            copy->map = rows_->map;
            rows_ = std::move(copy);
        }
        return rows_->map;
    }

    mutable std::mutex mutex_;
    std::shared_ptr<Table> rows_ = std::make_shared<Table>();
    std::atomic<int> refused_writes_ = 0;
    std::atomic<int> writes_ = 0;
};

}  // namespace tests::support
