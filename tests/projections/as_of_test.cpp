// Reads as of a moment against a fold of the events up to it.
#include <gtest/gtest.h>

#include <vector>

#include "projections/row_keys.hpp"
#include "tests/projections/list_oracle.hpp"
#include "tests/projections/posted.hpp"
#include "tests/projections/publisher.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using projections::Moment;

constexpr Kind kept[] = {Kind::bills, Kind::transactions, Kind::contracts, Kind::entitlements};

// A publisher whose aggregates are known as they were after each entry.
class Past {
public:
    explicit Past(std::uint64_t seed) : publisher_(book_, "acme", seed) {
        after_.resize(book_.seq() + 1);
        times_.resize(book_.seq() + 1, book_.now());
    }

    void step() {
        publisher_.step();
        if (after_.size() > book_.seq()) return;  // There was nothing to do.
        after_.push_back(book_.aggregates());
        times_.push_back(book_.now());
    }
    // The fold of the events up to there.
    const Aggregates& after(journal::Seq seq) const { return after_[seq]; }
    domain::Timestamp time_of(journal::Seq seq) const { return times_[seq]; }
    journal::Seq some_seq() { return 1 + publisher_.below(book_.seq()); }

    Book book_;
    Publisher publisher_;

private:
    std::vector<Aggregates> after_;
    std::vector<domain::Timestamp> times_;
};

void expect_get(const projections::Queries& queries, const Aggregates& then,
                const domain::Subject& subject, const Moment& moment) {
    std::string json;
    std::uint64_t version = 0;
    const bool is_found =
        queries.get({"acme"}, subject, {.as_of = moment},
                    [&](std::string_view row, std::uint64_t at, std::string_view) {
                        json = row;
                        version = at;
                    });
    const auto found = then.find({"acme", subject});
    ASSERT_EQ(is_found, found != then.end()) << to_text(subject) << " as of " << moment.seq;
    if (!is_found) return;
    EXPECT_EQ(json, projections::representation(found->second)) << "as of " << moment.seq;
    EXPECT_EQ(version, version_of(found->second));
}

// All pages of a list.
void expect_list(const projections::Queries& queries, const Aggregates& then, Kind kind,
                 ListQuery query, const Moment& moment) {
    query.time.as_of = moment;
    query.with_count = true;
    const auto found = expected(then, "acme", kind, query);
    std::size_t shown = 0;
    do {
        const auto page = queries.list({"acme"}, kind, query);
        ASSERT_TRUE(page);
        ASSERT_EQ(page->json, json_of(found, shown, query.limit))
            << domain::name(kind) << " as of " << moment.seq;
        EXPECT_EQ(page->count, std::to_string(found.size()));
        EXPECT_EQ(page->as_of, moment.seq);
        shown += page->size;
        query.after = page->next;
    } while (!query.after.empty());
    EXPECT_EQ(shown, found.size());
}

// So many answers in all, as of moments at random, over journals at random.
void expect_folds(std::uint64_t seed, int answers, projections::ProjectorLimits limits) {
    Past past(seed);
    support::MemoryRows rows;
    Posted posted(past.book_, rows, limits);
    const auto queries = posted.queries();
    for (int i = 0; i < 60; ++i) past.step();
    posted.catch_up();
    std::vector<domain::Subject> subjects;
    for (const auto& [key, aggregate] : past.book_.aggregates()) {
        if (projections::keeps_versions(key.second.kind)) subjects.push_back(key.second);
    }
    Publisher& random = past.publisher_;
    for (int i = 0; i < answers; i += 2) {
        const journal::Seq seq = past.some_seq();
        const Moment moment = queries.moment_at({"acme"}, seq);
        expect_get(queries, past.after(seq), random.any_of(subjects), moment);
        const Kind kind = kept[random.below(4)];
        expect_list(queries, past.after(seq), kind, some_query(random, past.book_, kind), moment);
    }
}

TEST(AsOf, IsAFoldUpToTheMomentForThousandsOfMoments) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        expect_folds(seed, 500, {});
    }
}

