// The relay's way out on Kafka: transactions, what a reader of committed messages gets, and who may
// publish.
#include "infra/kafka/outlet.hpp"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

#include "infra/kafka/committed.hpp"
#include "tests/kafka/cluster.hpp"

namespace tests::kafka {
namespace {

using projections::CloudEvent;
using projections::OutletError;

constexpr int partitions = 2;

// Topics of a journal of two shards.
std::string make_outlet_topics() {
    const std::string prefix = fresh_name();
    infra::create_topics(connection(), infra::outlet_topics(prefix, partitions, -1), 0);
    return prefix;
}

infra::KafkaOutletOptions options_for(const std::string& prefix) {
    infra::KafkaOutletOptions options;
    options.connection = connection();
    options.topic_prefix = prefix;
    options.shard = 1;
    options.timeout = std::chrono::seconds(60);
    return options;
}

CloudEvent event_of(const std::string& id, const std::string& data) {
    return {.id = "1-7.1",
            .source = "urn:daybook:tenant:acme",
            .type = "BillPaid",
            .subject = {domain::Kind::bills, id},
            .time = {},
            .recorded_time = {},
            .sequence = 4,
            .data_schema = "urn:daybook:event:BillPaid:1",
            .data = data};
}

struct Seen {
    std::string key;
    std::string value;
    std::map<std::string, std::string> headers;
};

// All that a reader of committed messages gets of a topic.
std::vector<Seen> committed(const std::string& topic) {
    infra::KafkaEvents events;
    const auto client = infra::make_kafka_consumer(
        connection(), {{"isolation.level", "read_committed"}, {"enable.partition.eof", "true"}},
        events);
    const auto owned = infra::kafka_topic(*client, topic);
    std::vector<Seen> seen;
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
        rd_kafka_consume_start(owned.get(), partition, RD_KAFKA_OFFSET_BEGINNING);
        while (true) {
            const infra::KafkaMessage message(rd_kafka_consume(owned.get(), partition, 60'000));
            if (!message) throw std::runtime_error("the broker does not answer");
            if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) break;
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
            Seen one{std::string(static_cast<const char*>(message->key), message->key_len),
                     std::string(infra::value_of(*message)),
                     {}};
            rd_kafka_headers_t* headers = nullptr;
            rd_kafka_message_headers(message.get(), &headers);
            const char* name = nullptr;
            const void* value = nullptr;
            std::size_t size = 0;
            for (std::size_t i = 0; headers != nullptr &&
                                    rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0;
                 ++i) {
                one.headers[name] = {static_cast<const char*>(value), size};
            }
            seen.push_back(std::move(one));
        }
        rd_kafka_consume_stop(owned.get(), partition);
    }
    return seen;
}

TEST(KafkaOutlet, PublishesCloudEventsInBinaryMode) {
    const std::string prefix = make_outlet_topics();
    infra::KafkaOutlet outlet(options_for(prefix));
    ASSERT_EQ(outlet.take(), "");
    ASSERT_FALSE(outlet.publish(std::vector{event_of("4711", R"({"a":"ø"})")}, "here"));
    const auto seen = committed(prefix + ".bills");
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].key, "4711");
    EXPECT_EQ(seen[0].value, R"({"a":"ø"})");
    const std::map<std::string, std::string> headers = {
        {"ce_specversion", "1.0"},
        {"ce_id", "1-7.1"},
        {"ce_source", "urn:daybook:tenant:acme"},
        {"ce_type", "BillPaid"},
        {"ce_subject", "bills/4711"},
        {"ce_time", "1970-01-01T00:00:00.000Z"},
        {"ce_recordedtime", "1970-01-01T00:00:00.000Z"},
        {"ce_sequence", "4"},
        {"ce_sequencetype", "Integer"},
        {"content-type", "application/json"},
        {"ce_dataschema", "urn:daybook:event:BillPaid:1"}};
    EXPECT_EQ(seen[0].headers, headers);
}

TEST(KafkaOutlet, ItsPositionIsThatOfTheLastTransactionHoweverManyThereWere) {
    const std::string prefix = make_outlet_topics();
    infra::KafkaOutlet outlet(options_for(prefix));
    ASSERT_EQ(outlet.take(), "");
    for (int i = 1; i <= 5; ++i) {
        ASSERT_FALSE(outlet.publish({}, "position " + std::to_string(i)));
    }
    outlet.release();
    EXPECT_EQ(outlet.take(), "position 5");
    // Another shard's position is another one.
    auto options = options_for(prefix);
    options.shard = 0;
    infra::KafkaOutlet other(options);
    EXPECT_EQ(other.take(), "");
}

