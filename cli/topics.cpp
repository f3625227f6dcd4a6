#include "cli/topics.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "cli/opened.hpp"
#include "infra/kafka/security.hpp"
#include "infra/kafka/topics.hpp"

namespace cli {
namespace {

constexpr int shards_default = 12;

}  // namespace

ExitCode create_topics(const infra::Settings& settings) {
    const infra::KafkaConnection connection = infra::kafka_connection(settings);
    const auto shards =
        settings.journal_shards > 0 ? static_cast<int>(settings.journal_shards) : shards_default;
    const std::vector<infra::KafkaTopicPlan> plans = {
        infra::journal_topic(settings.kafka_topic_prefix + ".journal", shards),
        infra::keys_topic(settings.kafka_topic_prefix + ".keys")};
    opened("the topics", [&] {
        const auto made =
            infra::create_topics(connection, plans, static_cast<int>(settings.kafka_replicas));
        for (const auto& plan : plans) {
            const int partitions = infra::check_topic(connection, plan);
            const bool is_new = std::ranges::count(made, plan.name) > 0;
            std::cout << (is_new ? "made " : "kept ") << plan.name << " with " << partitions
                      << (partitions == 1 ? " partition\n" : " partitions\n");
        }
        return true;
    });
    return ExitCode::ok;
}

}  // namespace cli
