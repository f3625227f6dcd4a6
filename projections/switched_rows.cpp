#include "projections/switched_rows.hpp"

#include <utility>

namespace projections {
namespace {

class KeptSnapshot final : public journal::RowSnapshot {
public:
    explicit KeptSnapshot(std::shared_ptr<journal::Rows> rows)
        : rows_(std::move(rows)), snapshot_(rows_->snapshot()) {}

    std::optional<std::string> get(std::string_view key) const override {
        return snapshot_->get(key);
    }
    std::unique_ptr<journal::RowWalk> walk(std::string_view prefix) const override {
        return snapshot_->walk(prefix);
    }

private:
    std::shared_ptr<journal::Rows> rows_;  // Ends after its snapshot.
    std::unique_ptr<journal::RowSnapshot> snapshot_;
};

}  // namespace

void SwitchedRows::switch_to(std::shared_ptr<journal::Rows> rows) {
    const std::scoped_lock lock(mutex_);
    rows_.swap(rows);
}

std::shared_ptr<journal::Rows> SwitchedRows::current() const {
    const std::scoped_lock lock(mutex_);
    return rows_;
}

std::unique_ptr<journal::RowSnapshot> SwitchedRows::snapshot() const {
    return std::make_unique<KeptSnapshot>(current());
}

}  // namespace projections