TEST(AsOf, DoesNotDependOnTheBatchesThatWerePosted) {
    expect_folds(21, 200, {.batch_entries_max = 1, .cached_aggregates_max = 0});
    expect_folds(22, 200, {.batch_entries_max = 7, .cached_aggregates_max = 4});
}

TEST(AsOf, FindsTheLastEntryThatWasWrittenByATime) {
    Past past(23);
    for (int i = 0; i < 200; ++i) past.step();
    support::MemoryRows rows;
    Posted posted(past.book_, rows, {.batch_entries_max = 3});
    posted.catch_up();
    const auto queries = posted.queries();
    for (journal::Seq seq = 1; seq <= past.book_.seq(); ++seq) {
        // Several entries are of one millisecond.
        journal::Seq last = seq;
        while (last < past.book_.seq() && past.time_of(last + 1) == past.time_of(seq)) ++last;
        EXPECT_EQ(queries.moment_at({"acme"}, past.time_of(seq)),
                  queries.moment_at({"acme"}, last));
        EXPECT_EQ(queries.moment_at({"acme"}, last).seq, last);
    }
    const auto before = past.time_of(1) - std::chrono::milliseconds(1);
    EXPECT_FALSE(queries.moment_at({"acme"}, before));
    EXPECT_FALSE(queries.moment_at({"other"}, past.book_.now()));
    EXPECT_EQ(queries.moment_at({"acme"}, past.book_.now() + std::chrono::hours(1))->seq,
              past.book_.seq());
}

TEST(AsOf, StaysWhatItWasWhileMoreHappensBetweenPages) {
    Past past(24);
    for (int i = 0; i < 150; ++i) past.step();
    support::MemoryRows rows;
    Posted posted(past.book_, rows);
    posted.catch_up();
    const auto queries = posted.queries();
    const journal::Seq seq = past.book_.seq();
    ListQuery query{.limit = 3, .time = {.as_of = queries.moment_at({"acme"}, past.book_.now())}};
    const auto found = expected(past.after(seq), "acme", Kind::bills, query);
    ASSERT_GT(found.size(), 6U);
    for (std::size_t shown = 0; shown < found.size(); shown += query.limit) {
        const auto page = queries.list({"acme"}, Kind::bills, query);
        ASSERT_TRUE(page);
        EXPECT_EQ(page->json, json_of(found, shown, query.limit));
        EXPECT_EQ(page->as_of, seq);
        query.after = page->next;
        for (int i = 0; i < 10; ++i) past.step();
        posted.catch_up();
        // The same time may be that of more entries now; the cursor knows better.
        query.time.as_of = queries.moment_at({"acme"}, past.time_of(seq));
    }
    EXPECT_TRUE(query.after.empty());
}

TEST(AsOf, IsRefusedForKindsWithoutVersionsAndForCursorsOfNow) {
    Past past(25);
    for (int i = 0; i < 100; ++i) past.step();
    support::MemoryRows rows;
    Posted posted(past.book_, rows);
    posted.catch_up();
    const auto queries = posted.queries();
    ListQuery query{.limit = 1, .time = {.as_of = queries.moment_at({"acme"}, past.book_.seq())}};
    EXPECT_EQ(queries.list({"acme"}, Kind::users, query).error(),
              projections::QueryError::unknown_filter);
    query.after = queries.list({"acme"}, Kind::bills, query)->next;
    ASSERT_FALSE(query.after.empty());
    const auto past_cursor = query.after;
    query.after = queries.list({"acme"}, Kind::bills, {.limit = 1})->next;
    EXPECT_EQ(queries.list({"acme"}, Kind::bills, query).error(),
              projections::QueryError::bad_cursor);
    EXPECT_EQ(queries.list({"acme"}, Kind::bills, {.after = past_cursor}).error(),
              projections::QueryError::bad_cursor);
}

// A right that was given for later, suspended for an hour, and has an end.
class InEffect : public ::testing::Test {
protected:
    static constexpr std::chrono::hours hour{1};

