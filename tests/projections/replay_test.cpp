// Replay is deterministic: the same journal gives the same digests, whatever the threads, batches,
// restarts and time zones; and views that are built beside the live ones take their place.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "projections/digest.hpp"
#include "projections/layout.hpp"
#include "projections/projector.hpp"
#include "projections/query.hpp"
#include "projections/switched_rows.hpp"
#include "tests/projections/publisher.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using projections::Projector;
using projections::Step;

constexpr journal::ShardNumber shards = 3;

// Random journals of some shards, in one log.
struct Journals {
    explicit Journals(std::uint64_t seed) : log(shards) {
        for (journal::ShardNumber shard = 0; shard < shards; ++shard) {
            books.push_back(std::make_unique<Book>(shard, &log));
            Publisher one(*books.back(), "one-" + std::to_string(shard), seed + shard);
            Publisher two(*books.back(), "two-" + std::to_string(shard), seed + 100 + shard);
            for (int i = 0; i < 60; ++i) {
                one.step();
                two.step();
                if (i == 30) books.back()->open("generation-2");
            }
        }
    }
    MemoryLog log;
    std::vector<std::unique_ptr<Book>> books;
};

// How a replay is run.
struct Manner {
    std::size_t batch_bytes;
    std::size_t batch_entries;
    std::size_t cached;
    bool has_threads;
    int restart_each;  // Steps.
    const char* zone;
};

class Views {
public:
    explicit Views(Journals& journals) : journals_(journals) {
        projections::prepare_rows(rows_);
        keys_ = std::make_unique<projections::KeyDirectory>(rows_);
    }

    void replay(const Manner& manner) {
        std::vector<std::thread> threads;
        for (journal::ShardNumber shard = 0; shard < shards; ++shard) {
            if (manner.has_threads) {
                threads.emplace_back([this, shard, &manner] { replay(shard, manner); });
            } else {
                replay(shard, manner);
            }
        }
        for (std::thread& thread : threads) thread.join();
    }
    std::vector<std::string> digests() const {
        std::vector<std::string> all;
        for (journal::ShardNumber shard = 0; shard < shards; ++shard) {
            for (std::size_t i = 0; i < kinds; ++i) {
                all.push_back(
                    to_hex(projections::stored_digest(rows_, shard, static_cast<domain::Kind>(i))));
            }
        }
        return all;
    }

private:
    static constexpr std::size_t kinds = describe(static_cast<const domain::Kind*>(nullptr)).size();

    void replay(journal::ShardNumber shard, const Manner& manner) {
        Step step = Step::advanced;
        while (step == Step::advanced) {
            Projector projector({shard,
                                 journals_.log,
                                 journals_.books[shard]->codec(),
                                 rows_,
                                 *keys_,
                                 projections::Contents::everything,
                                 {manner.batch_bytes, manner.batch_entries, manner.cached}});
            for (int i = 0; i < manner.restart_each && step == Step::advanced; ++i) {
                step = projector.step();
            }
            ASSERT_NE(step, Step::stopped);
        }
    }

    Journals& journals_;
    support::MemoryRows rows_;
    std::unique_ptr<projections::KeyDirectory> keys_;
};

