// The topics as they have to be: made by `create_topics`, checked by `check_topic` at each start.
//
// The journal's topic keeps everything for ever, takes records of up to 16 MiB, acknowledges what
// two replicas have (one, where there is but one), and never takes a leader that lacks records. Its
// time stamps are the broker's: Kafka refuses records of a client whose clock is an hour ahead. The
// topic of keys is compacted, and within a day, so that an erased key leaves the brokers' disks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "infra/kafka/client.hpp"

namespace infra {

struct KafkaTopicSetting {
    enum class Rule : std::uint8_t { equals, at_least, at_most };
    std::string name;
    Rule rule = Rule::equals;
    std::string value;
};

struct KafkaTopicPlan {
    std::string name;
    int partitions = 1;
    std::vector<KafkaTopicSetting> settings;
};
KafkaTopicPlan journal_topic(const std::string& name, int partitions);
KafkaTopicPlan keys_topic(const std::string& name);
// Events for everybody. A negative retention is for ever.
KafkaTopicPlan public_topic(const std::string& name, int partitions, std::int64_t retention_ms);
// How far each shard has been published: see outlet.hpp.
KafkaTopicPlan relay_topic(const std::string& name, int partitions);

// What was signed: see checkpoint_topic.hpp.
KafkaTopicPlan checkpoint_topic(const std::string& name, int partitions);

// Makes those that are missing, with so many replicas (0: three, or one a broker), and gives their
// names. Throws std::runtime_error.
std::vector<std::string> create_topics(const KafkaConnection& connection,
                                       const std::vector<KafkaTopicPlan>& plans, int replicas);

// The number of partitions. Throws std::runtime_error that says which setting of the topic is
// wrong, what it is and what it has to be. The plan's number of partitions is not looked at.
int check_topic(const KafkaConnection& connection, const KafkaTopicPlan& plan);

// The same for several, whose numbers of partitions must be the plans'.
void check_topics(const KafkaConnection& connection, const std::vector<KafkaTopicPlan>& plans);

}  // namespace infra
