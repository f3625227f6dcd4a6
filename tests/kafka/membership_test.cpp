// A member of the group of writers may leave at any time: a node that is stopped just after its
// start ends well.
#include "infra/kafka/membership.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "tests/kafka/cluster.hpp"

namespace tests {
namespace {

// How many shards a member has.
class Count {
public:
    void change(infra::Share share) {
        const std::lock_guard lock(mutex_);
        count_ += share == infra::Share::given ? 1 : -1;
        changed_.notify_all();
    }
    void wait_until(int wanted) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return count_ == wanted; });
    }
    void wait_for_any(std::chrono::milliseconds at_most) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, at_most, [&] { return count_ > 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

infra::KafkaMembershipOptions options(const std::string& topic, const std::string& group,
                                      Count& count) {
    infra::KafkaMembershipOptions made;
    made.connection = kafka::connection();
    made.group = group;
    made.topic = topic;
    made.changed = [&count](journal::ShardNumber, infra::Share share) { count.change(share); };
    return made;
}

TEST(KafkaMembership, CanBeLeftAtAnyMomentOfJoining) {
    const std::string topic = kafka::make_journal_topic(3);
    constexpr int members = 60;
    for (int i = 0; i < members; ++i) {
        Count count;
        infra::KafkaMembership member(options(topic, kafka::fresh_name(), count));
        // At another moment each time.
        count.wait_for_any(std::chrono::milliseconds(i));
        member.leave();
    }
}

TEST(KafkaMembership, SharesTheShardsAndTakesThemBackFromWhoLeaves) {
    const std::string topic = kafka::make_journal_topic(4);
    const std::string group = kafka::fresh_name();
    Count first_count;
    const infra::KafkaMembership first(options(topic, group, first_count));
    first_count.wait_until(4);
    Count second_count;
    infra::KafkaMembership second(options(topic, group, second_count));
    first_count.wait_until(2);
    second_count.wait_until(2);
    EXPECT_TRUE(first.has_company(std::chrono::seconds(60)));
    second.leave();
    second_count.wait_until(0);
    first_count.wait_until(4);
}

}  // namespace
}  // namespace tests
