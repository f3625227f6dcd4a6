#include "cli/relays.hpp"

#include <utility>

#include "cli/engine.hpp"
#include "cli/group.hpp"
#include "cli/opened.hpp"
#include "infra/kafka/outlet.hpp"
#include "infra/kafka/security.hpp"

namespace cli {
Relays::Relays(const infra::Settings& settings, const std::string& node, journal::Journal& journal,
               infra::Log& log) {
    const infra::KafkaConnection connection = infra::kafka_connection(settings);
    opened("the relay", [&] {
        infra::check_topics(connection, infra::outlet_topics(settings.kafka_topic_prefix,
                                                             static_cast<int>(journal.shards()),
                                                             settings.relay_retention_ms));
        return true;
    });
    for (journal::ShardNumber shard = 0; shard < journal.shards(); ++shard) {
        One one;
        one.outlet = std::make_unique<infra::KafkaOutlet>(
            infra::KafkaOutletOptions{.connection = connection,
                                      .topic_prefix = settings.kafka_topic_prefix,
                                      .shard = shard,
                                      .node = node,
                                      .report = report_to(log, "relay")});
        one.relay = std::make_unique<projections::Relay>(
            projections::Relay::Parts{.shard = shard, .journal = journal, .outlet = *one.outlet});
        one.relay->take_hint(journal::Hint::mine_if_free);
        one.runner = std::make_unique<projections::Runner>(
            [&relay = *one.relay] { return relay.step(); }, shard, journal);
        all_.push_back(std::move(one));
    }
    membership_ = join_group(
        settings, "relays", journal.shards(), log,
        [this](journal::ShardNumber shard, journal::Hint hint) { take_hint(shard, hint); });
}

Relays::~Relays() { stop(); }

void Relays::take_hint(journal::ShardNumber shard, journal::Hint hint) {
    all_[shard].relay->take_hint(hint);
    all_[shard].runner->wake();
}

void Relays::stop() {
    for (const One& one : all_) one.outlet->stop();
    membership_.reset();
    for (const One& one : all_) one.runner->stop();
}

std::vector<projections::RelayStatus> Relays::status() const {
    std::vector<projections::RelayStatus> all;
    for (const One& one : all_) all.push_back(one.relay->status());
    return all;
}

}  // namespace cli
