// The front as clients meet it: every request goes through the server, the shard, the embedded
// journal and the views.
#include "api/front.hpp"

#include <gtest/gtest.h>

#include "tests/api/house.hpp"

namespace api {
namespace {

using http::loopback::Answer;
using testing::House;
using testing::member;

const std::string vendor = R"({"id":"v1","name":"Vendor","currency":"NOK","country":"NO"})";
const std::string product =
    R"({"sku":"paper","type":"publication","vendorId":"v1","title":"The Paper",)"
    R"("purchaseOptions":[{"id":"monthly","name":"Monthly","purchaseType":"recurring",)"
    R"("amount":34900,"currency":"NOK","taxRate":2500,"recurringInterval":"MONTH",)"
    R"("recurringTime":1}]})";
const std::string draft =
    R"({"id":"b1","userId":"u1","vendorId":"v1","currency":"NOK","items":[{"sku":"paper",)"
    R"("title":"The Paper","quantity":1,"unitAmount":10000,"taxRate":2500}]})";

std::string if_match(const Answer& answer) {
    return "If-Match: " + std::string(answer.field("ETag")) + "\r\n";
}

class FrontTest : public ::testing::Test {
protected:
    void create(const std::string& path, const std::string& body) {
        const Answer answer = house.post(path, body);
        ASSERT_EQ(answer.status, 201) << path << ": " << answer.body;
    }
    // A vendor, a product of it and a user.
    void furnish() {
        create("/management/vendors", vendor);
        create("/management/products", product);
        create("/management/users", R"({"id":"u1","email":"a@example.org"})");
    }

    House house;
};

TEST_F(FrontTest, TheMainJobLeadsFromAVendorToAccess) {
    furnish();
    create("/management/contracts",
           R"({"id":"c1","userId":"u1","items":[{"sku":"paper","purchaseOptionId":"monthly"}]})");
    const std::string check = "/management/entitlements/check?userId=u1&sku=paper";
    EXPECT_EQ(member(house.get(check).body, "hasAccess"), "false");

    const Answer confirmed = house.post("/management/contracts/c1/confirm", "");
    ASSERT_EQ(confirmed.status, 200) << confirmed.body;
    const Answer bills = house.get("/management/bills?contractId=c1");
    ASSERT_EQ(member(bills.body, "status"), "PENDING") << bills.body;
    const std::string bill = member(bills.body, "id");
    create("/management/transactions", R"({"type":"charge","status":"succeeded","amount":)" +
                                           member(bills.body, "amountDue") +
                                           R"(,"currency":"NOK","userId":"u1","billId":")" + bill +
                                           R"(","provider":"psp","providerReference":"r1"})");

    EXPECT_EQ(member(house.get("/management/bills/" + bill).body, "status"), "PAID");
    EXPECT_EQ(member(house.get("/management/contracts/c1").body, "status"), "ACTIVE");
    const Answer access = house.get(check);
    EXPECT_EQ(member(access.body, "hasAccess"), "true") << access.body;
    EXPECT_EQ(access.field("Daybook-Position"), member(access.body, "position"));
}

TEST_F(FrontTest, ACreateAnswersWithTheResourceAndWhereItIs) {
    const Answer created = house.post("/management/vendors", vendor);
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.field("Location"), "/management/vendors/v1");
    EXPECT_EQ(created.field("ETag"), "\"1\"");
    const Answer got = house.get("/management/vendors/v1");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, created.body);
    EXPECT_EQ(got.field("ETag"), created.field("ETag"));
    EXPECT_EQ(got.field("Daybook-Position"), created.field("Daybook-Position"));
}

TEST_F(FrontTest, APatchOfAProductMustNameItsVersion) {
    furnish();
    const std::string path = "/management/products/paper";
    const Answer first = house.get(path);
    const std::string patch = R"({"title":"New","description":"Words."})";
    EXPECT_EQ(house.ask({"PATCH", path, patch}).status, 428);
    const Answer changed = house.ask({"PATCH", path, patch, if_match(first)});
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(member(changed.body, "title"), "New");
    EXPECT_EQ(house.ask({"PATCH", path, patch, if_match(first)}).status, 412);

    const Answer cleared = house.ask({"PATCH", path, R"({"description":null})", if_match(changed)});
    EXPECT_EQ(cleared.status, 200) << cleared.body;
    EXPECT_EQ(member(cleared.body, "title"), "New");
    EXPECT_EQ(cleared.body.find("description"), std::string::npos);
    const Answer refused = house.ask({"PATCH", path, R"({"title":null})", if_match(cleared)});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(house.get(path).body, cleared.body);
}

