#include "infra/journal/embedded_journal.hpp"

#include <cassert>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>

#include "infra/journal/log_database.hpp"
#include "infra/journal/tail.hpp"
#include "infra/journal/wakers.hpp"

namespace infra {

using journal::JournalError;

class EmbeddedJournal::Writer final : public journal::Session {
public:
    Writer(EmbeddedJournal& journal, std::shared_ptr<Era> era, journal::ShardNumber shard)
        : journal_(journal), era_(std::move(era)), shard_(shard) {}

    void append(std::vector<journal::Bytes> records) override {
        if (!records.empty()) journal_.append(era_, {shard_, std::move(records)});
    }
    std::optional<JournalError> error() const override {
        const std::uint8_t error = era_->error;
        if (error == 0) return std::nullopt;
        return static_cast<JournalError>(error - 1);
    }

private:
    EmbeddedJournal& journal_;
    std::shared_ptr<Era> era_;
    journal::ShardNumber shard_;
};

EmbeddedJournal::EmbeddedJournal(EmbeddedJournalOptions options)
    : options_(std::move(options)),
      lock_(options_.directory),
      log_(std::make_unique<LogDatabase>(options_)) {
    for (const journal::Offset end : log_->ends()) {
        shards_.push_back(
            {std::make_unique<Tail>(end, options_.tail_bytes_max), std::make_unique<Wakers>()});
    }
    committer_ = std::thread([this] { run_committer(); });
    if (options_.mark_sync_interval.count() > 0)
        mark_syncer_ = std::thread([this] { sync_mark(); });
}

EmbeddedJournal::~EmbeddedJournal() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    committer_.join();
    if (mark_syncer_.joinable()) mark_syncer_.join();
}

journal::ShardNumber EmbeddedJournal::shards() const {
    return static_cast<journal::ShardNumber>(shards_.size());
}

std::unique_ptr<journal::Session> EmbeddedJournal::open_session(journal::ShardNumber shard) {
    assert(shard < shards_.size());
    const std::lock_guard lock(mutex_);
    return std::make_unique<Writer>(*this, era_, shard);
}

domain::Result<std::vector<journal::Record>, JournalError> EmbeddedJournal::read(
    journal::ShardNumber shard, journal::Offset after, std::size_t bytes_max) {
    assert(shard < shards_.size());
    const Tail& tail = *shards_[shard].tail;
    if (auto records = tail.read(after, bytes_max)) return *std::move(records);

    auto records = log_->read(shard, after, tail.end(), bytes_max);
    if (records) return *std::move(records);
    if (records.error().empty()) return domain::Failure(JournalError::unavailable);
    break_off(records.error());
    return domain::Failure(JournalError::broken);
}

journal::Offset EmbeddedJournal::end(journal::ShardNumber shard) const {
    assert(shard < shards_.size());
    return shards_[shard].tail->end();
}

std::shared_ptr<void> EmbeddedJournal::subscribe(journal::ShardNumber shard,
                                                 std::function<void()> wake) {
    assert(shard < shards_.size());
    return shards_[shard].wakers->add(std::move(wake));
}

void EmbeddedJournal::append(const std::shared_ptr<Era>& era, Batch batch) {
    {
        const std::lock_guard lock(mutex_);
        if (era->error != 0) return;
        queue_.push_back(std::move(batch));
    }
    changed_.notify_one();
}

// The batches that are to be written now; none when there is something else to do.
std::vector<EmbeddedJournal::Batch> EmbeddedJournal::take_batches() {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return stopping_ || stopped_sessions_ || !queue_.empty(); };
    if (state_ == JournalState::full) {
        changed_.wait_for(lock, options_.space_check_interval, ready);
    } else {
        changed_.wait(lock, ready);
    }
    std::size_t bytes = 0;
    auto last = queue_.begin();
    for (; last != queue_.end() && bytes < options_.batch_bytes_max; ++last) {
        for (const auto& record : last->records) bytes += record->size();
    }
    std::vector<Batch> taken(std::make_move_iterator(queue_.begin()),
                             std::make_move_iterator(last));
    queue_.erase(queue_.begin(), last);
    return taken;
}

