// What the journal on Kafka does beyond the contract: it refuses a topic that could lose records,
// and never goes on where some are missing.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

#include "infra/kafka/kafka_journal.hpp"
#include "tests/kafka/cluster.hpp"

namespace tests::kafka {
namespace {

infra::KafkaJournalOptions options_for(const std::string& topic) {
    infra::KafkaJournalOptions options;
    options.connection = connection();
    options.topic = topic;
    options.delivery_timeout = std::chrono::seconds(60);
    options.read_timeout = std::chrono::seconds(60);
    return options;
}

std::string refusal(const std::function<void()>& action) {
    try {
        action();
    } catch (const std::runtime_error& failure) {
        return failure.what();
    }
    return {};
}

journal::Bytes bytes(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

// Waits until a condition on the shard holds; it is looked at whenever the journal wakes.
bool wait_for(journal::Journal& log, const std::function<bool()>& holds) {
    std::mutex mutex;
    std::condition_variable woken;
    const auto subscription = log.subscribe(0, [&] { woken.notify_all(); });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::unique_lock lock(mutex);
        woken.wait_for(lock, std::chrono::milliseconds(5));
    }
    return true;
}

TEST(KafkaJournal, ATopicThatIsMissingIsNotMadeAndTheMessageSaysHowTo) {
    const std::string topic = fresh_name();
    const std::string why = refusal([&] { const infra::KafkaJournal log(options_for(topic)); });
    EXPECT_NE(why.find("no topic " + topic), std::string::npos) << why;
    EXPECT_NE(why.find("daybook topics create"), std::string::npos) << why;
}

TEST(KafkaJournal, EachSettingThatCouldLoseRecordsIsRefusedByNameWithBothValues) {
    struct Row {
        std::string name;
        std::string value;
    };
    const Row rows[] = {{"retention.ms", "604800000"},
                        {"retention.bytes", "1000000000"},
                        {"cleanup.policy", "compact"},
                        {"unclean.leader.election.enable", "true"},
                        {"message.timestamp.type", "CreateTime"},
                        {"max.message.bytes", "1048588"}};
    for (const auto& [name, value] : rows) {
        const auto plan = infra::journal_topic(make_journal_topic(1), 1);
        alter(plan, name, value);
        // Brokers learn of it a moment later.
        std::string why;
        while (why.empty()) {
            why = refusal([&] { infra::check_topic(connection(), plan); });
        }
        std::string said = plan.name;
        said.append(": ").append(name).append(" is ").append(value).append(" and must be ");
        EXPECT_NE(why.find(said), std::string::npos) << why;
    }
}

TEST(KafkaJournal, TopicsThatAreMadePassTheCheckAndAreNotMadeAgain) {
    const auto journal = infra::journal_topic(fresh_name(), 5);
    const auto keys = infra::keys_topic(fresh_name());
    const std::vector<std::string> both = {journal.name, keys.name};
    EXPECT_EQ(infra::create_topics(connection(), {journal, keys}, 0), both);
    EXPECT_TRUE(infra::create_topics(connection(), {journal, keys}, 0).empty());
    EXPECT_EQ(infra::check_topic(connection(), journal), 5);
    EXPECT_EQ(infra::check_topic(connection(), keys), 1);
}

TEST(KafkaJournal, BrokersThatDoNotAnswerAreNamed) {
    infra::KafkaConnection nobody;
    nobody.brokers = "127.0.0.1:1";
    nobody.patience = std::chrono::milliseconds(300);
    const std::string why =
        refusal([&] { infra::check_topic(nobody, infra::journal_topic("any", 1)); });
    EXPECT_NE(why.find("127.0.0.1:1"), std::string::npos) << why;
}

// Deleted records must not look like a shorter journal.
TEST(KafkaJournal, ATopicWhoseFirstRecordsWereDeletedIsRefused) {
    const std::string topic = make_journal_topic(1);
    ASSERT_TRUE(send(topic, 0, "first"));
    ASSERT_TRUE(send(topic, 0, "second"));
    delete_records(topic, 0, 1);
    const std::string why = refusal([&] { const infra::KafkaJournal log(options_for(topic)); });
    EXPECT_NE(why.find("begins at offset 1"), std::string::npos) << why;
}

// A reader that would go on behind the gap would judge what follows as void.
TEST(KafkaJournal, AReaderThatFindsRecordsGoneStopsForGood) {
    const std::string topic = make_journal_topic(1);
    for (const char* text : {"first", "second", "third"}) ASSERT_TRUE(send(topic, 0, text));
    infra::KafkaJournal log(options_for(topic));
    delete_records(topic, 0, 2);
    const auto read = log.read(0, 0, 1 << 20);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error(), journal::JournalError::broken);
    EXPECT_TRUE(log.is_broken());
    EXPECT_EQ(log.open_session(0)->error(), journal::JournalError::broken);
}

TEST(KafkaJournal, WhatAnotherProcessAppendsIsReadAndWakes) {
    infra::KafkaJournal log(options_for(make_journal_topic(2)));
    infra::KafkaJournal other(options_for(log.topic()));
    const auto session = other.open_session(0);
    session->append({bytes("theirs")});
    ASSERT_TRUE(wait_for(log, [&] { return log.end(0) == 1; }));
    EXPECT_EQ(*log.read(0, 0, 100)->front().bytes, "theirs");
    EXPECT_FALSE(log.is_exclusive());
}

// A foreign tombstone or an empty value is a record like any other: void, and no crash.
TEST(KafkaJournal, ARecordWithoutAValueIsEmpty) {
    const std::string topic = make_journal_topic(1);
    ASSERT_TRUE(send(topic, 0, ""));
    infra::KafkaJournal log(options_for(topic));
    const auto read = log.read(0, 0, 100);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1U);
    EXPECT_TRUE(read->front().bytes->empty());
}

TEST(KafkaJournal, ManyRecordsAreReadAgainInTheirOrderFromAnyPlace) {
    auto options = options_for(make_journal_topic(1));
    options.tail_bytes_max = 64 << 10;
    infra::KafkaJournal log(options);
    constexpr std::size_t count = 20'000;
    const auto session = log.open_session(0);
    for (std::size_t i = 0; i < count; i += 100) {
        std::vector<journal::Bytes> batch;
        for (std::size_t k = i; k < i + 100; ++k) {
            batch.push_back(bytes(std::to_string(k) + std::string(500, '.')));
        }
        session->append(std::move(batch));
    }
    ASSERT_TRUE(wait_for(log, [&] { return log.end(0) == count; }));
    for (const journal::Offset start : {0U, 1U, 12'345U, 19'999U, 7U}) {
        for (journal::Offset after = start; after < count;) {
            const auto some = log.read(0, after, 3 << 20);
            ASSERT_TRUE(some);
            ASSERT_FALSE(some->empty());
            for (const auto& record : *some) {
                ASSERT_EQ(record.offset, after + 1);
                ASSERT_TRUE(record.bytes->starts_with(std::to_string(after) + "."));
                ++after;
            }
        }
    }
    // As the feed reads a tenant's entries among those of others, and goes back for the next page.
    for (const journal::Offset step : {97U, 7U, 3000U}) {
        for (journal::Offset offset = 1; offset < 10'000; offset += step) {
            const auto one = log.read(0, offset - 1, 1);
            ASSERT_TRUE(one);
            ASSERT_EQ(one->size(), 1U);
            ASSERT_EQ(one->front().offset, offset);
        }
    }
}

}  // namespace
}  // namespace tests::kafka