TEST_F(FrontTest, ADryRunShowsTheEventsAndAppendsNothing) {
    furnish();
    const Answer before = house.get("/management/users/u1");
    const Answer dry = house.post("/management/bills?dryRun=true", draft);
    EXPECT_EQ(dry.status, 200) << dry.body;
    EXPECT_EQ(member(dry.body, "type"), "BillDrafted");
    EXPECT_EQ(member(dry.body, "subject"), "bills/b1");
    EXPECT_NE(dry.body.find(R"("resource":{"id":"b1")"), std::string::npos);
    EXPECT_EQ(house.get("/management/bills/b1").status, 404);
    EXPECT_EQ(house.get("/management/users/u1").field("Daybook-Position"),
              before.field("Daybook-Position"));
    EXPECT_EQ(house.post("/management/bills?dryRun=1", draft).status, 400);
}

TEST_F(FrontTest, APreviewIsABillThatIsNotThere) {
    furnish();
    const Answer before = house.get("/management/bills");
    const Answer preview = house.post(
        "/management/bills/preview",
        R"({"userId":"u1","vendorId":"v1","currency":"NOK",)"
        R"("items":[{"sku":"paper","title":"Paper","unitAmount":1000,"taxRate":2500}]})");
    EXPECT_EQ(preview.status, 200) << preview.body;
    EXPECT_EQ(member(preview.body, "total"), "1250");
    EXPECT_EQ(preview.field("ETag"), "");
    const Answer after = house.get("/management/bills");
    EXPECT_EQ(after.body, "[]");
    EXPECT_EQ(after.field("Daybook-Position"), before.field("Daybook-Position"));
    EXPECT_EQ(house.post("/management/bills/preview", "{}").status, 422);
}

TEST_F(FrontTest, APaymentThatIsAskedForIsATransaction) {
    furnish();
    create("/management/bills", draft);
    ASSERT_EQ(house.post("/management/bills/b1/issue", "").status, 200);
    const Answer asked = house.post("/management/bills/b1/pay", "{}");
    EXPECT_EQ(asked.status, 200) << asked.body;
    EXPECT_EQ(member(asked.body, "billId"), "b1");
    const std::string path = "/management/transactions/" + member(asked.body, "id");
    EXPECT_EQ(house.get(path).field("ETag"), asked.field("ETag"));
}

TEST_F(FrontTest, AnIdempotencyKeyGetsTheFirstAnswerAgain) {
    const std::string key = "Idempotency-Key: k1\r\n";
    const Answer first = house.post("/management/vendors", R"({"name":"A"})", key);
    const Answer again = house.post("/management/vendors", R"({"name":"A"})", key);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("Idempotent-Replayed"), "true");
    EXPECT_EQ(first.field("Idempotent-Replayed"), "");
    const Answer other = house.post("/management/vendors", R"({"name":"B"})", key);
    EXPECT_EQ(other.status, 422);
    EXPECT_EQ(member(other.body, "code"), "idempotency_key_reused");
}

TEST_F(FrontTest, AllFaultsOfABodyAreReportedAtOnce) {
    const Answer answer = house.post(
        "/management/products",
        R"({"type":"pamphlet","vendorId":"v 1","purchaseOptions":[{"amount":"1"}],"version":3,)"
        R"("colour":"red"})");
    EXPECT_EQ(answer.status, 422);
    for (const std::string_view fault :
         {R"("/type","code":"unknown_value")", R"("/vendorId","code":"invalid_format")",
          R"("/purchaseOptions/0/amount","code":"wrong_type")",
          R"("/purchaseOptions/0/currency","code":"required")",
          R"("/version","code":"read_only_field")", R"("/colour","code":"unknown_field")",
          R"("/sku","code":"required")"}) {
        EXPECT_NE(answer.body.find(fault), std::string::npos) << fault << "\n" << answer.body;
    }
}

TEST_F(FrontTest, ABodyThatIsNoJsonIsAnotherFaultThanOneThatBreaksTheRules) {
    for (const std::string_view body :
         {"{", "{\"name\":1}}", R"({"name":"a","name":"b"})", R"({"name":"a\u0000"})",
          "{\"name\":\"\xff\"}", R"({"name":1e999})"}) {
        EXPECT_EQ(house.post("/management/vendors", std::string(body)).status, 400) << body;
    }
    EXPECT_EQ(house.post("/management/vendors", "").status, 400);
    EXPECT_EQ(house.post("/management/vendors", "[]").status, 422);
}

