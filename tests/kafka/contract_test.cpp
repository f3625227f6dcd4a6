// The contract of journals on real Kafka, with as many brokers as the cluster has.
#include "tests/journal/contract.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "infra/kafka/kafka_journal.hpp"
#include "tests/kafka/cluster.hpp"

namespace tests::journal_contract {
namespace {

// With a small memory most reads go back to the brokers.
template <std::size_t tail_bytes_max>
class KafkaEngine {
public:
    static constexpr bool repeats = false;

    KafkaEngine() { open(); }
    ~KafkaEngine() { close(); }
    KafkaEngine(const KafkaEngine&) = delete;
    KafkaEngine& operator=(const KafkaEngine&) = delete;

    Journal& journal() { return *journal_; }
    bool eventually(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(90);
        while (!holds()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, std::chrono::milliseconds(5));
        }
        return true;
    }
    void reopen() {
        close();
        open();
    }
    // Not even the smallest record is taken. Brokers learn of it a moment later, each by itself.
    void fail_what_comes_next() {
        kafka::alter(plan_, "max.message.bytes", "1");
        while (kafka::send(plan_.name, 0, "stranger")) {
        }
    }
    void recover() {
        kafka::alter(plan_, "", "");
        while (!kafka::send(plan_.name, 0, "stranger")) {
        }
    }

private:
    void open() {
        infra::KafkaJournalOptions options;
        options.connection = kafka::connection();
        options.topic = plan_.name;
        options.tail_bytes_max = tail_bytes_max;
        options.delivery_timeout = std::chrono::seconds(60);
        options.read_timeout = std::chrono::seconds(60);
        journal_ = std::make_unique<infra::KafkaJournal>(options);
        for (ShardNumber shard = 0; shard < 2; ++shard) {
            subscriptions_.push_back(journal_->subscribe(shard, [this] { woken_.notify_all(); }));
        }
    }
    void close() {
        subscriptions_.clear();
        journal_.reset();
    }

    infra::KafkaTopicPlan plan_ = infra::journal_topic(kafka::make_journal_topic(2), 2);
    std::mutex mutex_;
    std::condition_variable woken_;
    std::unique_ptr<infra::KafkaJournal> journal_;
    std::vector<std::shared_ptr<void>> subscriptions_;
};

using Engines = testing::Types<KafkaEngine<(16U << 20U)>, KafkaEngine<(4U << 10U)>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, JournalContract, Engines);

}  // namespace
}  // namespace tests::journal_contract
