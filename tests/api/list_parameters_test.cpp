#include "api/list_parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace api {
namespace {

using domain::Kind;
using projections::Filter;
using projections::Range;

const Cursors cursors(Cursors::Key{7});

http::Request request(std::string_view target, std::string_view tenant = "acme") {
    http::Request made = http::Request::make(http::Verb::get, target);
    made.principal =
        std::make_shared<const Principal>(Principal{{std::string(tenant)}, {"key"}, ScopeSet()});
    return made;
}

projections::ListQuery read(std::string_view target, Kind kind) {
    const auto query = read_list_query(request(target), kind, cursors);
    EXPECT_TRUE(query) << target << ": " << query.error().detail;
    return query.value_or(projections::ListQuery());
}

std::string refusal(std::string_view target, Kind kind) {
    const auto query = read_list_query(request(target), kind, cursors);
    return query ? "accepted" : query.error().code;
}

TEST(ListParameters, AreAllLeftOutByDefault) {
    const projections::ListQuery query = read("/management/bills", Kind::bills);
    EXPECT_EQ(query.limit, 20U);
    EXPECT_TRUE(query.equal.empty());
    EXPECT_TRUE(query.ranges.empty());
    EXPECT_FALSE(query.with_count);
    EXPECT_EQ(read("/management/users", Kind::users).limit, 10U);
}

TEST(ListParameters, TakeStatusesRepeatedAndWithCommas) {
    const auto query = read("/management/bills?status=PAID,OVERDUE&status=DRAFT", Kind::bills);
    ASSERT_EQ(query.equal.size(), 1U);
    EXPECT_EQ(query.equal[0].field, Filter::status);
    EXPECT_THAT(query.equal[0].values, testing::ElementsAre("PAID", "OVERDUE", "DRAFT"));
}

TEST(ListParameters, MakeInclusiveBoundsOfOpenOnes) {
    const auto query =
        read("/management/bills?createdAt[gt]=1970-01-01T00:00:01Z&createdAt[lt]=1970-01-02",
             Kind::bills);
    ASSERT_EQ(query.ranges.size(), 1U);
    EXPECT_EQ(query.ranges[0].field, Range::created_at);
    EXPECT_EQ(query.ranges[0].at_least, 1001);
    EXPECT_EQ(query.ranges[0].at_most, 86'399'999);
}

TEST(ListParameters, TakeFromOfBillsAsOffsetOrTime) {
    EXPECT_EQ(read("/management/bills?from=40", Kind::bills).offset, 40U);
    const auto query = read("/management/bills?from=1970-01-02", Kind::bills);
    ASSERT_EQ(query.ranges.size(), 1U);
    EXPECT_EQ(query.ranges[0].at_least, 86'400'000);
}

TEST(ListParameters, RefuseWhatIsOutOfBounds) {
    for (const std::string_view query :
         {"limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "limit=1e1", "count=yes",
          "from=10001", "from=-1", "from=yesterday", "status=PAYED", "status=PAID,", "status=",
          "createdAt[gte]=yesterday", "amount[gte]=1.5", "amount[lt]=9223372036854775808"}) {
        const bool has_amount = query.starts_with("amount");
        const std::string target = "/management/x?" + std::string(query);
        EXPECT_EQ(refusal(target, has_amount ? Kind::transactions : Kind::bills),
                  "invalid_parameter")
            << query;
    }
    EXPECT_EQ(refusal("/management/users?offset=-1", Kind::users), "invalid_parameter");
}

TEST(ListParameters, ReportAllFaultsAtOnce) {
    const auto query = read_list_query(request("/management/bills?limit=0&status=x&count=2"),
                                       Kind::bills, cursors);
    ASSERT_FALSE(query);
    std::vector<std::string> pointers;
    for (const http::FieldError& error : query.error().errors) pointers.push_back(error.pointer);
    EXPECT_THAT(pointers, testing::UnorderedElementsAre("limit", "status", "count"));
}

TEST(ListParameters, BindACursorToTenantKindAndFilters) {
    const auto first = request("/management/bills?status=PAID&userId=u&limit=2");
    const std::string cursor = cursors.seal(list_identity(first, Kind::bills), "place");
    const auto code = [&](const std::string& filters, std::string_view tenant, Kind kind) {
        const auto next = request("/management/bills?" + filters + "&cursor=" + cursor, tenant);
        const auto query = read_list_query(next, kind, cursors);
        return query ? query->after : query.error().code;
    };
    EXPECT_EQ(code("userId=u&status=PAID&limit=50", "acme", Kind::bills), "place");
    EXPECT_EQ(code("userId=u&status=OVERDUE", "acme", Kind::bills), "cursor_mismatch");
    EXPECT_EQ(code("userId=u", "acme", Kind::bills), "cursor_mismatch");
    EXPECT_EQ(code("userId=u&status=PAID", "other", Kind::bills), "cursor_mismatch");
    EXPECT_EQ(refusal("/management/bills?cursor=garbage", Kind::bills), "invalid_cursor");
}

TEST(ListParameters, LinkToTheNextPageKeepsTheFilters) {
    const auto first = request("/management/bills?q=a%20%26b&createdAt[gte]=2026-01-01&cursor=old");
    EXPECT_EQ(next_link(first, "new"),
              "</management/bills?q=a%20%26b&createdAt%5Bgte%5D=2026-01-01&cursor=new>; "
              "rel=\"next\"");
}

TEST(ListParameters, OfEveryKindAreDescribedOnce) {
    for (const Kind kind :
         {Kind::vendors, Kind::products, Kind::users, Kind::contracts, Kind::bills,
          Kind::transactions, Kind::entitlements, Kind::fulfillments, Kind::webhook_endpoints}) {
        std::set<std::string_view> names;
        for (const http::QueryParameter& parameter : list_parameters(kind)) {
            EXPECT_TRUE(names.insert(parameter.name).second) << parameter.name;
            EXPECT_FALSE(parameter.doc.empty()) << parameter.name;
        }
        EXPECT_EQ(names.contains("offset"), kind == Kind::users);
        EXPECT_EQ(names.contains("from"), kind == Kind::bills);
    }
}

}  // namespace
}  // namespace api
