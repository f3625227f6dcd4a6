// Bodies that are made while they are sent: for slow readers, for clients that go, for old clients.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "api/http/completion.hpp"
#include "tests/api/http/loopback.hpp"

namespace api::http {
namespace {

using loopback::Answer;
using loopback::Client;
using loopback::eventually;
using loopback::get;
using loopback::Running;

constexpr std::string_view end_of_chunks = "0\r\n\r\n";

// What a test sees of its streams.
struct Seen {
    std::atomic<int> asked = 0;
    std::atomic<int> ended = 0;
};

// So many pieces, then the end; or, with `waits`, nothing more until it is stopped.
class Pieces final : public Stream {
public:
    Pieces(Seen& seen, int count, std::string piece, bool waits = false)
        : seen_(seen), left_(count), piece_(std::move(piece)), waits_(waits) {}
    ~Pieces() override { ++seen_.ended; }

    Task<std::optional<std::string>> next() override {
        ++seen_.asked;
        if (left_-- > 0) co_return piece_;
        if (!waits_) co_return std::nullopt;
        std::function<void(Completion<bool>)> start = [this](Completion<bool> done) {
            waiting_ = std::move(done);
        };
        co_await completed<bool>(std::chrono::steady_clock::time_point::max(), std::move(start));
        co_return std::string();
    }
    void stop() override {
        if (waiting_) (*waiting_)(true);
    }

private:
    Seen& seen_;
    int left_;
    std::string piece_;
    bool waits_;
    std::optional<Completion<bool>> waiting_;
};

class StreamTest : public ::testing::Test {
protected:
    using Make = std::function<std::unique_ptr<Stream>()>;

    static Task<Response> answer(std::unique_ptr<Stream> stream) {
        Response response;
        response.content_type = "text/plain";
        response.stream = std::move(stream);
        co_return response;
    }
    static Route route(std::string_view path, Make make) {
        return {Verb::get,
                path,
                public_access,
                [make = std::move(make)](const Request&) { return answer(make()); },
                {.operation = "stream", .summary = ""}};
    }
    std::vector<Route> routes() {
        return {route("/three", [this] { return std::make_unique<Pieces>(seen_, 3, "abc"); }),
                route("/waits", [this] { return std::make_unique<Pieces>(seen_, 1, "abc", true); }),
                route("/endless", [this] {
                    return std::make_unique<Pieces>(seen_, 1'000'000, std::string(65'536, 'x'));
                })};
    }
    static ServerConfig impatient() {
        ServerConfig config;
        config.deadline_interval = std::chrono::milliseconds(5);
        config.write_timeout = std::chrono::milliseconds(50);
        return config;
    }

    Seen seen_;
};

TEST_F(StreamTest, LeavesTheConnectionForTheNextRequest) {
    const Running running({}, routes());
    Client client = running.connect();
    client.send(get("/three") + get("/three") + get("/hello"));
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(client.read_answer().field("Transfer-Encoding"), "chunked");
        for (int n = 0; n < 3; ++n) EXPECT_EQ(client.read_chunk(), "abc");
        EXPECT_EQ(client.read_chunk(), "");
    }
    EXPECT_EQ(client.read_answer().body, "\"hello\"");
    EXPECT_EQ(seen_.ended, 2);
}

TEST_F(StreamTest, IsOneTextThatEndsWithTheConnectionForOldClients) {
    const Running running({}, routes());
    Client client = running.connect();
    client.send("GET /three HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Transfer-Encoding"), "");
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_EQ(client.read_to_end(), "abcabcabc");
}

TEST_F(StreamTest, IsNotBegunForHead) {
    const Running running({}, routes());
    Client client = running.connect();
    client.send("HEAD /waits HTTP/1.1\r\nHost: a\r\n\r\n" + get("/hello"));
    EXPECT_EQ(client.read_answer(false).status, 200);
    EXPECT_EQ(client.read_answer().body, "\"hello\"");
    EXPECT_EQ(seen_.asked, 0);
    EXPECT_EQ(seen_.ended, 1);
}

// Only kernel buffers fill, and whoever does not empty them is cut off.
TEST_F(StreamTest, IsMadeNoFasterThanItIsRead) {
    const Running running(impatient(), routes());
    const Client client = running.connect();
    client.send(get("/endless"));
    EXPECT_TRUE(eventually([&] { return seen_.ended == 1; }));
    EXPECT_LT(seen_.asked, 1'000);
    EXPECT_TRUE(eventually([&] { return running.server.connections() == 0; }));
}

TEST_F(StreamTest, EndsWhenTheClientHasGone) {
    const Running running({}, routes());
    Client client = running.connect();
    client.send(get("/waits"));
    client.read_answer();
    EXPECT_EQ(client.read_chunk(), "abc");
    ASSERT_TRUE(eventually([&] { return seen_.asked == 2; }));
    client.close();
    EXPECT_TRUE(eventually([&] { return running.server.connections() == 0; }));
    EXPECT_EQ(seen_.ended, 1);
}

TEST_F(StreamTest, DoesNotTakeARequestForTheEndOfTheClient) {
    const Running running({}, routes());
    Client client = running.connect();
    client.send(get("/waits") + get("/hello"));
    client.read_answer();
    EXPECT_EQ(client.read_chunk(), "abc");
    ASSERT_TRUE(eventually([&] { return seen_.asked == 2; }));
    EXPECT_EQ(running.ask(get("/hello")).status, 200);
    EXPECT_EQ(seen_.ended, 0);
}

TEST_F(StreamTest, EndsWellWhenTheServerDrains) {
    Running running({}, routes());
    Client client = running.connect();
    client.send(get("/waits"));
    client.read_answer();
    EXPECT_EQ(client.read_chunk(), "abc");
    ASSERT_TRUE(eventually([&] { return seen_.asked == 2; }));
    running.server.begin_drain();
    EXPECT_EQ(client.read_to_end(), end_of_chunks);
    EXPECT_EQ(seen_.ended, 1);
}

TEST_F(StreamTest, EndsWithAServerThatIsDestroyed) {
    {
        const Running running({}, routes());
        Client client = running.connect();
        client.send(get("/waits"));
        ASSERT_TRUE(eventually([&] { return seen_.asked == 2; }));
    }
    EXPECT_EQ(seen_.ended, 1);
}

}  // namespace
}  // namespace api::http
