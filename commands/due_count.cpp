#include "commands/due_count.hpp"

#include <algorithm>

#include "commands/due_key.hpp"

namespace commands {
namespace {

constexpr std::size_t part = 512;        // Keys; less than a millisecond.
constexpr std::int64_t pause_ms = 2000;  // Between two counts.

}  // namespace

void DueCount::begin(const DueLanes& lanes, domain::Timestamp now, std::uint64_t done) {
    is_running_ = true;
    running_ = {.found = 0, .done = done};
    until_ = now;
    tenants_ = lanes.all_due(now);
    from_ = tenants_.empty() ? std::string() : std::string(lanes.from(tenants_.back()));
}

void DueCount::go_on(const StateStore& store, const DueLanes& lanes, domain::Timestamp now,
                     std::uint64_t done, std::int64_t now_ms) {
    if (!is_running_) {
        if (now_ms < next_at_) return;
        begin(lanes, now, done);
    }
    for (std::size_t left = part; left > 0 && !tenants_.empty();) {
        StateStore::DueRows rows(store, tenants_.back(), from_);
        for (; left > 0 && rows.valid() && due_time(rows.key()) <= until_; rows.next(), --left) {
            ++running_.found;
        }
        if (left == 0 && rows.valid()) {
            from_ = rows.key();
            return;
        }
        tenants_.pop_back();
        if (!tenants_.empty()) from_ = lanes.from(tenants_.back());
    }
    if (!tenants_.empty()) return;
    last_ = running_;
    is_finished_ = true;
    is_running_ = false;
    next_at_ = now_ms + pause_ms;
}

std::uint64_t DueCount::left(std::uint64_t done) const {
    const Count& count = is_finished_ ? last_ : running_;
    return count.found - std::min(count.found, done - count.done);
}

}  // namespace commands
