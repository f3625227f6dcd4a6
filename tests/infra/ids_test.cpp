// Ids: their form, their order, and that no two are alike.
#include "infra/ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

class HandClock final : public commands::Clock {
public:
    domain::Timestamp now() const override {
        return domain::Timestamp(std::chrono::milliseconds(milliseconds));
    }
    std::int64_t steady_milliseconds() const override { return milliseconds; }
    std::atomic<std::int64_t> milliseconds = 1'764'000'000'000;
};

TEST(Ids, AreVersion7OfTheirMillisecond) {
    HandClock clock;
    infra::Ids ids(clock);
    const std::string id = ids.next();
    EXPECT_TRUE(std::regex_match(id, std::regex("[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}")))
        << id;
    EXPECT_EQ(std::stoll(id.substr(0, 12), nullptr, 16), clock.milliseconds);
}

TEST(Ids, RiseWithinAMillisecondAndWhenTheClockGoesBack) {
    HandClock clock;
    infra::Ids ids(clock);
    std::string last;
    for (int i = 0; i < 20'000; ++i) {
        if (i % 100 == 0) clock.milliseconds -= 3;
        std::string id = ids.next();
        ASSERT_LT(last, id);
        last = std::move(id);
    }
}

TEST(Ids, OfManyThreadsAreAllDifferentAndRiseInEach) {
    HandClock clock;
    infra::Ids ids(clock);
    std::vector<std::vector<std::string>> made(4);
    std::vector<std::thread> threads;
    for (auto& own : made) {
        threads.emplace_back([&ids, &own] {
            for (int i = 0; i < 5'000; ++i) own.push_back(ids.next());
        });
    }
    for (std::thread& thread : threads) thread.join();

    std::set<std::string> all;
    for (const auto& own : made) {
        EXPECT_TRUE(std::ranges::is_sorted(own));
        all.insert(own.begin(), own.end());
    }
    EXPECT_EQ(all.size(), 20'000U);
}

TEST(RandomWord, GivesNoWordTwice) {
    std::set<std::uint64_t> words;
    for (int i = 0; i < 1'000; ++i) words.insert(infra::random_word());
    EXPECT_EQ(words.size(), 1'000U);
}

}  // namespace
