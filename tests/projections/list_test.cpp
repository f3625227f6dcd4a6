#include <gtest/gtest.h>

#include <algorithm>

#include "tests/projections/list_oracle.hpp"
#include "tests/projections/posted.hpp"
#include "tests/projections/publisher.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using domain::Kind;
using projections::Filter;
using projections::ListQuery;
using projections::QueryError;
using projections::Range;

TEST(List, IsWhatALookAtEveryResourceFinds) {
    Book book;
    Publisher acme(book, "acme", 11);
    Publisher other(book, "acme-2", 12);
    support::MemoryRows rows;
    Posted posted(book, rows);
    const auto queries = posted.queries();
    for (int round = 0; round < 40; ++round) {
        acme.steps(15);
        other.steps(5);
        posted.catch_up();
        for (int i = 0; i < 40; ++i) {
            const Kind kind = static_cast<Kind>(acme.below(7));
            ListQuery query = some_query(acme, book, kind);
            query.with_count = true;
            const auto found = expected(book.aggregates(), "acme", kind, query);
            const auto page = queries.list({"acme"}, kind, query);
            ASSERT_TRUE(page);
            ASSERT_EQ(page->json, json_of(found, 0, query.limit)) << domain::name(kind);
            EXPECT_EQ(page->size, std::min(found.size(), query.limit));
            EXPECT_EQ(page->next.empty(), found.size() <= query.limit);
            EXPECT_EQ(page->count, std::to_string(found.size()));
            EXPECT_EQ(page->position.seq, book.seq());
        }
    }
}

TEST(List, PagesJoinToTheWholeWithoutRepeatsWhileResourcesAreAdded) {
    Book book;
    Publisher acme(book, "acme", 13);
    support::MemoryRows rows;
    Posted posted(book, rows);
    const auto queries = posted.queries();
    acme.steps(300);
    posted.catch_up();
    for (const Kind kind : {Kind::bills, Kind::users, Kind::entitlements, Kind::transactions}) {
        ListQuery query{.limit = 4};
        if (kind == Kind::bills) {
            query.equal = {{.field = Filter::status, .values = {"DRAFT", "PENDING", "PAID"}}};
        }
        const auto whole = expected(book.aggregates(), "acme", kind, query);
        std::vector<std::string> seen;
        do {
            const auto page = queries.list({"acme"}, kind, query);
            ASSERT_TRUE(page);
            std::string body = page->json.substr(1, page->json.size() - 2);
            if (!body.empty()) seen.push_back(body);
            query.after = page->next;
            book.tick(1);
            domain::UserCreated created;
            created.email = {"new@example.org"};
            book.append("acme", {{{Kind::users, "new" + std::to_string(book.seq())},
                                  domain::UserEvent(created)}});
            posted.catch_up();
        } while (!query.after.empty());
        std::string joined;
        for (const std::string& body : seen) joined += joined.empty() ? body : "," + body;
        EXPECT_EQ("[" + joined + "]", json_of(whole, 0, whole.size()));
    }
}

TEST(List, LeavesOutAsManyAsTheOffsetSays) {
    Book book;
    Publisher acme(book, "acme", 14);
    acme.steps(900);
    support::MemoryRows rows;
    Posted posted(book, rows);
    posted.catch_up();
    for (const std::string q : {"", "kari"}) {
        ListQuery query{.q = q, .limit = 3, .offset = 2};
        const auto whole = expected(book.aggregates(), "acme", Kind::users, query);
        ASSERT_GT(whole.size(), 6U);
        const auto page = posted.queries().list({"acme"}, Kind::users, query);
        EXPECT_EQ(page->json, json_of(whole, 2, 3));
        query.after = page->next;
        EXPECT_EQ(posted.queries().list({"acme"}, Kind::users, query)->json, json_of(whole, 5, 3));
        query = {.limit = 3, .offset = 1000};
        EXPECT_EQ(posted.queries().list({"acme"}, Kind::users, query)->json, "[]");
    }
}

