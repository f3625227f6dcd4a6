// librdkafka's handles as owners, and the one place that makes clients: connection, security, log.
//
// Threads: a client may be used from any thread. What a client has to say it says through
// KafkaEvents, from threads of librdkafka or of whoever polls it; REQUIRES: they outlive the
// client, are quick and do not call back into it.
// Lifetime: topics, queues and messages end before their client does.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace infra {

// Names and values of librdkafka's configuration.
using KafkaProperties = std::vector<std::pair<std::string, std::string>>;

// How to reach the brokers.
struct KafkaConnection {
    std::string brokers;  // HOST:PORT,…: where to ask for all of them.
    // For TLS and SASL. Values may be secrets: they are given to librdkafka and to nobody else.
    KafkaProperties security;
    // How long a start waits for an answer of the brokers.
    std::chrono::milliseconds patience{15'000};
};

struct KafkaEvents {
    // A line for the log.
    std::function<void(std::string_view line)> report = [](std::string_view) {};
    // A delivery failed, or the client did, for good.
    std::function<void(std::string_view why)> failed = [](std::string_view) {};
    // Partitions are given to a member of a group, or taken from it. Unlike the others it may, and
    // has to, call back. Empty for who is in no group.
    std::function<void(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions)>
        rebalanced = {};
};

struct KafkaDeleter {
    void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
    void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
    void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
    void operator()(rd_kafka_error_t* error) const { rd_kafka_error_destroy(error); }
    void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
};
template <class T>
using KafkaOwner = std::unique_ptr<T, KafkaDeleter>;
using KafkaClient = KafkaOwner<rd_kafka_t>;
using KafkaTopic = KafkaOwner<rd_kafka_topic_t>;
using KafkaQueue = KafkaOwner<rd_kafka_queue_t>;
using KafkaMessage = KafkaOwner<rd_kafka_message_t>;
using KafkaEvent = KafkaOwner<rd_kafka_event_t>;
using KafkaError = KafkaOwner<rd_kafka_error_t>;

// The largest record that topics are made for, and that clients send and take.
constexpr std::int64_t kafka_record_bytes_max = 16 << 20;

// Throws std::runtime_error when librdkafka refuses a property or cannot make the client.
KafkaClient make_kafka_client(const KafkaConnection& connection, rd_kafka_type_t type,
                              const KafkaProperties& properties, KafkaEvents& events);

// A consumer that finds records soon and never leaves any out: see journal.hpp.
KafkaClient make_kafka_consumer(const KafkaConnection& connection,
                                const KafkaProperties& properties, KafkaEvents& events);

// The topic as this client knows it.
KafkaTopic kafka_topic(rd_kafka_t& client, const std::string& name);

// What a record holds; nothing where there is no value, as in a tombstone.
std::string_view value_of(const rd_kafka_message_t& message);

// Whether a reader that met this error has lost records, or met damaged ones. All other errors pass
// by themselves.
bool is_loss(rd_kafka_resp_err_t error);

// Lets the same line through once in a while, because a broker that is away is met again and again.
// Threads: any.
std::function<void(std::string_view)> rarely(std::function<void(std::string_view)> report);

}  // namespace infra
