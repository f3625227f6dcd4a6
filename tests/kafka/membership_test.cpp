// A member of the group of writers may leave at any time: a node that is stopped just after its
// start ends well.
#include "infra/kafka/membership.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>

#include "tests/kafka/cluster.hpp"

namespace tests {
namespace {

// The shards that a member has, and all that it was told of.
class Count {
public:
    void change(journal::ShardNumber shard, journal::Hint hint) {
        const std::lock_guard lock(mutex_);
        told_.insert(shard);
        if (hint == journal::Hint::mine) {
            given_.insert(shard);
        } else {
            given_.erase(shard);
        }
        changed_.notify_all();
    }
    void wait_until(std::size_t wanted) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return given_.size() == wanted; });
    }
    void wait_until_told_of(std::size_t shards) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return told_.size() == shards; });
    }
    void wait_for_any(std::chrono::milliseconds at_most) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, at_most, [&] { return !given_.empty(); });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<journal::ShardNumber> given_;
    std::set<journal::ShardNumber> told_;
};

infra::KafkaMembershipOptions options(const std::string& topic, const std::string& group,
                                      journal::ShardNumber shards, Count& count) {
    infra::KafkaMembershipOptions made;
    made.connection = kafka::connection();
    made.group = group;
    made.topic = topic;
    made.shards = shards;
    made.changed = [&count](journal::ShardNumber shard, journal::Hint hint) {
        count.change(shard, hint);
    };
    return made;
}

TEST(KafkaMembership, CanBeLeftAtAnyMomentOfJoining) {
    const std::string topic = kafka::make_journal_topic(3);
    constexpr int members = 60;
    for (int i = 0; i < members; ++i) {
        Count count;
        infra::KafkaMembership member(options(topic, kafka::fresh_name(), 3, count));
        // At another moment each time.
        count.wait_for_any(std::chrono::milliseconds(i));
        member.leave();
    }
}

TEST(KafkaMembership, SharesTheShardsAndTakesThemBackFromWhoLeaves) {
    const std::string topic = kafka::make_journal_topic(4);
    const std::string group = kafka::fresh_name();
    Count first_count;
    const infra::KafkaMembership first(options(topic, group, 4, first_count));
    first_count.wait_until(4);
    Count second_count;
    infra::KafkaMembership second(options(topic, group, 4, second_count));
    first_count.wait_until(2);
    second_count.wait_until(2);
    second_count.wait_until_told_of(4);
    EXPECT_TRUE(first.has_company(std::chrono::seconds(60)));
    second.leave();
    second_count.wait_until(0);
    first_count.wait_until(4);
}

}  // namespace
}  // namespace tests
