#include "projections/freshness.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

namespace {

using projections::Freshness;

TEST(Freshness, CallsInOrderOnceTheirEntryIsApplied) {
    Freshness freshness(3);
    std::vector<int> calls;
    const auto now = freshness.when_applied(3, [&] { calls.push_back(3); });
    EXPECT_EQ(calls, (std::vector{3}));
    const auto last = freshness.when_applied(9, [&] { calls.push_back(9); });
    const auto next = freshness.when_applied(4, [&] { calls.push_back(4); });
    freshness.advance(4);
    EXPECT_EQ(calls, (std::vector{3, 4}));
    freshness.advance(12);
    EXPECT_EQ(calls, (std::vector{3, 4, 9}));
    EXPECT_EQ(freshness.applied(), 12U);
}

TEST(Freshness, DoesNotCallWhatWasCanceled) {
    Freshness freshness(0);
    int calls = 0;
    auto kept = freshness.when_applied(1, [&] { ++calls; });
    auto canceled = freshness.when_applied(1, [&] { calls += 100; });
    canceled.reset();
    freshness.advance(1);
    EXPECT_EQ(calls, 1);
}

TEST(Freshness, LetsACallDestroyItsOwnHandleAndOthers) {
    Freshness freshness(0);
    std::shared_ptr<void> own;
    std::shared_ptr<void> other;
    int calls = 0;
    own = freshness.when_applied(1, [&] {
        ++calls;
        own.reset();
        other.reset();
    });
    other = freshness.when_applied(2, [&] { calls += 100; });
    freshness.advance(2);
    EXPECT_EQ(calls, 1);
}

TEST(Freshness, LetsACallWaitForMore) {
    Freshness freshness(0);
    std::shared_ptr<void> second;
    int calls = 0;
    const auto first =
        freshness.when_applied(1, [&] { second = freshness.when_applied(2, [&] { ++calls; }); });
    freshness.advance(1);
    EXPECT_EQ(calls, 0);
    freshness.advance(2);
    EXPECT_EQ(calls, 1);
}

TEST(Freshness, HandlesMayOutliveIt) {
    std::shared_ptr<void> handle;
    {
        Freshness freshness(0);
        handle = freshness.when_applied(1, [] {});
    }
    handle.reset();
}

TEST(Freshness, NeverCallsAfterACancelHasReturned) {
    for (journal::Seq seq = 1; seq <= 300; ++seq) {
        Freshness freshness(seq - 1);
        auto alive = std::make_unique<std::atomic<int>>(0);
        auto handle = freshness.when_applied(seq, [&counter = *alive] { ++counter; });
        std::barrier start(2);
        std::thread projector([&] {
            start.arrive_and_wait();
            freshness.advance(seq);
        });
        start.arrive_and_wait();
        handle.reset();
        alive.reset();  // A call from here on would touch freed memory.
        projector.join();
    }
}

}  // namespace