void EmbeddedJournal::run_committer() {
    for (;;) {
        auto batches = take_batches();
        if (!batches.empty()) {
            commit(std::move(batches));
            continue;
        }
        bool wake = false;
        {
            const std::lock_guard lock(mutex_);
            wake = std::exchange(stopped_sessions_, false);
            if (!wake && stopping_ && queue_.empty()) {
                committer_ended_ = true;
                break;
            }
        }
        if (wake) {
            wake_all();
        } else if (state_ == JournalState::full) {
            try_to_resume();
        }
    }
    ended_.notify_one();
}

void EmbeddedJournal::commit(std::vector<Batch> batches) {
    if (state_ != JournalState::serving) return;  // A reader met damage meanwhile.
    std::vector<LogDatabase::Records> records;
    records.reserve(batches.size());
    for (const Batch& batch : batches) records.push_back({batch.shard, batch.records});
    std::string why;
    const auto started = std::chrono::steady_clock::now();
    const AppendOutcome outcome = log_->append(records, why);
    switch (outcome) {
        case AppendOutcome::durable: break;
        case AppendOutcome::full:
            options_.report("the journal takes nothing until there is space: " + why);
            return stop_sessions(JournalState::full, JournalError::full);
        case AppendOutcome::unknown: return break_off(why);
    }
    report_written(batches, started);
    for (Batch& batch : batches) shards_[batch.shard].tail->add(std::move(batch.records));
    std::vector<bool> woken(shards_.size(), false);
    for (const Batch& batch : batches) {
        if (woken[batch.shard]) continue;
        woken[batch.shard] = true;
        shards_[batch.shard].wakers->wake();
    }
}

void EmbeddedJournal::report_written(const std::vector<Batch>& batches,
                                     std::chrono::steady_clock::time_point started) const {
    std::size_t count = 0;
    std::size_t bytes = 0;
    for (const Batch& batch : batches) {
        count += batch.records.size();
        for (const journal::Bytes& record : batch.records) bytes += record->size();
    }
    options_.written(count, bytes,
                     std::chrono::duration_cast<std::chrono::microseconds>(
                         std::chrono::steady_clock::now() - started));
}

void EmbeddedJournal::break_off(const std::string& why) {
    if (state_ == JournalState::broken) return;
    options_.report("the journal stopped for good: " + why);
    stop_sessions(JournalState::broken, JournalError::broken);
}

// May be called from a reader's thread, so waking is left to the committer.
void EmbeddedJournal::stop_sessions(JournalState state, JournalError error) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == JournalState::broken) return;
        state_ = state;
        era_->error = static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(error));
        queue_.clear();
        stopped_sessions_ = true;
    }
    changed_.notify_one();
}

void EmbeddedJournal::try_to_resume() {
    if (!log_->has_space()) return;
    try {
        if (!log_->reopen()) return;
    } catch (const std::exception& failure) {
        return break_off(failure.what());
    }
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        shards_[shard].tail->restart(log_->ends()[shard]);
    }
    {
        const std::lock_guard lock(mutex_);
        if (state_ == JournalState::broken) return;
        state_ = JournalState::serving;
        era_ = std::make_shared<Era>();
    }
    options_.report("there is space: the journal takes records again");
    wake_all();
}

void EmbeddedJournal::sync_mark() {
    std::unique_lock lock(mutex_);
    while (
        !ended_.wait_for(lock, options_.mark_sync_interval, [this] { return committer_ended_; })) {
        lock.unlock();
        if (!log_->sync_mark()) break_off("the high-water mark could not be synced");
        lock.lock();
    }
}

void EmbeddedJournal::wake_all() {
    for (const ShardTail& shard : shards_) shard.wakers->wake();
}

}  // namespace infra
