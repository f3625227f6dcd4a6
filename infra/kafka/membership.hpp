// A membership in a consumer group: the hint which of a journal's shards this node should take.
//
// Kafka shares the partitions of the journal's topic among the group's members; nothing is consumed
// here. It is a hint only: several nodes may think that a shard is theirs for a moment, and the log
// says whose it is (journal/validity.hpp). A member that is not heard of for the session timeout
// loses its shards to the others; one that leaves gives them away at once.
//
// Once the group has said something, it has said something of every shard: what is not given is
// taken.
//
// Threads: `changed` is called on a thread of this object's own, one call at a time; the functions
// may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "infra/kafka/client.hpp"
#include "journal/hint.hpp"
#include "journal/journal.hpp"

namespace infra {

struct KafkaMembershipOptions {
    KafkaConnection connection;
    std::string group;
    std::string topic;
    journal::ShardNumber shards = 0;  // Of the topic.
    std::chrono::milliseconds session_timeout{6000};
    std::function<void(journal::ShardNumber, journal::Hint)> changed;
    std::function<void(std::string_view)> report = [](std::string_view) {};
};

class KafkaMembership {
public:
    // Joins, without waiting for the brokers. Throws std::runtime_error when librdkafka refuses.
    explicit KafkaMembership(KafkaMembershipOptions options);
    // Leaves.
    ~KafkaMembership();
    KafkaMembership(const KafkaMembership&) = delete;
    KafkaMembership& operator=(const KafkaMembership&) = delete;

    // Whether there is another member who could take what this one gives away. Asks the brokers,
    // for `patience` at most; false when they do not say.
    bool has_company(std::chrono::milliseconds patience) const;

    // Gives all shards away, and waits until the brokers know. Idempotent. Who is just joining
    // waits for its share first, for the session timeout at most.
    void leave();

private:
    void poll();
    bool is_joining() const;
    void take(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions);
    void tell_rest(const rd_kafka_topic_partition_list_t& given) const;

    KafkaMembershipOptions options_;
    std::unique_ptr<KafkaEvents> events_ = std::make_unique<KafkaEvents>();
    KafkaClient client_;
    std::atomic<bool> is_leaving_ = false;
    bool knows_share_ = false;  // Of the thread.
    std::mutex leave_mutex_;
    std::thread thread_;
};

}  // namespace infra
