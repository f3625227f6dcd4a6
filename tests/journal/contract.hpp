// What every journal engine promises, as a suite that runs on any of them.
//
// An Engine is made fresh for each test and has
//   journal::Journal& journal();                              two shards, empty at first
//   bool eventually(const std::function<bool()>& holds);      lets the engine work until it holds
//   void reopen();                                            ends the engine and starts it again
//   void fail_what_comes_next();                              the next write fails
//   void recover();                                           writes succeed again
//   static constexpr bool repeats;                            records may be there twice
// REQUIRES: sessions and subscriptions are gone before reopen().
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "journal/journal.hpp"

namespace tests::journal_contract {

using journal::Bytes;
using journal::Journal;
using journal::Offset;
using journal::Record;
using journal::ShardNumber;

constexpr std::size_t plenty = 64 << 20;

inline Bytes bytes(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

inline std::vector<Record> all_records(Journal& journal, ShardNumber shard) {
    std::vector<Record> all;
    for (;;) {
        const auto some = journal.read(shard, all.empty() ? 0 : all.back().offset, plenty);
        if (!some) {
            ADD_FAILURE() << "the journal cannot be read";
            return all;
        }
        if (some->empty()) return all;
        all.insert(all.end(), some->begin(), some->end());
    }
}

// The records' bytes in order, each once.
inline std::vector<std::string> texts(const std::vector<Record>& records) {
    std::vector<std::string> found;
    std::set<std::string> seen;
    for (const auto& record : records) {
        if (seen.insert(*record.bytes).second) found.push_back(*record.bytes);
    }
    return found;
}

inline std::vector<std::string> texts(Journal& journal, ShardNumber shard = 0) {
    return texts(all_records(journal, shard));
}

inline std::vector<std::string> numbered(const std::string& name, int count) {
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) names.push_back(name + std::to_string(i));
    return names;
}

// Of these texts, those that begin with `name`.
inline std::vector<std::string> of(const std::string& name, const std::vector<std::string>& all) {
    std::vector<std::string> found;
    std::ranges::copy_if(all, std::back_inserter(found),
                         [&](const std::string& text) { return text.starts_with(name); });
    return found;
}

inline bool is_prefix(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

template <class Engine>
class JournalContract : public testing::Test {
protected:
    Journal& log() { return engine_.journal(); }

    // Appends each text as a batch of its own.
    static void append(journal::Session& session, const std::vector<std::string>& all) {
        for (const auto& text : all) session.append({bytes(text)});
    }
    void append_and_wait(const std::vector<std::string>& all, ShardNumber shard = 0) {
        const auto session = log().open_session(shard);
        append(*session, all);
        ASSERT_TRUE(engine_.eventually([&] { return is_there(all.back(), shard); }));
    }
    bool is_there(const std::string& text, ShardNumber shard = 0) {
        return std::ranges::count(texts(log(), shard), text) > 0;
    }

    Engine engine_;
};

TYPED_TEST_SUITE_P(JournalContract);

TYPED_TEST_P(JournalContract, AnEmptyShardEndsAtZeroAndGivesNothing) {
    for (ShardNumber shard = 0; shard < this->log().shards(); ++shard) {
        EXPECT_EQ(this->log().end(shard), 0U);
        EXPECT_TRUE(all_records(this->log(), shard).empty());
    }
}

TYPED_TEST_P(JournalContract, GivesBackTheSameBytesInTheOrderInWhichTheyWereAppended) {
    const std::vector<std::string> all = {"one", std::string("\0\xFF\n\0", 4),
                                          std::string(1 << 20, 'x'), " ", "{\"v\":1}"};
    this->append_and_wait(all);
    EXPECT_EQ(texts(this->log()), all);
}

TYPED_TEST_P(JournalContract, KeepsTheOrderWithinABatchAndBetweenBatches) {
    const auto session = this->log().open_session(0);
    session->append({bytes("a0"), bytes("a1"), bytes("a2")});
    session->append({});
    session->append({bytes("a3"), bytes("a4")});
    ASSERT_TRUE(this->engine_.eventually([&] { return this->is_there("a4"); }));
    EXPECT_EQ(texts(this->log()), numbered("a", 5));
}

TYPED_TEST_P(JournalContract, OffsetsRiseAndTheLastOneIsTheEnd) {
    this->append_and_wait(numbered("a", 50));
    const auto records = all_records(this->log(), 0);
    for (std::size_t i = 1; i < records.size(); ++i) {
        EXPECT_LT(records[i - 1].offset, records[i].offset);
    }
    ASSERT_FALSE(records.empty());
    EXPECT_GT(records.front().offset, 0U);
    EXPECT_EQ(records.back().offset, this->log().end(0));
}

TYPED_TEST_P(JournalContract, CanBeReadFromAnyPosition) {
    this->append_and_wait(numbered("a", 50));
    const auto all = all_records(this->log(), 0);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto rest = this->log().read(0, all[i].offset, plenty);
        ASSERT_TRUE(rest);
        ASSERT_EQ(rest->size(), all.size() - i - 1);
        if (rest->empty()) continue;
        EXPECT_EQ(rest->front().offset, all[i + 1].offset);
        EXPECT_EQ(*rest->front().bytes, *all[i + 1].bytes);
    }
    EXPECT_TRUE(this->log().read(0, this->log().end(0) + 1000, plenty)->empty());
}

TYPED_TEST_P(JournalContract, GivesAsManyAsFitAndOneAtLeast) {
    this->append_and_wait({std::string(100, 'a'), std::string(100, 'b'), std::string(100, 'c')});
    const auto count = [&](std::size_t bytes_max) {
        return this->log().read(0, 0, bytes_max)->size();
    };
    EXPECT_EQ(count(1), 1U);
    EXPECT_EQ(count(199), 1U);
    EXPECT_EQ(count(200), 2U);
    EXPECT_EQ(count(plenty), all_records(this->log(), 0).size());
}

TYPED_TEST_P(JournalContract, KeepsShardsApart) {
    this->append_and_wait(numbered("a", 10), 0);
    this->append_and_wait(numbered("b", 10), 1);
    EXPECT_EQ(texts(this->log(), 0), numbered("a", 10));
    EXPECT_EQ(texts(this->log(), 1), numbered("b", 10));
}

TYPED_TEST_P(JournalContract, EachOfTwoSessionsOfAShardKeepsItsOrder) {
    const auto first = this->log().open_session(0);
    const auto second = this->log().open_session(0);
    for (int i = 0; i < 30; ++i) {
        first->append({bytes("a" + std::to_string(i))});
        second->append({bytes("b" + std::to_string(i))});
    }
    ASSERT_TRUE(
        this->engine_.eventually([&] { return this->is_there("a29") && this->is_there("b29"); }));
    const auto all = texts(this->log());
    EXPECT_EQ(of("a", all), numbered("a", 30));
    EXPECT_EQ(of("b", all), numbered("b", 30));
}

TYPED_TEST_P(JournalContract, WhatASessionLeavesBehindIsAPrefixOfWhatItAppended) {
    {
        const auto session = this->log().open_session(0);
        this->append(*session, numbered("a", 20));
    }
    this->append_and_wait({"later"});
    EXPECT_TRUE(is_prefix(of("a", texts(this->log())), numbered("a", 20)));
}

// A reader that sleeps until it is woken gets everything: no wake is lost.
TYPED_TEST_P(JournalContract, WakesWheneverThereIsSomethingNew) {
    std::atomic<int> wakes = 0;
    const auto subscription = this->log().subscribe(0, [&] { ++wakes; });
    const auto session = this->log().open_session(0);
    Offset position = 0;
    for (int i = 0; i < 20; ++i) {
        const int before = wakes;
        const std::string text = "a" + std::to_string(i);
        session->append({bytes(text)});
        ASSERT_TRUE(this->engine_.eventually([&] { return wakes > before; }));
        const auto is_new = [&] {
            const auto some = this->log().read(0, position, plenty);
            return std::ranges::any_of(*some, [&](const auto& r) { return *r.bytes == text; });
        };
        ASSERT_TRUE(this->engine_.eventually(is_new));
        position = this->log().end(0);
    }
}

TYPED_TEST_P(JournalContract, NobodyIsWokenAfterTheSubscriptionEnded) {
    std::atomic<int> wakes = 0;
    auto subscription = this->log().subscribe(0, [&] { ++wakes; });
    this->append_and_wait({"a"});
    subscription.reset();
    const int before = wakes;
    this->append_and_wait({"b"});
    EXPECT_EQ(wakes, before);
}

TYPED_TEST_P(JournalContract, WhatWasReadIsThereAfterTheNextStart) {
    this->append_and_wait(numbered("a", 20), 0);
    this->append_and_wait(numbered("b", 20), 1);
    const auto before = all_records(this->log(), 0);
    this->engine_.reopen();
    const auto after = all_records(this->log(), 0);
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_EQ(after[i].offset, before[i].offset);
        EXPECT_EQ(*after[i].bytes, *before[i].bytes);
    }
    EXPECT_EQ(this->log().end(0), before.back().offset);
    this->append_and_wait({"c"}, 0);
    EXPECT_GT(this->log().end(0), before.back().offset);
    EXPECT_EQ(texts(this->log(), 1), numbered("b", 20));
}