TEST_F(FrontTest, AnIllegalTransitionSaysWhatWouldBeLegal) {
    furnish();
    create("/management/bills", draft);
    const Answer answer = house.post("/management/bills/b1/write-off", "");
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(member(answer.body, "code"), "illegal_transition");
    EXPECT_EQ(member(answer.body, "from"), "DRAFT");
    EXPECT_EQ(member(answer.body, "command"), "WriteOffBill");
    EXPECT_NE(answer.body.find("\"IssueBill\""), std::string::npos) << answer.body;
}

TEST_F(FrontTest, WhatWouldBeLegalIsWhatAClientCanAsk) {
    furnish();
    create("/management/bills", draft);
    ASSERT_EQ(house.post("/management/bills/b1/issue", "").status, 200);
    const Answer answer = house.post("/management/bills/b1/reinstate", "");
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(member(answer.body, "from"), "PENDING");
    EXPECT_NE(answer.body.find(R"("allowed":["PayBill","RetryBill","CancelBill","VoidBill"])"),
              std::string::npos)
        << answer.body;
}

TEST_F(FrontTest, IfMatchMayNameSeveralVersions) {
    create("/management/vendors", vendor);
    const auto rename = [&](std::string_view fields) {
        return house.ask(
            {"PATCH", "/management/vendors/v1", R"({"name":"X"})", std::string(fields) + "\r\n"});
    };
    EXPECT_EQ(rename("If-Match: \"2\", \"3\"").status, 412);
    EXPECT_EQ(rename("If-Match: \"3\", \"1\"").status, 200);
    EXPECT_EQ(rename("If-Match: *").status, 200);
}

TEST_F(FrontTest, AnotherTenantsResourceLooksLikeNone) {
    create("/management/vendors", vendor);
    const auto ask = [&](std::string_view verb, const std::string& path, const std::string& body) {
        Answer answer = house.ask({verb, path, body, {}, "other"});
        const std::size_t id = answer.body.find("\"instance\"");
        const std::size_t end = answer.body.find("\"errors\"");
        return std::to_string(answer.status) + answer.body.erase(id, end - id);
    };
    EXPECT_EQ(ask("GET", "/management/vendors/v1", ""), ask("GET", "/management/vendors/v2", ""));
    EXPECT_EQ(ask("PATCH", "/management/vendors/v1", R"({"name":"X"})"),
              ask("PATCH", "/management/vendors/v2", R"({"name":"X"})"));
    EXPECT_EQ(house.ask({.path = "/management/vendors", .tenant = "other"}).body, "[]");
    EXPECT_EQ(house.ask({"POST", "/management/vendors", vendor, {}, "other"}).status, 201);
}

TEST_F(FrontTest, ListsAreWalkedPageByPage) {
    for (const std::string id : {"a", "b", "c", "d", "e"}) {
        create("/management/vendors", R"({"id":")" + id + R"(","name":"N"})");
    }
    std::string seen;
    std::string path = "/management/vendors?limit=2&count=true";
    for (int pages = 0; pages < 3; ++pages) {
        const Answer page = house.get(path);
        ASSERT_EQ(page.status, 200) << page.body;
        EXPECT_EQ(page.field("Daybook-Count"), "5");
        for (std::string_view rest = page.body; rest.contains("{\"id\":\"");) {
            rest.remove_prefix(rest.find("{\"id\":\"") + 7);
            seen += rest[0];
        }
        const std::string link(page.field("Link"));
        ASSERT_EQ(link.empty(), pages == 2) << link;
        if (!link.empty()) path = link.substr(1, link.find('>') - 1);
    }
    EXPECT_EQ(seen, "edcba");
}

TEST_F(FrontTest, AGetOfAKnownVersionHasNoBody) {
    create("/management/vendors", vendor);
    const Answer answer =
        house.ask({.path = "/management/vendors/v1", .fields = "If-None-Match: \"1\"\r\n"});
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.field("ETag"), "\"1\"");
    EXPECT_EQ(answer.body, "");
}