    InEffect() {
        domain::EntitlementGranted granted;
        granted.user_id = {"u"};
        granted.sku = {"daily"};
        granted.status = domain::EntitlementStatus::pending;
        granted.starts_at = begin_ + hour;
        granted.ends_at = begin_ + 10 * hour;
        append(granted);
        append(domain::EntitlementStarted{});  // Later than it should have.
        append(domain::EntitlementSuspended{});
        append(domain::EntitlementReinstated{});
        posted_.catch_up();
    }
    // One each two hours.
    void append(domain::EntitlementEvent event) {
        book_.append("acme", {{right_, domain::EntitlementEvent(std::move(event))}});
        seqs_.push_back(book_.seq());
        book_.tick(2 * 60 * 60 * 1000);
    }
    // What the get says, and the lists by status agree with.
    std::string status(std::chrono::minutes later, std::optional<journal::Seq> as_of = {}) {
        projections::PastTime time{.as_of = {}, .effective_at = begin_ + later};
        if (as_of) time.as_of = posted_.queries().moment_at({"acme"}, *as_of);
        std::string found;
        std::string json;
        posted_.queries().get({"acme"}, right_, time,
                              [&](std::string_view row, std::uint64_t, std::string_view is) {
                                  json = row;
                                  found = is;
                              });
        EXPECT_NE(json.find("\"status\":\"" + found + '"'), std::string::npos) << json;
        for (const std::string one : {"PENDING", "ACTIVE", "SUSPENDED", "EXPIRED"}) {
            ListQuery query{.equal = {{Filter::status, {one}}, {Filter::user_id, {"u"}}},
                            .time = time};
            const auto page = posted_.queries().list({"acme"}, Kind::entitlements, query);
            EXPECT_EQ(page->json, one == found ? '[' + json + ']' : "[]");
        }
        return found;
    }

    Book book_;
    support::MemoryRows rows_;
    Posted posted_{book_, rows_};
    const domain::Subject right_{Kind::entitlements, "e"};
    const domain::Timestamp begin_ = book_.now();
    std::vector<journal::Seq> seqs_;
};

TEST_F(InEffect, IsWhatTimeHasMadeOfTheVersionOfThatTime) {
    using std::chrono::minutes;
    EXPECT_EQ(status(-hour), "PENDING");  // Nobody knew of it, but that is what it was.
    EXPECT_EQ(status(minutes(30)), "PENDING");
    EXPECT_EQ(status(minutes(90)), "ACTIVE");
    EXPECT_EQ(status(3 * hour), "ACTIVE");
    EXPECT_EQ(status(5 * hour), "SUSPENDED");
    EXPECT_EQ(status(7 * hour), "ACTIVE");
    EXPECT_EQ(status(10 * hour), "EXPIRED");
}

TEST_F(InEffect, IsByWhatHadBeenRecordedAsOfTheMoment) {
    EXPECT_EQ(status(5 * hour, seqs_[1]), "ACTIVE");
    EXPECT_EQ(status(5 * hour, seqs_[2]), "SUSPENDED");
    EXPECT_EQ(status(7 * hour, seqs_[2]), "SUSPENDED");
    EXPECT_EQ(status(11 * hour, seqs_[0]), "EXPIRED");
    EXPECT_EQ(status(7 * hour, seqs_[3]), "ACTIVE");
}

TEST(AsOf, ShowsNothingOfAnotherTenant) {
    Past past(26);
    for (int i = 0; i < 100; ++i) past.step();
    support::MemoryRows rows;
    Posted posted(past.book_, rows);
    posted.catch_up();
    const auto queries = posted.queries();
    for (const std::string tenant : {"acm", "acme2", "other"}) {
        const Moment moment = queries.moment_at(domain::TenantId{tenant}, past.book_.seq());
        for (const Kind kind : kept) {
            const auto page = queries.list(domain::TenantId{tenant}, kind,
                                           {.with_count = true, .time = {.as_of = moment}});
            EXPECT_EQ(page->json, "[]");
            EXPECT_EQ(page->count, "0");
        }
        for (const auto& [key, aggregate] : past.book_.aggregates()) {
            if (!projections::keeps_versions(key.second.kind)) continue;
            EXPECT_FALSE(queries.get(domain::TenantId{tenant}, key.second, {.as_of = moment},
                                     [](std::string_view, std::uint64_t, std::string_view) {}));
        }
    }
}

}  // namespace
}  // namespace tests::projections_test
