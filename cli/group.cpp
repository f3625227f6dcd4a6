#include "cli/group.hpp"

#include <string>
#include <utility>

#include "cli/engine.hpp"
#include "infra/kafka/security.hpp"

namespace cli {

std::unique_ptr<infra::KafkaMembership> join_group(
    const infra::Settings& settings, std::string_view work, journal::ShardNumber shards,
    infra::Log& log, std::function<void(journal::ShardNumber, journal::Hint)> changed) {
    return std::make_unique<infra::KafkaMembership>(infra::KafkaMembershipOptions{
        .connection = infra::kafka_connection(settings),
        .group = settings.kafka_topic_prefix + '.' + std::string(work),
        .topic = settings.kafka_topic_prefix + ".journal",
        .shards = shards,
        .session_timeout = std::chrono::milliseconds(settings.kafka_session_timeout_ms),
        .changed = std::move(changed),
        .report = report_to(log, work)});
}

}  // namespace cli