TEST(List, EndsAPageEarlyWhenAFilterFindsTooFew) {
    Book book;
    support::MemoryRows rows;
    Posted posted(book, rows);
    const std::size_t bills = projections::rows_scanned_max + 50;
    std::vector<Change> changes;
    for (std::size_t i = 0; i < bills; ++i) {
        domain::BillDrafted event;
        event.user_id = {"u"};
        event.vendor_id = {"v"};
        event.currency = *domain::Currency::parse(i == 0 ? "JPY" : "NOK");
        changes.push_back({{Kind::bills, "b" + std::to_string(i)}, domain::BillEvent(event)});
        if (i == 0) {
            book.append("acme", changes);
            book.tick(1);
            changes.clear();
        }
    }
    book.append("acme", changes);
    posted.catch_up();
    ListQuery query{.equal = {{.field = Filter::currency, .values = {"JPY"}}}, .with_count = true};
    auto page = posted.queries().list({"acme"}, Kind::bills, query);
    EXPECT_EQ(page->json, "[]");
    EXPECT_EQ(page->count, "0+");
    ASSERT_FALSE(page->next.empty());
    query.after = page->next;
    page = posted.queries().list({"acme"}, Kind::bills, query);
    EXPECT_EQ(page->size, 1U);
    EXPECT_TRUE(page->next.empty());

    EXPECT_EQ(posted.queries().list({"acme"}, Kind::bills, {.with_count = true})->count, "10000+");
}

TEST(List, RefusesFiltersOfOtherKindsAndForeignCursors) {
    Book book;
    support::MemoryRows rows;
    Posted posted(book, rows);
    const auto queries = posted.queries();
    const ListQuery by_bill{.equal = {{.field = Filter::bill_id, .values = {"b"}}}};
    EXPECT_EQ(queries.list({"acme"}, Kind::users, by_bill).error(), QueryError::unknown_filter);
    const ListQuery by_due{.ranges = {{.field = Range::due_at, .at_least = 1, .at_most = {}}}};
    EXPECT_EQ(queries.list({"acme"}, Kind::users, by_due).error(), QueryError::unknown_filter);
    EXPECT_EQ(queries.list({"acme"}, Kind::keys, {}).error(), QueryError::unknown_filter);
    for (const std::string after : {"x", "2.0.5.id", "1.0.5.", "1.0.5", "1.0..id", "1.-1.5.id",
                                    "1.0.5.a/b", "1.0.99999999999999999999.id"}) {
        EXPECT_EQ(queries.list({"acme"}, Kind::users, {.after = after}).error(),
                  QueryError::bad_cursor)
            << after;
    }
}

TEST(List, ShowsNothingOfAnotherTenant) {
    Book book;
    Publisher acme(book, "acme", 15);
    acme.steps(200);
    support::MemoryRows rows;
    Posted posted(book, rows);
    posted.catch_up();
    const auto queries = posted.queries();
    for (const std::string tenant : {"acm", "acme2", "a", "bolt"}) {
        for (const auto& [key, aggregate] : book.aggregates()) {
            EXPECT_FALSE(queries.get(domain::TenantId{tenant}, key.second).resource);
        }
        for (int kind = 0; kind < 7; ++kind) {
            for (const std::string q : {"", "k", "s"}) {
                const auto page =
                    queries.list(domain::TenantId{tenant}, static_cast<Kind>(kind), {.q = q});
                EXPECT_EQ(page->json, "[]");
            }
        }
    }
}

TEST(List, FindsNothingByAValueThatHoldsANul) {
    Book book;
    Publisher acme(book, "acme", 16);
    acme.steps(100);
    support::MemoryRows rows;
    Posted posted(book, rows);
    posted.catch_up();
    ListQuery query{.equal = {{.field = Filter::user_id, .values = {std::string("u1\0\x7f", 4)}}}};
    EXPECT_EQ(posted.queries().list({"acme"}, Kind::bills, query)->json, "[]");
}

}  // namespace
}  // namespace tests::projections_test
