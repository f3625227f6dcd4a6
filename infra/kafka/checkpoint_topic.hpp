// The topic of checkpoints: each note that a node has signed, in the partition of its shard, for
// ever. Whoever may read it can see that all nodes sign one history.
//
// Threads: one at a time. Lifetime: as of what it is made of.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infra/checkpoints/checkpoints.hpp"
#include "infra/kafka/producers.hpp"

namespace infra {

class CheckpointTopic final : public CheckpointBoard {
public:
    explicit CheckpointTopic(KafkaProducersOptions options);
    CheckpointTopic(const CheckpointTopic&) = delete;
    CheckpointTopic& operator=(const CheckpointTopic&) = delete;

    std::optional<std::string> last(journal::ShardNumber shard) override;
    void publish(journal::ShardNumber shard, const std::string& note) override;
    // Ends a `last` that waits.
    void stop() override { is_stopping_ = true; }

private:
    KafkaProducersOptions options_;
    KafkaEvents events_;
    std::atomic<bool> is_stopping_ = false;
    KafkaProducers producers_;
    std::map<journal::ShardNumber, std::unique_ptr<journal::Session>> sessions_;
};

}  // namespace infra
