#include "commands/shards.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "journal/partition.hpp"

namespace commands {

// A shard on its thread. The thread sleeps until the journal wakes it, something is submitted, or
// the shard's pause is over.
class Shards::Runner {
public:
    Runner(const ShardSettings& settings, const ShardPorts& ports)
        : journal_(ports.journal), number_(settings.shard), shard_(settings, ports) {}
    ~Runner() { stop(0); }
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    void start(const std::string& address) {
        shard_.set_address(address);
        subscription_ = journal_.subscribe(number_, [this] { wake(); });
        thread_ = std::thread([this] { run(); });
    }

    bool submit(Submission submission) {
        if (!shard_.submit(std::move(submission))) return false;
        wake();
        return true;
    }

    void stop(std::int64_t patience_ms) {
        if (!thread_.joinable()) return;
        shard_.rest();
        {
            const std::lock_guard lock(mutex_);
            is_stopping_ = true;
            stop_at_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
            is_awake_ = true;
        }
        wakened_.notify_one();
        thread_.join();
        subscription_.reset();
    }

    void take_hint(journal::Hint hint) {
        shard_.take_hint(hint);
        wake();
    }
    bool is_taking() const { return shard_.is_taking(); }
    ShardStatus status() const { return shard_.status(); }

private:
    void wake() {
        {
            const std::lock_guard lock(mutex_);
            if (is_awake_) return;
            is_awake_ = true;
        }
        wakened_.notify_one();
    }

    bool is_time_to_stop() {
        const auto status = shard_.status();
        const std::lock_guard lock(mutex_);
        if (!is_stopping_) return false;
        const bool is_idle = status.queued == 0 && status.in_flight == 0 && status.waiting == 0;
        return is_idle || std::chrono::steady_clock::now() >= stop_at_;
    }

    void run() {
        while (true) {
            {
                const std::lock_guard lock(mutex_);
                is_awake_ = false;
            }
            if (shard_.step()) continue;
            if (is_time_to_stop()) break;
            std::unique_lock lock(mutex_);
            const auto pause = std::chrono::milliseconds(is_stopping_ ? 5 : shard_.pause_ms());
            wakened_.wait_for(lock, pause, [this] { return is_awake_; });
        }
        shard_.close();
    }

    journal::Journal& journal_;
    journal::ShardNumber number_;
    Shard shard_;
    std::shared_ptr<void> subscription_;
    std::mutex mutex_;
    std::condition_variable wakened_;
    bool is_awake_ = false;
    bool is_stopping_ = false;
    std::chrono::steady_clock::time_point stop_at_;
    std::thread thread_;
};

Shards::Shards(const ShardSettings& settings, const ShardPorts& ports) {
    for (journal::ShardNumber shard = 0; shard < ports.journal.shards(); ++shard) {
        ShardSettings own = settings;
        own.shard = shard;
        runners_.push_back(std::make_unique<Runner>(own, ports));
    }
}

Shards::~Shards() { stop(0); }

void Shards::start(const std::string& address) {
    for (auto& runner : runners_) runner->start(address);
}

void Shards::take_hint(journal::ShardNumber shard, journal::Hint hint) {
    runners_[shard]->take_hint(hint);
}

bool Shards::is_taking(journal::ShardNumber shard) const { return runners_[shard]->is_taking(); }

bool Shards::submit(Submission submission) {
    const auto shard =
        journal::shard_of(submission.tenant, static_cast<journal::ShardNumber>(runners_.size()));
    return runners_[shard]->submit(std::move(submission));
}

void Shards::stop(std::int64_t patience_ms) {
    for (auto& runner : runners_) runner->stop(patience_ms);
}

std::vector<ShardStatus> Shards::status() const {
    std::vector<ShardStatus> all;
    all.reserve(runners_.size());
    for (const auto& runner : runners_) all.push_back(runner->status());
    return all;
}

}  // namespace commands