TEST(Replay, GivesEqualDigestsWhateverThreadsBatchesRestartsAndTimeZonesThereAre) {
    const std::string zone_before = std::getenv("TZ") == nullptr ? "" : std::getenv("TZ");
    constexpr Manner manners[] = {{4 << 20, 4000, 10'000, false, 1'000'000, "UTC"},
                                  {1, 1, 2, true, 1, "Asia/Kathmandu"},
                                  {700, 3, 8, true, 2, "America/St_Johns"},
                                  {5000, 7, 100, false, 5, "Pacific/Kiritimati"}};
    for (const std::uint64_t seed : {11U, 12U, 13U}) {
        Journals journals(seed);
        std::vector<std::string> first;
        for (const Manner& manner : manners) {
            setenv("TZ", manner.zone, 1);
            tzset();
            Views views(journals);
            views.replay(manner);
            if (first.empty()) first = views.digests();
            EXPECT_EQ(views.digests(), first) << "seed " << seed << ", " << manner.zone;
        }
    }
    setenv("TZ", zone_before.c_str(), 1);
    tzset();
}

class Exchange : public testing::Test {
protected:
    Exchange() {
        for (const auto& rows : {live_rows_, built_rows_}) projections::prepare_rows(*rows);
        keys_ = std::make_unique<projections::KeyDirectory>(*live_rows_);
        built_keys_ = std::make_unique<projections::KeyDirectory>(*built_rows_);
        live_ = make(*live_rows_, *keys_);
        built_ = make(*built_rows_, *built_keys_);
        publisher_.steps(100);
    }
    std::unique_ptr<Projector> make(journal::Rows& rows, projections::KeyDirectory& keys) {
        return std::make_unique<Projector>(Projector::Parts{0,
                                                            book_.log(),
                                                            book_.codec(),
                                                            rows,
                                                            keys,
                                                            projections::Contents::everything,
                                                            {2000, 10, 100}});
    }
    static void catch_up(Projector& projector) {
        while (projector.step() == Step::advanced) {
        }
    }
    void exchange() {
        const auto held = live_->hold();
        rows_.switch_to(built_rows_);
        live_->go_on_from(*built_);
    }
    std::string page() {
        return queries_.list(domain::TenantId{"main"}, domain::Kind::bills, {.limit = 50})->json;
    }

    Book book_;
    Publisher publisher_{book_, "main", 7};
    std::shared_ptr<support::MemoryRows> live_rows_ = std::make_shared<support::MemoryRows>();
    std::shared_ptr<support::MemoryRows> built_rows_ = std::make_shared<support::MemoryRows>();
    projections::SwitchedRows rows_{live_rows_};
    projections::Queries queries_{rows_, [this](const domain::TenantId&) {
                                      return projections::Position{0, live_->applied()};
                                  }};
    std::unique_ptr<projections::KeyDirectory> keys_;
    std::unique_ptr<projections::KeyDirectory> built_keys_;
    std::unique_ptr<Projector> live_;
    std::unique_ptr<Projector> built_;
};

TEST_F(Exchange, AStepTakesInNothingBehindTheGivenRecord) {
    ASSERT_EQ(live_->step(7), Step::advanced);
    while (live_->step(7) == Step::advanced) {
    }
    EXPECT_EQ(live_->offset(), 7U);
    EXPECT_EQ(live_->step(7), Step::idle);
    EXPECT_EQ(live_->step(6), Step::idle);
    catch_up(*live_);
    EXPECT_EQ(live_->applied(), book_.seq());
}

TEST_F(Exchange, GoesOnWithTheOtherRowsAndWhoWaitsIsToldOfWhatTheyShow) {
    catch_up(*live_);
    const std::string before = page();
    while (built_->step(live_->offset()) == Step::advanced) {
    }
    exchange();
    EXPECT_EQ(page(), before);
    live_rows_.reset();
    publisher_.steps(40);
    bool is_told = false;
    const auto waiting =
        live_->freshness().when_applied(book_.seq(), [&is_told] { is_told = true; });
    EXPECT_FALSE(is_told);
    catch_up(*live_);
    EXPECT_TRUE(is_told);
    EXPECT_NE(page(), before);
    EXPECT_EQ(live_->status().seq, book_.seq());
}

TEST_F(Exchange, WhoReadsAndWhoHasASnapshotGoesOnWithTheFormerRows) {
    catch_up(*live_);
    const std::weak_ptr<support::MemoryRows> former = live_rows_;
    auto snapshot = rows_.snapshot();
    while (built_->step(live_->offset()) == Step::advanced) {
    }
    exchange();
    live_rows_.reset();
    EXPECT_FALSE(former.expired());
    const auto walk = snapshot->walk("r");
    walk->seek("r");
    EXPECT_TRUE(walk->valid());
    snapshot.reset();
    EXPECT_TRUE(former.expired());
}

TEST_F(Exchange, WhatIsAppliedNeverGoesBackWhileOthersWatch) {
    catch_up(*live_);
    std::atomic<bool> ends = false;
    std::thread watcher([&] {
        journal::Seq last = 0;
        while (!ends) {
            const auto seq = live_->status().seq;
            EXPECT_GE(seq, last);
            EXPECT_LE(live_->offset(), book_.log().end(0));
            last = seq;
        }
    });
    for (int i = 0; i < 20; ++i) {
        publisher_.steps(2);
        live_->step();
        while (built_->step(live_->offset()) == Step::advanced) {
        }
    }
    exchange();
    publisher_.steps(5);
    catch_up(*live_);
    ends = true;
    watcher.join();
    EXPECT_EQ(live_->applied(), book_.seq());
}

}  // namespace
}  // namespace tests::projections_test
