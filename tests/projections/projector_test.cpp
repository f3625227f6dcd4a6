#include "projections/projector.hpp"

#include <gtest/gtest.h>

#include <future>

#include "infra/rocksdb/rows.hpp"
#include "projections/digest.hpp"
#include "projections/representation.hpp"
#include "projections/row_keys.hpp"
#include "projections/runner.hpp"
#include "tests/projections/posted.hpp"
#include "tests/projections/publisher.hpp"
#include "tests/support/memory_directory.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using domain::Kind;
using projections::Step;
using projections::StopReason;
using support::MemoryRows;

constexpr std::size_t kinds = describe(static_cast<const Kind*>(nullptr)).size();

std::vector<std::string> digests(const journal::Rows& rows, journal::ShardNumber shard = 0) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < kinds; ++i) {
        all.push_back(to_hex(projections::stored_digest(rows, shard, static_cast<Kind>(i))));
    }
    return all;
}

void expect_true_digests(const journal::Rows& rows) {
    const auto shard_of = [](const domain::TenantId&) { return journal::ShardNumber{0}; };
    for (std::size_t i = 0; i < kinds; ++i) {
        const Kind kind = static_cast<Kind>(i);
        EXPECT_EQ(projections::computed_digest(rows, 0, kind, shard_of),
                  projections::stored_digest(rows, 0, kind))
            << domain::name(kind);
    }
}

void expect_straight_fold(const Book& book, const projections::Queries& queries) {
    for (const auto& [key, aggregate] : book.aggregates()) {
        const auto& [tenant, subject] = key;
        const auto got = queries.get(domain::TenantId{tenant}, subject);
        ASSERT_TRUE(got.resource) << to_text(subject);
        EXPECT_EQ(got.resource->json, projections::representation(aggregate));
        EXPECT_EQ(got.resource->version, version_of(aggregate));
    }
}

TEST(Projector, PostsWhatAStraightFoldGives) {
    Book book;
    Publisher publisher(book, "acme", 1);
    publisher.steps(600);
    MemoryRows rows;
    Posted posted(book, rows);
    EXPECT_EQ(posted.catch_up(), Step::idle);
    EXPECT_EQ(posted.projector().applied(), book.seq());
    expect_straight_fold(book, posted.queries());
    expect_true_digests(rows);
}

TEST(Projector, PostsTheSameRowsWhateverTheBatchesAndTheCache) {
    Book book;
    Publisher publisher(book, "acme", 2);
    publisher.steps(400);
    MemoryRows expected;
    Posted(book, expected).catch_up();
    for (const std::size_t entries : {1U, 3U, 50U}) {
        for (const std::size_t cached : {0U, 4U, 1000U}) {
            MemoryRows rows;
            Posted posted(book, rows,
                          {.batch_bytes_max = 5000,
                           .batch_entries_max = entries,
                           .cached_aggregates_max = cached});
            EXPECT_EQ(posted.catch_up(), Step::idle);
            EXPECT_EQ(rows.all(), expected.all());
        }
    }
}

TEST(Projector, GoesOnAfterACrashAtAnyBatch) {
    Book book;
    Publisher publisher(book, "acme", 3);
    publisher.steps(60);
    MemoryRows expected;
    Posted(book, expected).catch_up();
    MemoryRows rows;
    Posted posted(book, rows, {.batch_entries_max = 2});
    while (posted.projector().step() == Step::advanced) posted.restart();
    EXPECT_EQ(rows.all(), expected.all());
}

TEST(Projector, GivesTheSameDigestsOnDisk) {
    Book book;
    Publisher publisher(book, "acme", 4);
    publisher.steps(200);
    MemoryRows expected;
    Posted(book, expected).catch_up();
    const support::MemoryDirectory directory;
    for (int round = 0; round < 3; ++round) {
        infra::RocksRowsOptions options;
        options.directory = directory.path();
        infra::RocksRows rows(options);
        Posted posted(book, rows, {.batch_entries_max = 80});
        posted.projector().step();
        if (round == 2) {
            posted.catch_up();
            EXPECT_EQ(digests(rows), digests(expected));
            expect_true_digests(rows);
            expect_straight_fold(book, posted.queries());
        }
    }
}

TEST(Projector, TriesAgainWhenTheDiskRefusesAndPostsOnce) {
    Book book;
    Publisher publisher(book, "acme", 5);
    publisher.steps(20);
    MemoryRows rows;
    Posted posted(book, rows);
    rows.refuse_writes(2);
    EXPECT_EQ(posted.projector().step(), Step::refused);
    EXPECT_TRUE(posted.projector().status().is_waiting_for_disk);
    EXPECT_EQ(posted.projector().applied(), 0U);
    EXPECT_EQ(posted.projector().step(), Step::refused);
    EXPECT_EQ(posted.catch_up(), Step::idle);
    EXPECT_FALSE(posted.projector().status().is_waiting_for_disk);
    expect_straight_fold(book, posted.queries());
    expect_true_digests(rows);
}

