// Rows that can be exchanged for others while they are read: what the queries see, while views are
// rebuilt beside those that are live.
//
// Who has begun to read goes on with the rows that he began with, and they stay as long as he
// reads.
// Threads: all functions may be called from any thread.
#pragma once

#include <memory>
#include <mutex>

#include "journal/rows.hpp"

namespace projections {

class SwitchedRows final : public journal::Rows {
public:
    explicit SwitchedRows(std::shared_ptr<journal::Rows> rows) : rows_(std::move(rows)) {}

    // From now on these are read.
    void switch_to(std::shared_ptr<journal::Rows> rows);
    std::shared_ptr<journal::Rows> current() const;

    std::unique_ptr<journal::RowBatch> batch() override { return current()->batch(); }
    bool write(journal::RowBatch& batch) override { return current()->write(batch); }
    bool get(std::string_view key,
             const std::function<void(std::string_view)>& use) const override {
        return current()->get(key, use);
    }
    std::unique_ptr<journal::RowSnapshot> snapshot() const override;
    bool erase_prefix(std::string_view prefix) override { return current()->erase_prefix(prefix); }

private:
    mutable std::mutex mutex_;  // Of the pointer.
    std::shared_ptr<journal::Rows> rows_;
};

}  // namespace projections
