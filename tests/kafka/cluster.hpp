// The Kafka cluster that a test program runs beside, and topics of a test's own on it.
//
// `tests/kafka/kafka with --nodes N -- PROGRAM` starts the cluster and names it to the program.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "infra/kafka/client.hpp"
#include "infra/kafka/topics.hpp"

namespace tests::kafka {

inline infra::KafkaConnection connection() {
    const char* const brokers = std::getenv("KAFKA_BOOTSTRAP");
    if (brokers == nullptr) {
        throw std::runtime_error("run this by tests/kafka/kafka with -- PROGRAM");
    }
    infra::KafkaConnection made;
    made.brokers = brokers;
    made.patience = std::chrono::seconds(60);
    return made;
}

// A name that no other test of the cluster has.
inline std::string fresh_name() {
    static std::atomic<int> count = 0;
    return "test-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

inline std::string make_journal_topic(int partitions) {
    std::string name = fresh_name();
    infra::create_topics(connection(), {infra::journal_topic(name, partitions)}, 0);
    return name;
}

// Sets a setting of a topic; all that are not in `plan` get their defaults. Throws.
inline void alter(const infra::KafkaTopicPlan& plan, const std::string& name,
                  const std::string& value) {
    infra::KafkaEvents events;
    const auto client = infra::make_kafka_client(connection(), RD_KAFKA_PRODUCER, {}, events);
    rd_kafka_ConfigResource_t* resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, plan.name.c_str());
    for (const auto& setting : plan.settings) {
        const std::string& wanted = setting.name == name ? value : setting.value;
        rd_kafka_ConfigResource_set_config(resource, setting.name.c_str(), wanted.c_str());
    }
    const infra::KafkaQueue queue(rd_kafka_queue_new(client.get()));
    rd_kafka_AlterConfigs(client.get(), &resource, 1, nullptr, queue.get());
    rd_kafka_ConfigResource_destroy(resource);
    const infra::KafkaEvent event(rd_kafka_queue_poll(queue.get(), 60'000));
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw std::runtime_error("the topic's settings cannot be changed");
    }
    std::size_t count = 0;
    const auto* const results = rd_kafka_AlterConfigs_result_resources(
        rd_kafka_event_AlterConfigs_result(event.get()), &count);
    const auto error = rd_kafka_ConfigResource_error(results[0]);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(error));
}

// A record of a stranger. Whether it was delivered.
inline bool send(const std::string& topic, std::int32_t partition, std::string text) {
    bool is_delivered = true;
    infra::KafkaEvents events{.report = [](std::string_view) {},
                              .failed = [&](std::string_view) { is_delivered = false; }};
    const auto client = infra::make_kafka_client(connection(), RD_KAFKA_PRODUCER,
                                                 {{"message.timeout.ms", "60000"}}, events);
    const auto owned = infra::kafka_topic(*client, topic);
    const int refused = rd_kafka_produce(owned.get(), partition, RD_KAFKA_MSG_F_COPY, text.data(),
                                         text.size(), nullptr, 0, nullptr);
    return refused == 0 && rd_kafka_flush(client.get(), 60'000) == RD_KAFKA_RESP_ERR_NO_ERROR &&
           is_delivered;
}

// Deletes the records before this offset, as retention would. Throws.
inline void delete_records(const std::string& topic, std::int32_t partition, std::int64_t before) {
    infra::KafkaEvents events;
    const auto client = infra::make_kafka_client(connection(), RD_KAFKA_PRODUCER, {}, events);
    rd_kafka_topic_partition_list_t* offsets = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(offsets, topic.c_str(), partition)->offset = before;
    rd_kafka_DeleteRecords_t* wish = rd_kafka_DeleteRecords_new(offsets);
    rd_kafka_topic_partition_list_destroy(offsets);
    const infra::KafkaQueue queue(rd_kafka_queue_new(client.get()));
    rd_kafka_DeleteRecords(client.get(), &wish, 1, nullptr, queue.get());
    rd_kafka_DeleteRecords_destroy(wish);
    const infra::KafkaEvent event(rd_kafka_queue_poll(queue.get(), 60'000));
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw std::runtime_error("records cannot be deleted");
    }
}

}  // namespace tests::kafka