// A record with this in the place of "ProductArchived" in an otherwise good entry.
void append_changed(Book& book, const std::string& from, const std::string& to) {
    domain::ProductCreated created;
    created.sku = {"poison"};
    created.vendor_id = {"v"};
    std::string bytes = book.encode(
        book.make_entry("acme", {{{Kind::products, "poison"}, domain::ProductEvent(created)}}));
    const auto at = bytes.find(from);
    ASSERT_NE(at, std::string::npos);
    book.log().append(0, bytes.replace(at, from.size(), to));
}

struct Poison {
    std::string from;
    std::string to;
    StopReason reason;
};

TEST(Projector, StopsAtWhatItCannotTakeInAndNeverSkipsIt) {
    const Poison poisons[] = {
        {R"({"v":1,)", R"({"v":2,)", StopReason::newer_format},
        {"ProductCreated", "ProductInvented", StopReason::unknown_event_type},
        {R"("version":1)", R"("version":99)", StopReason::newer_event_version},
        {R"("type":"article")", R"("type":"scroll")", StopReason::damaged},
        {R"("sequence":1)", R"("sequence":2)", StopReason::impossible_history},
    };
    for (const auto& [from, to, reason] : poisons) {
        SCOPED_TRACE(domain::name(reason));
        Book book;
        Publisher publisher(book, "acme", 6);
        publisher.steps(5);
        const journal::Seq good = book.seq();
        if (reason == StopReason::newer_event_version) {
            append_changed(book, R"(ProductCreated","version":1)",
                           R"(ProductCreated","version":99)");
        } else {
            append_changed(book, from, to);
        }
        book.log().append(0, "{}");

        MemoryRows rows;
        Posted posted(book, rows);
        for (int starts = 0; starts < 2; ++starts) {
            EXPECT_EQ(posted.catch_up(), Step::stopped);
            const auto status = posted.projector().status();
            EXPECT_FALSE(status.is_running);
            EXPECT_EQ(status.reason, reason);
            EXPECT_EQ(status.seq, good);
            EXPECT_EQ(status.offset, book.log().end(0) - 1);
            EXPECT_EQ(posted.projector().applied(), good);
            expect_straight_fold(book, posted.queries());
            EXPECT_EQ(posted.projector().step(), Step::stopped);
            posted.restart();
        }
    }
}

TEST(Projector, SkipsAndCountsVoidRecords) {
    Book book;
    Publisher publisher(book, "acme", 7);
    publisher.steps(5);
    book.log().append(0, "not ours");
    const std::string stale = book.encode(book.make_entry("acme", {}));
    publisher.steps(5);
    book.log().append(0, stale);
    book.open("generation-2");
    publisher.steps(5);
    MemoryRows rows;
    Posted posted(book, rows);
    EXPECT_EQ(posted.catch_up(), Step::idle);
    EXPECT_EQ(posted.projector().status().voids, 2U);
    EXPECT_EQ(posted.projector().applied(), book.seq());
    expect_straight_fold(book, posted.queries());
}

TEST(Projector, StopsForGoodOnlyWhenTheJournalIsBroken) {
    Book book;
    MemoryRows rows;
    Posted posted(book, rows);
    book.log().fail(journal::JournalError::unavailable);
    EXPECT_EQ(posted.projector().step(), Step::refused);
    EXPECT_TRUE(posted.projector().status().is_running);
    book.log().fail(journal::JournalError::broken);
    EXPECT_EQ(posted.projector().step(), Step::stopped);
    EXPECT_EQ(posted.projector().status().reason, StopReason::journal_broken);
}

TEST(Projector, DerivesRowsOfAnotherLayoutAgain) {
    Book book;
    Publisher publisher(book, "acme", 8);
    publisher.steps(50);
    MemoryRows rows;
    Posted posted(book, rows);
    posted.catch_up();
    const auto expected = rows.all();
    const auto batch = rows.batch();
    batch->put(projections::layout_key, "another");
    batch->put("r-left-over", "");
    ASSERT_TRUE(rows.write(*batch));
    posted.restart();
    EXPECT_EQ(posted.projector().applied(), 0U);
    posted.catch_up();
    EXPECT_EQ(rows.all(), expected);
}

TEST(ProjectorRunner, PostsWhatComesWhileItRuns) {
    MemoryLog log(2);
    Book first(0, &log);
    Book second(1, &log);
    MemoryRows rows;
    Posted posted_first(first, rows);
    Posted posted_second(second, rows);
    {
        projections::ProjectorRunner one(posted_first.projector(), log);
        projections::ProjectorRunner other(posted_second.projector(), log);
        Publisher acme(first, "acme", 9);
        Publisher bolt(second, "bolt", 10);
        for (int i = 0; i < 100; ++i) {
            acme.step();
            bolt.step();
            if (i == 50) rows.refuse_writes(3);
        }
        for (auto* posted : {&posted_first, &posted_second}) {
            std::promise<void> done;
            const auto seq = posted == &posted_first ? first.seq() : second.seq();
            const auto handle =
                posted->projector().freshness().when_applied(seq, [&done] { done.set_value(); });
            done.get_future().wait();
        }
    }
    expect_straight_fold(first, posted_first.queries());
    expect_straight_fold(second, posted_second.queries());
}

}  // namespace
}  // namespace tests::projections_test
