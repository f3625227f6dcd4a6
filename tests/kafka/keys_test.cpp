// Data keys on a real topic: the first one of a person counts on all nodes, and what is destroyed
// is gone from the topic and from every copy.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "infra/kafka/kafka_key_store.hpp"
#include "infra/keys/randomness.hpp"
#include "infra/rocksdb/rows.hpp"
#include "tests/kafka/cluster.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests::kafka {
namespace {

using journal::Person;

Person person(const std::string& user, const std::string& tenant = "acme") {
    return {{tenant}, {user}};
}

std::string make_keys_topic() {
    std::string name = fresh_name();
    infra::create_topics(connection(), {infra::keys_topic(name)}, 0);
    return name;
}

// One node: a store and its copy.
class Node {
public:
    explicit Node(std::string topic, unsigned char key = 9) : topic_(std::move(topic)), key_(key) {
        open();
    }
    infra::KafkaKeyStore& store() { return *store_; }
    bool create(const std::vector<Person>& persons) { return store_->create(persons); }
    void reopen() {
        store_.reset();
        rows_.reset();
        open();
    }
    void lose_copy() {
        store_.reset();
        rows_.reset();
        std::filesystem::remove_all(directory_.path() / "keys");
        open();
    }
    bool is_in_a_file(std::string_view bytes) const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path())) {
            if (!entry.is_regular_file()) continue;
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(file), {}};
            if (text.contains(bytes)) return true;
        }
        return false;
    }
    infra::RocksRows& rows() { return *rows_; }

private:
    void open() {
        infra::RocksRowsOptions rows;
        rows.directory = directory_.path() / "keys";
        rows_ = std::make_unique<infra::RocksRows>(std::move(rows));
        infra::KafkaKeyStoreOptions options;
        options.connection = connection();
        options.topic = topic_;
        options.timeout = std::chrono::seconds(60);
        options.root_key.bytes.fill(key_);
        store_ = std::make_unique<infra::KafkaKeyStore>(options, randomness_, *rows_);
    }

    std::string topic_;
    unsigned char key_;
    support::TemporaryDirectory directory_;
    infra::SodiumRandomness randomness_;
    std::unique_ptr<infra::RocksRows> rows_;
    std::unique_ptr<infra::KafkaKeyStore> store_;
};

