#include "projections/relay.hpp"

#include <utility>
#include <variant>

namespace projections {
namespace {

using std::chrono::steady_clock;

}  // namespace

Step Relay::step() {
    if (status().is_stopped) return Step::stopped;
    if (hint_ == journal::Hint::not_mine) return rest();
    return fold_ ? publish_more() : take();
}

Step Relay::rest() {
    if (fold_) parts_.outlet.release();
    fold_.reset();
    note();
    return Step::idle;
}

Step Relay::take() {
    if (steady_clock::now() < take_at_) return Step::refused;
    if (auto hint = journal::Hint::mine_if_free; hint_ == hint) {
        const auto was_ours = parts_.outlet.was_ours();
        if (!was_ours) return lose(was_ours.error());
        // Another hint may have come meanwhile; then that counts.
        if (!*was_ours) {
            hint_.compare_exchange_strong(hint, journal::Hint::not_mine);
            return Step::advanced;
        }
    }
    const auto position = parts_.outlet.take();
    if (!position) return lose(position.error());
    std::optional<journal::LogState> state = journal::LogState{};
    if (!position->empty()) state = journal::parse_log_state(*position);
    if (!state) return stop(StopReason::damaged);
    fold_.emplace(parts_.shard, *std::move(state));
    silent_records_ = 0;
    note();
    return Step::advanced;
}

Step Relay::publish_more() {
    const auto read =
        parts_.journal.read(parts_.shard, fold_->state().offset, parts_.limits.batch_bytes_max);
    if (!read) {
        const bool is_broken = read.error() == journal::JournalError::broken;
        return is_broken ? stop(StopReason::journal_broken) : Step::refused;
    }
    if (read->empty()) return Step::idle;
    events_.clear();
    const auto before = fold_->state().offset;
    const StopReason stopped_by = take_in(*read);
    if (fold_->state().offset == before) return stop(stopped_by);
    if (!events_.empty() || silent_records_ >= parts_.limits.silent_records_max) {
        const auto error = parts_.outlet.publish(events_, journal::to_text(fold_->state()));
        if (error) return lose(*error);
        silent_records_ = 0;
    }
    note();
    return Step::advanced;
}

// Takes in records up to one that cannot be taken in, which the next call then begins with.
StopReason Relay::take_in(const std::vector<journal::Record>& records) {
    for (const journal::Record& record : records) {
        const auto judged = fold_->take(record, reader_.codec());
        if (!judged) return stop_reason_of(judged.error());
        ++silent_records_;
        if (judged->verdict == journal::Verdict::void_entry) continue;
        const auto* entry = std::get_if<journal::Entry>(&judged->record);
        if (entry == nullptr) continue;
        for (std::size_t i = 0; i < entry->events.size(); ++i) {
            if (is_published(entry->events[i])) events_.push_back(cloud_event_of(*entry, i));
        }
    }
    return StopReason::none;
}

// What went out is known again when the shard is taken again.
Step Relay::lose(OutletError error) {
    fold_.reset();
    events_.clear();
    parts_.outlet.release();
    note();
    if (error == OutletError::taken_by_another) {
        take_at_ = steady_clock::now() + parts_.limits.yield;
        const std::scoped_lock lock(status_mutex_);
        ++status_.losses;
    }
    return Step::refused;
}

Step Relay::stop(StopReason reason) {
    parts_.outlet.release();
    fold_.reset();
    const std::scoped_lock lock(status_mutex_);
    status_.is_publishing = false;
    status_.is_stopped = true;
    status_.reason = reason;
    return Step::stopped;
}

void Relay::note() {
    const std::scoped_lock lock(status_mutex_);
    status_.is_publishing = fold_.has_value();
    status_.events += events_.size();
    events_.clear();
    if (!fold_) return;
    status_.offset = fold_->state().offset;
    status_.seq = fold_->state().seq;
}

RelayStatus Relay::status() const {
    const std::scoped_lock lock(status_mutex_);
    RelayStatus status = status_;
    status.hint = hint_;
    return status;
}

}  // namespace projections
