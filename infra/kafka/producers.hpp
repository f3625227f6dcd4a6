// Sessions on Kafka: an idempotent producer each, and the thread that looks after all of them.
//
// Threads: `open` from any thread; a session from one at a time. The thread runs the delivery
// reports, so it is what calls `wake`, and it destroys producers, which may take a while.
// Lifetime: sessions end before this does.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "infra/kafka/client.hpp"
#include "journal/journal.hpp"

namespace infra {

struct KafkaProducersOptions {
    KafkaConnection connection;
    std::string topic;
    // What was not delivered after this ends its session.
    std::chrono::milliseconds delivery_timeout{4000};
    // Takes a line for the log.
    std::function<void(std::string_view)> report = [](std::string_view) {};
};

class KafkaProducers {
public:
    explicit KafkaProducers(KafkaProducersOptions options);
    ~KafkaProducers();
    KafkaProducers(const KafkaProducers&) = delete;
    KafkaProducers& operator=(const KafkaProducers&) = delete;

    // A session whose error calls `wake`, which may be called until this is destroyed.
    std::unique_ptr<journal::Session> open(journal::ShardNumber shard, std::function<void()> wake);

private:
    class Producer;
    class Writer;

    void run();
    void look_again();

    KafkaProducersOptions options_;
    std::mutex mutex_;  // Of all below.
    std::condition_variable changed_;
    std::vector<std::shared_ptr<Producer>> producers_;
    bool has_news_ = false;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace infra