// The message keys that the topic has with a value, as compaction would leave them.
std::set<std::string> left_in(const std::string& topic) {
    infra::KafkaEvents events;
    const auto client =
        infra::make_kafka_consumer(connection(), {{"enable.partition.eof", "true"}}, events);
    const auto owned = infra::kafka_topic(*client, topic);
    rd_kafka_consume_start(owned.get(), 0, 0);
    std::set<std::string> left;
    while (true) {
        const infra::KafkaMessage message(rd_kafka_consume(owned.get(), 0, 60'000));
        if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) break;
        const std::string key(static_cast<const char*>(message->key), message->key_len);
        if (message->payload == nullptr) {
            left.erase(key);
        } else {
            left.insert(key);
        }
    }
    rd_kafka_consume_stop(owned.get(), 0);
    return left;
}

long keys_left_in(const std::string& topic) {
    return std::ranges::count_if(left_in(topic),
                                 [](const std::string& key) { return key.starts_with('k'); });
}

template <class Condition>
bool eventually(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

TEST(KafkaKeys, EachPersonHasAKeyOfItsOwnAndKeepsIt) {
    Node node(make_keys_topic());
    ASSERT_TRUE(node.create({person("a"), person("b"), person("a", "other"), person("a")}));
    const auto first = node.store().find(person("a"));
    ASSERT_TRUE(first);
    EXPECT_NE(first, node.store().find(person("b")));
    EXPECT_NE(first, node.store().find(person("a", "other")));
    EXPECT_EQ(node.store().find(person("nobody")), std::nullopt);
    ASSERT_TRUE(node.create({person("a"), person("c")}));
    EXPECT_EQ(node.store().find(person("a")), first);
    node.reopen();
    EXPECT_EQ(node.store().find(person("a")), first);
    EXPECT_TRUE(node.store().find(person("c")));
    node.lose_copy();
    EXPECT_EQ(node.store().find(person("a")), first);
}

// A person without a key is one whose key was erased, so a copy that is behind must not say so.
TEST(KafkaKeys, AKeyThatOneNodeHasMadeIsFoundByEveryOther) {
    const std::string topic = make_keys_topic();
    Node node(topic);
    Node other(topic);
    for (int i = 0; i < 30; ++i) {
        const Person one = person("user" + std::to_string(i));
        ASSERT_TRUE(node.create({one}));
        const auto key = other.store().find(one);
        ASSERT_TRUE(key);
        EXPECT_EQ(key, node.store().find(one));
    }
}

// Otherwise what was sealed with the first key could not be read any more.
TEST(KafkaKeys, OfTwoNodesThatMakeAKeyForOnePersonBothUseTheFirst) {
    const std::string topic = make_keys_topic();
    Node node(topic);
    Node other(topic);
    std::vector<Person> persons;
    for (int i = 0; i < 200; ++i) persons.push_back(person("user" + std::to_string(i)));
    {
        const std::jthread one([&] { EXPECT_TRUE(node.create(persons)); });
        const std::jthread two([&] { EXPECT_TRUE(other.create(persons)); });
    }
    Node late(topic);
    for (const Person& one : persons) {
        const auto key = node.store().find(one);
        ASSERT_TRUE(key);
        EXPECT_EQ(other.store().find(one), key);
        EXPECT_EQ(late.store().find(one), key);
    }
    // Those that do not count are erased.
    EXPECT_TRUE(eventually([&] { return keys_left_in(topic) == 200; }));
    node.lose_copy();
    EXPECT_EQ(node.store().find(persons[7]), late.store().find(persons[7]));
}

TEST(KafkaKeys, ADestroyedKeyIsGoneForEverOnAllNodesAndInTheTopic) {
    const std::string topic = make_keys_topic();
    Node node(topic);
    Node other(topic);
    // One name begins with the other.
    ASSERT_TRUE(node.create({person("a"), person("ab"), person("b")}));
    ASSERT_TRUE(other.store().find(person("a")));
    std::string wrapped;
    node.rows().get(std::string("kacme\0a\0", 8), [&](std::string_view value) { wrapped = value; });
    ASSERT_EQ(wrapped.size(), 72U);

    ASSERT_TRUE(node.store().destroy(person("a")));
    ASSERT_TRUE(node.store().destroy(person("a")));
    ASSERT_TRUE(node.store().destroy(person("never there")));
    EXPECT_EQ(node.store().find(person("a")), std::nullopt);
    EXPECT_TRUE(eventually([&] { return !other.store().find(person("a")); }));
    ASSERT_TRUE(other.create({person("a"), person("never there")}));
    EXPECT_EQ(other.store().find(person("a")), std::nullopt);
    EXPECT_EQ(other.store().find(person("never there")), std::nullopt);
    EXPECT_TRUE(other.store().find(person("ab")));
    EXPECT_TRUE(eventually([&] { return keys_left_in(topic) == 2; }));
    EXPECT_TRUE(eventually([&] { return !node.is_in_a_file(wrapped); }));
    EXPECT_TRUE(eventually([&] { return !other.is_in_a_file(wrapped); }));

    node.lose_copy();
    EXPECT_EQ(node.store().find(person("a")), std::nullopt);
    ASSERT_TRUE(node.create({person("a")}));
    EXPECT_EQ(node.store().find(person("a")), std::nullopt);
}

// What a paused node sends late may be the key of a person who was erased meanwhile.
TEST(KafkaKeys, AKeyThatComesAfterItsPersonWasErasedIsErasedToo) {
    const std::string topic = make_keys_topic();
    Node node(topic);
    ASSERT_TRUE(node.store().destroy(person("a")));
    infra::KafkaEvents events;
    const auto client = infra::make_kafka_client(connection(), RD_KAFKA_PRODUCER, {}, events);
    const auto owned = infra::kafka_topic(*client, topic);
    std::string key("kacme\0a\0late", 12);
    std::string value(72, 'x');
    rd_kafka_produce(owned.get(), 0, RD_KAFKA_MSG_F_COPY, value.data(), value.size(), key.data(),
                     key.size(), nullptr);
    ASSERT_EQ(rd_kafka_flush(client.get(), 60'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_TRUE(eventually([&] { return keys_left_in(topic) == 0; }));
    EXPECT_EQ(node.store().find(person("a")), std::nullopt);
}

TEST(KafkaKeys, ANodeWithAnotherKeyEncryptionKeyIsRefused) {
    const std::string topic = make_keys_topic();
    Node node(topic);
    try {
        const Node other(topic, 10);
        FAIL() << "it was not refused";
    } catch (const std::runtime_error& refused) {
        EXPECT_NE(std::string(refused.what()).find("another key-encryption key"),
                  std::string::npos);
    }
}

TEST(KafkaKeys, TheFirstNoteCountsOnAllNodes) {
    const std::string topic = make_keys_topic();
    Node node(topic);
    Node other(topic);
    EXPECT_EQ(node.store().note("shards", "12"), "12");
    EXPECT_EQ(other.store().note("shards", "13"), "12");
    other.lose_copy();
    EXPECT_EQ(other.store().note("shards", "13"), "12");
}

TEST(KafkaKeys, ManyThreadsFindWhileOthersCreateAndDestroy) {
    Node node(make_keys_topic());
    ASSERT_TRUE(node.create({person("a")}));
    const auto key = node.store().find(person("a"));
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 50; ++k) {
                EXPECT_EQ(node.store().find(person("a")), key);
                node.store().find(person(std::to_string(k)));
            }
        });
    }
    threads.emplace_back([&] {
        for (int k = 0; k < 50; ++k) {
            const Person one = person(std::to_string(k));
            EXPECT_TRUE(node.create({one}));
            if (k % 3 == 0) EXPECT_TRUE(node.store().destroy(one));
            if (k % 3 == 0) EXPECT_EQ(node.store().find(one), std::nullopt);
        }
    });
}

}  // namespace
}  // namespace tests::kafka