// Who takes the shard ends what another had begun, and that one hears so.
TEST(KafkaOutlet, WhoTakesAShardKeepsAnotherFromPublishing) {
    const std::string prefix = make_outlet_topics();
    infra::KafkaOutlet first(options_for(prefix));
    ASSERT_EQ(first.take(), "");
    ASSERT_FALSE(first.publish(std::vector{event_of("a", "1")}, "one"));
    infra::KafkaOutlet second(options_for(prefix));
    ASSERT_EQ(second.take(), "one");
    EXPECT_EQ(first.publish(std::vector{event_of("a", "2")}, "lost"),
              OutletError::taken_by_another);
    ASSERT_FALSE(second.publish(std::vector{event_of("a", "2")}, "two"));
    const auto seen = committed(prefix + ".bills");
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[1].value, "2");
    EXPECT_EQ(first.take(), "two");
}

// A producer that ends without a word leaves a transaction open; its position does not count.
TEST(KafkaOutlet, ATransactionThatNobodyEndedIsUndoneByTheNextOne) {
    const std::string prefix = make_outlet_topics();
    infra::KafkaOutlet outlet(options_for(prefix));
    ASSERT_EQ(outlet.take(), "");
    for (int i = 0; i < 100; ++i) ASSERT_FALSE(outlet.publish({}, "right"));
    outlet.release();
    const std::string topic = prefix + ".relay";
    for (int i = 0; i < 3; ++i) {
        infra::KafkaEvents events;
        const auto client = infra::make_kafka_client(connection(), RD_KAFKA_PRODUCER,
                                                     {{"transactional.id", topic + ".1"}}, events);
        ASSERT_EQ(rd_kafka_init_transactions(client.get(), 60'000), nullptr);
        ASSERT_EQ(rd_kafka_begin_transaction(client.get()), nullptr);
        const auto owned = infra::kafka_topic(*client, topic);
        // More than are looked at first.
        for (int n = 0; n < 200; ++n) {
            std::string text = "node\nwrong";
            rd_kafka_produce(owned.get(), 1, RD_KAFKA_MSG_F_COPY, text.data(), text.size(), "1", 1,
                             nullptr);
        }
        ASSERT_EQ(rd_kafka_flush(client.get(), 60'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    }
    EXPECT_EQ(outlet.take(), "right");
    // Whoever does not take the shard must not believe what is behind an open transaction.
    infra::KafkaEvents events;
    EXPECT_EQ(
        infra::last_committed(connection(), topic, 1, [] { return true; }, events), "\nright");
}

TEST(KafkaOutlet, AShardIsOursWhenNobodyElseWasTheLastToPublishIt) {
    const std::string prefix = make_outlet_topics();
    auto options = options_for(prefix);
    options.node = "first";
    infra::KafkaOutlet first(options);
    options.node = "second";
    infra::KafkaOutlet second(options);
    EXPECT_EQ(first.was_ours(), true);
    EXPECT_EQ(second.was_ours(), true);
    ASSERT_EQ(first.take(), "");
    ASSERT_FALSE(first.publish({}, "one"));
    EXPECT_EQ(first.was_ours(), true);
    EXPECT_EQ(second.was_ours(), false);
    ASSERT_EQ(second.take(), "one");
    ASSERT_FALSE(second.publish({}, "two"));
    EXPECT_EQ(first.was_ours(), false);
}

TEST(KafkaOutlet, AWaitForBrokersThatAreAwayEndsWhenItIsStopped) {
    auto options = options_for("nothing");
    options.connection.brokers = "127.0.0.1:1";
    infra::KafkaOutlet outlet(options);
    outlet.stop();
    const auto taken = outlet.take();
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error(), OutletError::unavailable);
}

TEST(KafkaTopics, APublicTopicThatWouldLoseEventsOrOrderIsRefused) {
    const auto plan = infra::public_topic(fresh_name(), partitions, -1);
    infra::create_topics(connection(), {plan}, 0);
    infra::check_topics(connection(), {plan});
    auto other = plan;
    other.partitions = 3;
    EXPECT_THROW(infra::check_topics(connection(), {other}), std::runtime_error);
    alter(plan, "cleanup.policy", "compact");
    EXPECT_THROW(infra::check_topics(connection(), {plan}), std::runtime_error);
}

}  // namespace
}  // namespace tests::kafka
