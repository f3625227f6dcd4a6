// The relays of a node on Kafka: one a shard, each on a thread of its own. Kafka shares the shards
// among all nodes that have relays.
//
// Until a consumer group of theirs says whose a shard is, the node that published it last goes on
// with it, so a restart does not wait for the group. That is a hint only: of two relays of a shard
// the later one publishes, and nothing goes out twice.
// Threads: `status` from any thread, the rest from one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infra/kafka/membership.hpp"
#include "infra/log.hpp"
#include "infra/settings.hpp"
#include "journal/journal.hpp"
#include "projections/relay.hpp"
#include "projections/runner.hpp"

namespace cli {

class Relays {
public:
    // Checks the topics, and starts. Throws Exit. REQUIRES: journal and log outlive this; the
    // journal is on Kafka.
    Relays(const infra::Settings& settings, const std::string& node, journal::Journal& journal,
           infra::Log& log);
    ~Relays();
    Relays(const Relays&) = delete;
    Relays& operator=(const Relays&) = delete;

    // Gives the shards to other nodes, and waits for the transactions that are under way.
    // Idempotent.
    void stop();

    // By shard.
    std::vector<projections::RelayStatus> status() const;

private:
    struct One {
        std::unique_ptr<projections::Outlet> outlet;
        std::unique_ptr<projections::Relay> relay;
        std::unique_ptr<projections::Runner> runner;
    };
    void take_hint(journal::ShardNumber shard, journal::Hint hint);

    std::vector<One> all_;
    std::unique_ptr<infra::KafkaMembership> membership_;
};

}  // namespace cli