TEST_F(FrontTest, AReadWaitsForThePositionThatItNames) {
    const Answer created = house.post("/management/vendors", vendor);
    const auto get = [&](const std::string& position) {
        return house.ask({.path = "/management/vendors/v1",
                          .fields = "Daybook-Min-Position: " + position + "\r\n"});
    };
    EXPECT_EQ(get(std::string(created.field("Daybook-Position"))).status, 200);
    EXPECT_EQ(get("x").status, 400);
    EXPECT_EQ(get("1-1").status, 400);
    const Answer late = get("0-1000000");
    EXPECT_EQ(late.status, 503);
    EXPECT_EQ(late.field("Retry-After"), "1");
    EXPECT_EQ(member(late.body, "code"), "position_not_reached");
}

TEST_F(FrontTest, KeepsMetadataOfUsersValueByValue) {
    create("/management/users", R"({"id":"u1","email":"a@example.org"})");
    const std::string path = "/management/users/u1/metadata/colour";
    const Answer set = house.ask({"PUT", path, R"({"a": [1, null]})"});
    EXPECT_EQ(set.status, 200) << set.body;
    EXPECT_NE(set.body.find(R"("metadata":{"colour":{"a":[1,null]}})"), std::string::npos)
        << set.body;
    for (const char* number : {"1e20", R"({"a":[-1e19]})"}) {
        EXPECT_EQ(member(house.ask({"PUT", path, number}).body, "code"), "invalid_body");
    }
    EXPECT_EQ(house.ask({"PUT", path, "1.5e18"}).status, 200);
    EXPECT_EQ(house.ask({"DELETE", path}).status, 200);
    EXPECT_EQ(house.get("/management/users/u1").body.find("colour"), std::string::npos);
    EXPECT_EQ(
        house.ask({"PUT", "/management/users/u1/metadata/" + std::string(41, 'k'), "1"}).status,
        400);
}

TEST_F(FrontTest, ChecksManyAccessesAtOnce) {
    furnish();
    create("/management/entitlements", R"({"userId":"u1","sku":"paper"})");
    const Answer answer =
        house.post("/management/entitlements/check",
                   R"([{"userId":"u1","sku":"paper"},{"userId":"u2","sku":"paper"}])");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(answer.body.find("[{\"hasAccess\":true"), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find("},{\"hasAccess\":false"), std::string::npos) << answer.body;
    EXPECT_EQ(house.get("/management/entitlements/check?userId=u1").status, 400);
    EXPECT_EQ(house.get("/management/entitlements/check?userId=u1&sku=a%20b").status, 400);
}

TEST_F(FrontTest, SaysWhetherItIsAliveAndReady) {
    EXPECT_EQ(house.get("/livez").status, 200);
    create("/management/vendors", vendor);
    const Answer ready = house.get("/readyz");
    EXPECT_EQ(ready.status, 200) << ready.body;
    EXPECT_EQ(member(ready.body, "status"), "ready");
    EXPECT_EQ(house.get("/metrics").body, "daybook_up 1\n");
}

TEST(Readiness, IsLostByDrainingOrByAnyShard) {
    ShardHealth well;
    well.is_writing = true;
    well.is_projecting = true;
    ShardHealth elsewhere = well;
    elsewhere.is_writing = false;
    elsewhere.owner = "10.0.0.2:8080";
    elsewhere.lag = std::chrono::seconds(3);
    ShardHealth waiting = well;
    waiting.is_writing = false;
    waiting.write_reason = "unavailable";
    ShardHealth ill = well;
    ill.is_projecting = false;
    ill.view_reason = "damaged";
    EXPECT_TRUE((Readiness{false, false, {well, elsewhere}}).is_ready());
    EXPECT_FALSE((Readiness{false, false, {well, waiting}}).is_ready());
    EXPECT_FALSE((Readiness{true, false, {well}}).is_ready());
    EXPECT_FALSE((Readiness{false, false, {well, ill}}).is_ready());
    EXPECT_FALSE((Readiness{false, true, {well}}).is_ready());
    EXPECT_EQ(to_json({false, false, {ill}}),
              R"({"status":"not ready","shards":[{"shard":0,"writing":true,"projecting":false,)"
              R"("viewReason":"damaged","written":0,"applied":0}]})");
    EXPECT_EQ(to_json({false, false, {elsewhere}}),
              R"({"status":"ready","shards":[{"shard":0,"writing":false,"owner":"10.0.0.2:8080",)"
              R"("projecting":true,"written":0,"applied":0,"lagSeconds":3}]})");
}

}  // namespace
}  // namespace api
