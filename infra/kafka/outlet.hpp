// A shard's way out on Kafka: events as CloudEvents in binary mode on the topics of their kinds,
// inside Kafka transactions with the position behind them.
//
//   - A message is an event: headers `ce_…` and `content-type`, the id of its subject as key, its
//     data as value. The partition follows from the key alone (murmur2, as Java's clients do it).
//   - The position is a record of its own in the same transaction, in the shard's partition of
//     PREFIX.relay, which is compacted; offsets of a consumer group would expire with time. What
//     counts is the last one that was committed. The record begins with a line that names the node.
//   - The transactional id is PREFIX.relay.<shard>: whoever takes the shard ends the transaction
//     that another one had begun, and Kafka refuses that one's messages from then on. Only then the
//     position is read.
//   - Anything irregular ends the producer; a fresh one takes the shard again, which costs 0.1–1 s.
//
// Traps of librdkafka (2.0.2), and what is done about each:
//   - A transaction that nobody ends keeps readers of committed messages waiting: it times out
//     after seconds, not after the default minute.
//   - Calls may be repeated after some errors and not after others: none is, but a wait that is not
//     over.
//   - A fetch may name an end that is not the end yet, behind a leader that has just been elected,
//     or before a transaction that is open: a position is believed only at the end that the leader
//     gives when it is asked, and when nothing is open before it.
//
// Threads and errors: as the port says.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "infra/kafka/client.hpp"
#include "infra/kafka/topics.hpp"
#include "journal/journal.hpp"
#include "projections/relay.hpp"

namespace infra {

// All topics that outlets write to: one for each published kind, and that of the positions.
std::vector<KafkaTopicPlan> outlet_topics(const std::string& prefix, int partitions,
                                          std::int64_t retention_ms);

struct KafkaOutletOptions {
    KafkaConnection connection;
    std::string topic_prefix = "daybook";
    journal::ShardNumber shard = 0;
    std::string node = {};  // The id of this installation, in one line.
    // Of a transaction, and of taking the shard.
    std::chrono::milliseconds timeout{10'000};
    // Takes a line for the log.
    std::function<void(std::string_view)> report = [](std::string_view) {};
};

class KafkaOutlet final : public projections::Outlet {
public:
    explicit KafkaOutlet(KafkaOutletOptions options);
    ~KafkaOutlet() override = default;
    KafkaOutlet(const KafkaOutlet&) = delete;
    KafkaOutlet& operator=(const KafkaOutlet&) = delete;

    domain::Result<bool, projections::OutletError> was_ours() override;
    domain::Result<std::string, projections::OutletError> take() override;
    std::optional<projections::OutletError> publish(std::span<const projections::CloudEvent> events,
                                                    const std::string& position) override;
    void release() override { producer_.reset(); }
    void stop() override { is_stopping_ = true; }

private:
    using Time = std::chrono::steady_clock::time_point;

    bool may_wait(Time deadline) const;
    KafkaError begin(Time deadline);
    KafkaError send(const projections::CloudEvent& event);
    KafkaError send_position(const std::string& position);
    // The node that sent it, and the position; nothing if there is none.
    struct Sent {
        std::string node;
        std::string position;
    };
    std::optional<Sent> last_sent(Time deadline);
    projections::OutletError failed(std::string_view action, const rd_kafka_error_t& error);

    KafkaOutletOptions options_;
    std::string relay_topic_;
    KafkaEvents events_;
    std::atomic<bool> is_stopping_ = false;
    KafkaClient producer_;
};

}  // namespace infra
