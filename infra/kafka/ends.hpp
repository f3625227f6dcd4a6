// Asks the brokers once a second where the shards end, so that a reader knows how old what it has
// is, also while the brokers are away.
//
// Threads: `known` may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "infra/kafka/client.hpp"
#include "journal/journal.hpp"

namespace infra {

class KafkaEnds {
public:
    // `ends` are those that are known at the start.
    KafkaEnds(const KafkaConnection& connection, std::string topic,
              const std::vector<journal::Offset>& ends,
              std::function<void(std::string_view)> report);
    ~KafkaEnds();
    KafkaEnds(const KafkaEnds&) = delete;
    KafkaEnds& operator=(const KafkaEnds&) = delete;

    journal::KnownEnd known(journal::ShardNumber shard) const;

private:
    void run();
    void ask();
    bool note(const rd_kafka_topic_partition_list_t& list,
              std::chrono::steady_clock::time_point as_of);
    void look_for_leaders();

    std::string topic_;
    KafkaEvents events_;
    KafkaClient client_;
    KafkaTopic topic_handle_;
    mutable std::mutex mutex_;  // Of all below.
    std::condition_variable stopping_;
    bool is_stopping_ = false;
    std::vector<journal::KnownEnd> ends_;
    std::thread thread_;
};

}  // namespace infra
