// Which shards of a journal on Kafka this node should write: what a consumer group says, passed on
// to the shards as the hint.
//
// Until the group has said something, a shard that was this node's before, or nobody's, is taken at
// once: so a restart does not wait for the group.
// Threads: from one.
#pragma once

#include <chrono>
#include <memory>

#include "commands/shards.hpp"
#include "infra/kafka/membership.hpp"
#include "infra/log.hpp"
#include "infra/settings.hpp"

namespace cli {

class Ownership {
public:
    // REQUIRES: the shards and the log outlive this; there are `count` shards.
    Ownership(const infra::Settings& settings, commands::Shards& shards, journal::ShardNumber count,
              infra::Log& log);

    // Gives the shards away, and waits until others have taken them, for the time that the settings
    // give and only if there are others.
    void hand_over();

private:
    commands::Shards& shards_;
    std::chrono::milliseconds patience_;
    std::unique_ptr<infra::KafkaMembership> membership_;
};

}  // namespace cli