TYPED_TEST_P(JournalContract, AFailureEndsTheSessionAndWakesItsOwner) {
    std::atomic<int> wakes = 0;
    this->append_and_wait({"before"});
    const auto subscription = this->log().subscribe(0, [&] { ++wakes; });
    const auto session = this->log().open_session(0);
    EXPECT_FALSE(session->error());
    this->engine_.fail_what_comes_next();
    this->append(*session, numbered("a", 5));
    ASSERT_TRUE(this->engine_.eventually([&] { return session->error() && wakes > 0; }));
    this->append(*session, {"too late"});

    this->engine_.recover();
    std::unique_ptr<journal::Session> next;
    ASSERT_TRUE(this->engine_.eventually([&] {
        next = this->log().open_session(0);
        return !next->error();
    }));
    this->append(*next, {"next"});
    ASSERT_TRUE(this->engine_.eventually([&] { return this->is_there("next"); }));
    EXPECT_TRUE(session->error());
    const auto all = texts(this->log());
    EXPECT_TRUE(is_prefix(of("a", all), numbered("a", 5)));
    EXPECT_EQ(of("too late", all).size(), 0U);
    EXPECT_EQ(all.front(), "before");
}

TYPED_TEST_P(JournalContract, WhatAFailedSessionLeftBehindIsTheSameAfterTheNextStart) {
    std::vector<std::string> before;
    {
        auto session = this->log().open_session(0);
        this->engine_.fail_what_comes_next();
        this->append(*session, numbered("a", 5));
        ASSERT_TRUE(this->engine_.eventually([&] { return session->error().has_value(); }));
        this->engine_.recover();
        ASSERT_TRUE(this->engine_.eventually([&] {
            session = this->log().open_session(0);
            return !session->error();
        }));
        this->append(*session, {"next"});
        ASSERT_TRUE(this->engine_.eventually([&] { return this->is_there("next"); }));
        before = texts(this->log());
    }
    this->engine_.reopen();
    EXPECT_TRUE(is_prefix(before, texts(this->log())));
}

