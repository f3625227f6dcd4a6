#include "infra/checkpoints/checkpoints.hpp"

#include <stdexcept>
#include <utility>

namespace infra {

using journal::ShardNumber;

Checkpoints::Checkpoints(Ports ports) : ports_(std::move(ports)), shards_(ports_.views.size()) {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        const auto number = static_cast<ShardNumber>(i);
        shards_[i].checkpoints = std::make_unique<ShardCheckpoints>(
            ShardCheckpoints::Parts{.shard = number,
                                    .rows = ports_.rows,
                                    .signer = ports_.signer,
                                    .file = ports_.directory / std::to_string(number),
                                    .report = ports_.report});
    }
}

void Checkpoints::start() {
    for (std::size_t i = 0; i < shards_.size(); ++i) wait_for_entries(static_cast<ShardNumber>(i));
    thread_ = std::thread([this] { run(); });
}

void Checkpoints::stop() {
    if (!thread_.joinable()) return;
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    if (ports_.board != nullptr) ports_.board->stop();
    changed_.notify_one();
    thread_.join();
    for (Shard& shard : shards_) shard.waiting.reset();
}

std::vector<SigningStatus> Checkpoints::status() const {
    std::vector<SigningStatus> all;
    for (const Shard& shard : shards_) all.push_back(shard.checkpoints->status());
    return all;
}

void Checkpoints::run() {
    auto next = std::chrono::steady_clock::now() + ports_.interval;
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        changed_.wait_until(lock, next, [this] { return is_stopping_ || has_due_; });
        const auto now = std::chrono::steady_clock::now();
        const bool is_time = now >= next;
        if (is_time) next = now + ports_.interval;
        has_due_ = false;
        for (std::size_t i = 0; i < shards_.size() && !is_stopping_; ++i) {
            if (!std::exchange(shards_[i].is_due, false) && !is_time) continue;
            lock.unlock();
            sign(static_cast<ShardNumber>(i), false);
            lock.lock();
        }
    }
    lock.unlock();
    for (std::size_t i = 0; i < shards_.size(); ++i) sign(static_cast<ShardNumber>(i), true);
}

void Checkpoints::sign(ShardNumber number, bool is_last) {
    Shard& shard = shards_[number];
    const bool is_ours = is_last ? shard.was_ours : ports_.is_ours(number);
    if (is_ours && !shard.was_ours && !take_over(number)) return;
    shard.was_ours = is_ours;
    if (!is_ours) return;
    const auto made = shard.checkpoints->sign(ports_.has_all(number));
    if (made == nullptr) return;
    wait_for_entries(number);
    if (ports_.board != nullptr) ports_.board->publish(number, made->note);
}

// False when it is not known what others have signed.
bool Checkpoints::take_over(ShardNumber number) {
    if (ports_.board == nullptr) return true;
    try {
        if (const auto note = ports_.board->last(number)) {
            shards_[number].checkpoints->take_published(*note);
        }
        return true;
    } catch (const std::runtime_error& failure) {
        ports_.report(failure.what());
        return false;
    }
}

void Checkpoints::wait_for_entries(ShardNumber number) {
    Shard& shard = shards_[number];
    shard.waiting.reset();
    shard.waiting = ports_.views[number]->when_applied(
        shard.checkpoints->status().size + ports_.entries_max, [this, number] {
            {
                const std::scoped_lock lock(mutex_);
                shards_[number].is_due = true;
                has_due_ = true;
            }
            changed_.notify_one();
        });
}

}  // namespace infra
