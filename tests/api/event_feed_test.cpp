// The event feed over HTTP: pages, streams, and what is refused. What is in it is feed_test.cpp's.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/api/house.hpp"

namespace api::testing {
namespace {

using http::loopback::Answer;
using http::loopback::Client;
using http::loopback::eventually;

class EventFeedTest : public ::testing::Test {
protected:
    void create_vendor(const std::string& id, std::string_view tenant = "acme") {
        const std::string body = R"({"id":")" + id + R"(","name":"N"})";
        ASSERT_EQ(house.ask({"POST", "/management/vendors", body, {}, tenant}).status, 201);
    }
    static std::vector<std::string> lines(const std::string& text) {
        std::vector<std::string> all;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\n', at);
            all.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        return all;
    }
    static std::string next_of(const Answer& answer) {
        const std::string link(answer.field("Link"));
        return link.substr(1, link.find('>') - 1);
    }

    House house;
};

TEST_F(EventFeedTest, IsPolledPageByPage) {
    std::string path = "/management/events?limit=2";
    EXPECT_EQ(house.get(path).body, "");
    for (const char* id : {"a", "b", "c"}) create_vendor(id);
    create_vendor("foreign", "other");
    std::string subjects;
    for (const std::size_t expected : {2U, 1U, 0U}) {
        const Answer page = house.get(path);
        ASSERT_EQ(page.status, 200) << page.body;
        EXPECT_EQ(page.field("Content-Type"), "application/x-ndjson");
        EXPECT_EQ(lines(page.body).size(), expected);
        for (const std::string& line : lines(page.body)) subjects += member(line, "subject") + ' ';
        path = next_of(page);
    }
    EXPECT_EQ(subjects, "vendors/a vendors/b vendors/c ");
    create_vendor("d");
    EXPECT_EQ(member(house.get(path).body, "subject"), "vendors/d");
}

TEST_F(EventFeedTest, GoesOnWithWhatHappens) {
    create_vendor("a");
    Client client = house.open({.path = "/management/events"});
    const Answer head = client.read_answer();
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Content-Type"), "application/x-ndjson");
    EXPECT_EQ(member(*client.read_chunk(), "subject"), "vendors/a");
    create_vendor("foreign", "other");
    create_vendor("b");
    EXPECT_EQ(member(*client.read_chunk(), "subject"), "vendors/b");
}

TEST_F(EventFeedTest, SpeaksTheLanguageOfBrowsers) {
    create_vendor("a");
    create_vendor("b");
    const std::string accept = "Accept: text/event-stream\r\n";
    Client first = house.open({.path = "/management/events?limit=1", .fields = accept});
    const Answer answer = first.read_answer();
    EXPECT_EQ(answer.field("Content-Type"), "text/event-stream");
    const std::string id = member(answer.body, "id");
    EXPECT_TRUE(answer.body.starts_with("id: " + id + "\ndata: {\"specversion\":\"1.0\""));
    EXPECT_TRUE(answer.body.ends_with("}\n\n"));
    // It connects again to the same address.
    Client second = house.open({.path = "/management/events?after=0-0",
                                .fields = accept + "Last-Event-ID: " + id + "\r\n"});
    second.read_answer();
    EXPECT_EQ(member(*second.read_chunk(), "subject"), "vendors/b");
}

TEST_F(EventFeedTest, LetsThroughWhatIsAskedFor) {
    create_vendor("a");
    create_vendor("b");
    house.post("/management/vendors/a/suspend", "");
    const auto count = [&](const std::string& query) {
        const Answer answer = house.get("/management/events?limit=9&" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return lines(answer.body).size();
    };
    EXPECT_EQ(count("types=VendorCreated"), 2U);
    EXPECT_EQ(count("types=VendorSuspended,VendorClosed&types=BillPaid"), 1U);
    EXPECT_EQ(count("subject=vendors/a"), 2U);
    EXPECT_EQ(count("subject=vendors/a&types=VendorCreated"), 1U);
    EXPECT_EQ(count("subject=vendors/none"), 0U);
}

TEST_F(EventFeedTest, RefusesWhatItCannotMean) {
    for (const char* query :
         {"after=x", "after=1-1", "after=0-1.x", "types=VendorPainted", "types=", "types=,",
          "types=ApiKeyIssued", "subject=vendors", "subject=cats/1", "subject=keys/1", "limit=0",
          "limit=1001", "limit=x", "limit="}) {
        const Answer answer = house.get("/management/events?" + std::string(query));
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_EQ(member(answer.body, "code"), "invalid_parameter") << query;
    }
    EXPECT_EQ(house.ask({.path = "/management/events", .fields = "Last-Event-ID: x\r\n"}).status,
              400);
    EXPECT_EQ(house.ask({.path = "/management/events", .fields = "Accept: text/html\r\n"}).status,
              406);
}

TEST_F(EventFeedTest, HasSoManyStreamsATenantAtMost) {
    const auto ask = [&](std::string_view tenant) {
        return Ask{.path = "/management/events", .tenant = tenant};
    };
    std::vector<Client> open;
    for (int i = 0; i < 2; ++i) {
        open.push_back(house.open(ask("acme")));
        EXPECT_EQ(open.back().read_answer().status, 200);
    }
    const Answer refused = house.ask(ask("acme"));
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.field("Retry-After"), "1");
    EXPECT_EQ(member(refused.body, "code"), "too_many_streams");
    EXPECT_EQ(house.open(ask("other")).read_answer().status, 200);
    EXPECT_EQ(house.get("/management/events?limit=1").status, 200);
    // Whoever goes makes room.
    open.pop_back();
    EXPECT_TRUE(eventually([&] { return house.open(ask("acme")).read_answer().status == 200; }));
}

TEST_F(EventFeedTest, IsOverForAKeyThatIsRevoked) {
    Client client = house.open({.path = "/management/events"});
    client.read_answer();
    create_vendor("a");
    EXPECT_EQ(member(*client.read_chunk(), "subject"), "vendors/a");
    house.revoke_key("acme");
    create_vendor("b");
    EXPECT_EQ(client.read_chunk(), "");
}

TEST_F(EventFeedTest, EndsWellWhenTheServerDrains) {
    Client client = house.open({.path = "/management/events"});
    client.read_answer();
    house.begin_drain();
    EXPECT_EQ(client.read_chunk(), "");
}

TEST(EventFeedHeartbeat, IsAnEmptyLineOrMovesTheIdOn) {
    const House house(std::chrono::milliseconds(10));
    Client lines = house.open({.path = "/management/events"});
    lines.read_answer();
    EXPECT_EQ(lines.read_chunk(), "\n");
    ASSERT_EQ(
        house.ask({"POST", "/management/vendors", R"({"id":"v","name":"N"})", {}, "other"}).status,
        201);
    Client events =
        house.open({.path = "/management/events", .fields = "Accept: text/event-stream\r\n"});
    events.read_answer();
    // The other tenant's entry is passed over: entry 1 is the opening of the shard.
    EXPECT_EQ(events.read_chunk(), ": heartbeat\nid: 0-2\n\n");
}

TEST_F(EventFeedTest, DescribesEveryType) {
    const Answer all = house.get("/management/event-schemas");
    EXPECT_EQ(all.status, 200);
    EXPECT_NE(all.body.find(R"({"type":"BillPaid","version":1,"topic":"daybook.bills","schema":)"),
              std::string::npos);
    EXPECT_EQ(all.body.find("ApiKeyIssued"), std::string::npos);
    const Answer one = house.get("/management/event-schemas/VendorSuspended");
    EXPECT_EQ(one.field("Content-Type"), "application/schema+json");
    EXPECT_EQ(one.body, R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)"
                        R"("$id":"urn:daybook:event:VendorSuspended:1","title":"VendorSuspended",)"
                        R"("type":"object","properties":{}})");
    EXPECT_NE(all.body.find(one.body), std::string::npos);
    EXPECT_EQ(house.get("/management/event-schemas/VendorPainted").status, 404);
    EXPECT_EQ(house.get("/management/event-schemas/ApiKeyIssued").status, 404);
}

}  // namespace
}  // namespace api::testing
