// Histories and reads as of a moment over HTTP: parameters, pages and headers. What is in them is
// tests/projections' matter.
#include <gtest/gtest.h>

#include <string>

#include "tests/api/house.hpp"

namespace api::testing {
namespace {

class PastOverHttp : public ::testing::Test {
protected:
    PastOverHttp() {
        house.post("/management/vendors", R"({"id":"press","name":"Press","currency":"NOK"})");
        house.post("/management/users", R"({"id":"kari","email":"kari@example.org"})");
        bill = member(house
                          .post("/management/bills",
                                R"({"userId":"kari","vendorId":"press","currency":"NOK"})")
                          .body,
                      "id");
        made = house.get("/management/bills").field("Daybook-Position");
        house.ask({"DELETE", "/management/bills/" + bill});
    }
    // The parameter that is at fault.
    std::string fault(const std::string& path) const {
        const auto answer = house.get("/management/" + path);
        EXPECT_EQ(answer.status, 400) << path << ": " << answer.body;
        return member(answer.body, "pointer");
    }

    House house;
    std::string bill;
    std::string made;
};

TEST_F(PastOverHttp, GetsAndListsAreAsOfAPosition) {
    const auto now = house.get("/management/bills/" + bill);
    EXPECT_EQ(member(now.body, "status"), "DELETED");
    EXPECT_EQ(now.field("Daybook-As-Of"), "");
    const auto then = house.get("/management/bills/" + bill + "?asOf=" + made);
    EXPECT_EQ(then.status, 200);
    EXPECT_EQ(member(then.body, "status"), "DRAFT");
    EXPECT_EQ(then.field("ETag"), "\"1\"");
    EXPECT_EQ(then.field("Daybook-As-Of"), made);
    EXPECT_EQ(then.field("Daybook-Position"), now.field("Daybook-Position"));
    const std::string drafts = "/management/bills?status=DRAFT";
    EXPECT_EQ(house.get(drafts).body, "[]");
    EXPECT_EQ(house.get(drafts + "&asOf=" + made).body, "[" + then.body + "]");
    EXPECT_EQ(house.get("/management/bills/" + bill + "?asOf=0-1").status, 404);
}

TEST_F(PastOverHttp, FaultsNameTheirParameter) {
    for (const std::string wrong : {"2099-01-01", "1999-01-01", "0-0", "0-999999", "1-1", "x"}) {
        EXPECT_EQ(fault("bills?asOf=" + wrong), "asOf");
        EXPECT_EQ(fault("bills/" + bill + "?asOf=" + wrong), "asOf");
    }
    EXPECT_EQ(fault("bills?effectiveAt=x"), "effectiveAt");
    EXPECT_EQ(fault("transactions?effectiveAt=2026-01-01"), "effectiveAt");
    EXPECT_EQ(fault("users?asOf=0-1"), "asOf");
    EXPECT_EQ(fault("bills/" + bill + "/history?limit=0"), "limit");
    EXPECT_EQ(fault("bills/" + bill + "/history?types=BillEaten"), "types");
}

TEST_F(PastOverHttp, AHistoryIsReadPageByPage) {
    const std::string path = "/management/bills/" + bill + "/history?limit=1";
    const auto first = house.get(path);
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(member(first.body, "type"), "BillDrafted");
    EXPECT_EQ(member(first.body, "position"), made);
    const std::string link(first.field("Link"));
    ASSERT_FALSE(link.empty());
    const auto second = house.get(link.substr(1, link.find('>') - 1));
    EXPECT_EQ(member(second.body, "type"), "BillDeleted");
    EXPECT_NE(second.body.find(R"({"path":"/status","before":"DRAFT","after":"DELETED"})"),
              std::string::npos)
        << second.body;
    EXPECT_EQ(second.field("Link"), "");
    EXPECT_EQ(house.ask({"GET", path, {}, {}, "other"}).status, 404);
    const std::string of_user = house.get("/management/users/kari/history").body;
    EXPECT_NE(of_user.find("UserCreated"), std::string::npos);
    EXPECT_NE(of_user.find("BillDeleted"), std::string::npos);
}

}  // namespace
}  // namespace api::testing