TYPED_TEST_P(JournalContract, RepeatsNothingUnlessItSaysSo) {
    this->append_and_wait(numbered("a", 100));
    const auto records = all_records(this->log(), 0);
    if (!TypeParam::repeats) EXPECT_EQ(records.size(), 100U);
    EXPECT_EQ(texts(records), numbered("a", 100));
}

REGISTER_TYPED_TEST_SUITE_P(
    JournalContract, AnEmptyShardEndsAtZeroAndGivesNothing,
    GivesBackTheSameBytesInTheOrderInWhichTheyWereAppended,
    KeepsTheOrderWithinABatchAndBetweenBatches, OffsetsRiseAndTheLastOneIsTheEnd,
    CanBeReadFromAnyPosition, GivesAsManyAsFitAndOneAtLeast, KeepsShardsApart,
    EachOfTwoSessionsOfAShardKeepsItsOrder, WhatASessionLeavesBehindIsAPrefixOfWhatItAppended,
    WakesWheneverThereIsSomethingNew, NobodyIsWokenAfterTheSubscriptionEnded,
    WhatWasReadIsThereAfterTheNextStart, AFailureEndsTheSessionAndWakesItsOwner,
    WhatAFailedSessionLeftBehindIsTheSameAfterTheNextStart, RepeatsNothingUnlessItSaysSo);

}  // namespace tests::journal_contract
