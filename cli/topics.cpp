#include "cli/topics.hpp"

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "cli/opened.hpp"
#include "infra/kafka/outlet.hpp"
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
    const std::string& prefix = settings.kafka_topic_prefix;
    const auto create = [&](const std::vector<infra::KafkaTopicPlan>& plans) {
        const auto made =
            infra::create_topics(connection, plans, static_cast<int>(settings.kafka_replicas));
        int partitions = 0;
        for (const auto& plan : plans) {
            partitions = infra::check_topic(connection, plan);
            const bool is_new = std::ranges::count(made, plan.name) > 0;
            std::cout << (is_new ? "made " : "kept ") << plan.name << " with " << partitions
                      << (partitions == 1 ? " partition\n" : " partitions\n");
        }
        return partitions;
    };
    opened("the topics", [&] {
        create({infra::keys_topic(prefix + ".keys")});
        // A journal that is there says how many partitions the others need.
        const int partitions = create({infra::journal_topic(prefix + ".journal", shards)});
        create({infra::checkpoint_topic(prefix + ".checkpoints", partitions)});
        create(infra::outlet_topics(prefix, partitions, settings.relay_retention_ms));
        return true;
    });
    return ExitCode::ok;
}

}  // namespace cli
