// A member of the group of writers may leave at any time: a node that is stopped just after its
// start ends well.
#include "infra/kafka/membership.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/kafka/cluster.hpp"

namespace tests {
namespace {

// How many shards a member has.
class Count {
public:
    void change(infra::Share share) {
        count_ += share == infra::Share::given ? 1 : -1;
        count_.notify_all();
    }
    void wait_until(int wanted) const {
        for (int count = count_; count != wanted; count = count_) count_.wait(count);
    }

private:
    std::atomic<int> count_ = 0;
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
        // Not to wait for anything, but to leave at another moment each time.
        std::this_thread::sleep_for(std::chrono::milliseconds(i));
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
