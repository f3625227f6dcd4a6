// The server over real connections: order, deadlines, limits, drain, and answers from other
// threads.
#include "api/http/server.hpp"

#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <thread>

#include "api/http/completion.hpp"
#include "tests/api/http/loopback.hpp"

namespace api::http {
namespace {

using loopback::Answer;
using loopback::Client;
using loopback::eventually;
using loopback::get;
using loopback::Running;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A thread that does what it is told later, as a shard does.
class Worker {
public:
    Worker() : thread_([this] { run(); }) {}
    ~Worker() {
        do_later({});
        thread_.join();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void do_later(std::function<void()> work) {
        const std::lock_guard lock(mutex_);
        work_.push_back(std::move(work));
        changed_.notify_one();
    }

private:
    void run() {
        while (true) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !work_.empty(); });
            const auto work = std::move(work_.front());
            work_.pop_front();
            lock.unlock();
            if (!work) return;
            work();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> work_;
    std::thread thread_;
};

Task<Response> count_on(Worker& worker, std::atomic<int>& counter, Request request) {
    const auto number = co_await completed<int>(request.deadline, [&](const Completion<int>& done) {
        worker.do_later([done, &counter] { done(++counter); });
    });
    if (!number) co_return outcome_unknown();
    co_return Response::json(Status::ok, std::to_string(*number));
}

Route counting(Worker& worker, std::atomic<int>& counter) {
    return {Verb::get,
            "/count",
            public_access,
            [&](Request request) { return count_on(worker, counter, std::move(request)); },
            {.operation = "count", .summary = ""}};
}

// Waits for a value that nobody brings, or that someone brings late.
Task<Response> wait_in_vain(std::vector<Completion<int>>& waiting, Request request) {
    const auto number = co_await completed<int>(
        request.deadline, [&](Completion<int> done) { waiting.push_back(std::move(done)); });
    if (!number) co_return outcome_unknown();
    co_return Response::json(Status::ok, std::to_string(*number));
}

Route waiting_in_vain(std::vector<Completion<int>>& waiting) {
    return {Verb::get,
            "/wait",
            public_access,
            [&](Request request) { return wait_in_vain(waiting, std::move(request)); },
            {.operation = "wait", .summary = ""}};
}

Route get_route(std::string_view path, Handler handler) {
    return {Verb::get, path, public_access, std::move(handler), {.operation = "x", .summary = ""}};
}

Task<Response> large(std::shared_ptr<const std::string> body) {
    co_return Response::json(Status::ok, std::move(body));
}

Task<Response> throws(Request request) {
    if (request.verb == Verb::get) throw std::runtime_error("secret");
    co_return Response();
}

class CountDown final : public Stream {
public:
    Task<std::optional<std::string>> next() override {
        if (left_ == 0) co_return std::nullopt;
        co_return std::to_string(left_--);
    }

private:
    int left_ = 3;
};

Task<Response> count_down(Request) {
    Response response;
    response.content_type = "application/x-ndjson";
    response.stream = std::make_unique<CountDown>();
    co_return response;
}

ServerConfig impatient() {
    ServerConfig config;
    config.deadline_interval = milliseconds(5);
    return config;
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    Worker worker;
    std::atomic<int> counter = 0;
    const Running running({}, {counting(worker, counter)});
    Client client = running.connect();
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += get("/count") + get("/hello");
    client.send(requests);
    for (int i = 1; i <= 100; ++i) {
        ASSERT_EQ(client.read_answer().body, std::to_string(i));
        ASSERT_EQ(client.read_answer().body, "\"hello\"");
    }
}

TEST(Server, ClosesWhenItIsAskedTo) {
    const Running running;
    for (const auto& request :
         {get("/hello", "Connection: close\r\n"), std::string("GET /hello HTTP/1.0\r\n\r\n")}) {
        Client client = running.connect();
        client.send(request);
        const Answer answer = client.read_answer();
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.field("Connection"), "close");
        EXPECT_EQ(client.read_to_end(), "");
    }
}

TEST(Server, AnswersHeadWithTheHeadOfGet) {
    const Running running;
    Client client = running.connect();
    client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + get("/hello"));
    EXPECT_EQ(client.read_answer(false).field("Content-Length"), "7");
    EXPECT_EQ(client.read_answer().body, "\"hello\"");
}

TEST(Server, SendsAStreamInChunks) {
    const Running running({}, {get_route("/stream", count_down)});
    Client client = running.connect();
    client.send(get("/stream", "Connection: close\r\n"));
    EXPECT_EQ(client.read_answer().field("Transfer-Encoding"), "chunked");
    EXPECT_EQ(client.read_to_end(), "1\r\n3\r\n1\r\n2\r\n1\r\n1\r\n0\r\n\r\n");
}

TEST(Server, HidesWhatAHandlerThrows) {
    const Running running({}, {get_route("/throws", throws)});
    const Answer answer = running.ask(get("/throws"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST(Server, ResumesHandlersFromOtherThreads) {
    ServerConfig config;
    config.io_threads = 2;
    std::atomic<int> counter = 0;
    Worker worker;
    const Running running(config, {counting(worker, counter)});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            Client client = running.connect();
            for (int n = 0; n < 100; ++n) {
                client.send(get("/count"));
                EXPECT_EQ(client.read_answer().status, 200);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(counter, 400);
}

TEST(Server, SaysThatTheOutcomeIsUnknownWhenTheDeadlineHasPassed) {
    ServerConfig config = impatient();
    config.request_timeout = milliseconds(10);
    std::vector<Completion<int>> waiting;
    const Running running(config, {waiting_in_vain(waiting)});
    const Answer answer = running.ask(get("/wait"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Retry-After"), "1");
    EXPECT_NE(answer.body.find("outcome_unknown"), std::string::npos);
    waiting.at(0)(7);  // Too late, and harmless.
    EXPECT_EQ(running.ask(get("/hello")).status, 200);
}

TEST(Server, LetsAHandlerEndWhoseClientHasGone) {
    std::vector<Completion<int>> waiting;
    std::atomic<bool> is_waiting = false;
    const Running running({}, {get_route("/wait", [&](Request request) {
                              is_waiting = true;
                              return wait_in_vain(waiting, std::move(request));
                          })});
    Client client = running.connect();
    client.send(get("/wait"));
    ASSERT_TRUE(eventually([&] { return is_waiting.load(); }));
    client.close();
    ASSERT_EQ(running.ask(get("/hello")).status, 200);  // The handler has begun to wait by now.
    waiting.at(0)(7);
    EXPECT_TRUE(eventually([&] { return running.server.connections() == 0; }));
}

TEST(Server, EndsWithHandlersThatStillWait) {
    std::vector<Completion<int>> waiting;
    std::atomic<bool> is_waiting = false;
    std::optional<Client> kept;
    {
        const Running running({}, {get_route("/wait", [&](Request request) {
                                  is_waiting = true;
                                  return wait_in_vain(waiting, std::move(request));
                              })});
        kept.emplace(running.connect());
        kept->send(get("/wait"));
        ASSERT_TRUE(eventually([&] { return is_waiting.load(); }));
    }
    EXPECT_EQ(kept->read_answer().status, 0);
}

TEST(Server, EndsAHeaderThatIsNotWholeInTime) {
    ServerConfig config = impatient();
    config.header_timeout = milliseconds(50);
    const Running running(config);
    Client client = running.connect();
    client.send("GET /hello HTTP/1.1\r\n");
    // Bytes that keep coming do not extend the time.
    while (!client.is_readable(milliseconds(2))) client.send("A: b\r\n");
    EXPECT_EQ(client.read_answer().status, 408);
    EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, EndsABodyThatIsNotWholeInTime) {
    ServerConfig config = impatient();
    config.body_timeout = milliseconds(50);
    const Running running(config);
    Client client = running.connect();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        "Content-Length: 1000000\r\n\r\n");
    while (!client.is_readable(milliseconds(2))) client.send("1");
    EXPECT_EQ(client.read_answer().status, 408);
}

TEST(Server, EndsAClientThatDoesNotReadItsAnswer) {
    ServerConfig config = impatient();
    config.write_timeout = milliseconds(50);
    const auto body = std::make_shared<const std::string>(64UL * 1024 * 1024, 'x');
    const Running running(config,
                          {get_route("/large", [&](const Request&) { return large(body); })});
    const Client client = running.connect();
    client.send(get("/large"));
    ASSERT_TRUE(eventually([&] { return !running.log().empty(); }));
    EXPECT_TRUE(eventually([&] { return running.server.connections() == 0; }));
}

TEST(Server, EndsIdleConnectionsSilently) {
    ServerConfig config = impatient();
    config.idle_timeout = milliseconds(20);
    const Running running(config);
    EXPECT_EQ(running.connect().read_to_end(), "");
}

TEST(Server, SendsLargeAnswersWhole) {
    const auto body = std::make_shared<const std::string>(8UL * 1024 * 1024, 'x');
    const Running running({}, {get_route("/large", [&](const Request&) { return large(body); })});
    EXPECT_EQ(running.ask(get("/large")).body, *body);
}

TEST(Server, AcceptsNoMoreThanItsLimit) {
    ServerConfig config;
    config.connections_max = 2;
    config.linger_timeout = milliseconds(0);
    const Running running(config);
    std::array<Client, 2> first{running.connect(), running.connect()};
    for (Client& client : first) {
        client.send(get("/hello"));
        EXPECT_EQ(client.read_answer().status, 200);
    }
    Client third = running.connect();
    third.send(get("/hello"));
    EXPECT_EQ(running.server.connections(), 2U);
    first[0].close();
    EXPECT_EQ(third.read_answer().status, 200);
    EXPECT_LE(running.server.connections(), 2U);
}

TEST(Server, HoldsAThousandIdleConnections) {
    ServerConfig config;
    config.io_threads = 2;
    const Running running(config);
    std::vector<Client> clients;
    for (int i = 0; i < 1000; ++i) {
        clients.push_back(running.connect());
        clients.back().send(get("/hello"));
        ASSERT_EQ(clients.back().read_answer().status, 200);
    }
    EXPECT_EQ(running.server.connections(), 1000U);
    for (Client& client : clients) {
        client.send(get("/hello"));
        ASSERT_EQ(client.read_answer().status, 200);
    }
}

TEST(Server, LosesNoRequestWhenItDrains) {
    ServerConfig config = impatient();
    config.io_threads = 2;
    config.drain_idle_timeout = std::chrono::seconds(20);
    Worker worker;
    std::atomic<int> counter = 0;
    std::atomic<int> answered = 0;
    Running running(config, {counting(worker, counter)});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            Client client = running.connect();
            Answer answer;
            do {
                client.send(get("/count") + get("/count"));
                ASSERT_EQ(client.read_answer().status, 200);
                answer = client.read_answer();
                ASSERT_EQ(answer.status, 200);
                answered += 2;
            } while (answer.field("Connection") != "close");
        });
    }
    ASSERT_TRUE(eventually([&] { return answered > 100; }));
    running.server.begin_drain();
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(running.server.join(steady_clock::now() + std::chrono::seconds(20)));
    EXPECT_EQ(counter, answered);
}

TEST(Server, AnswersWhoWaitsInTheBacklogWhenItDrains) {
    ServerConfig config = impatient();
    config.connections_max = 1;
    config.drain_idle_timeout = std::chrono::seconds(20);
    config.linger_timeout = milliseconds(0);
    Running running(config);
    Client first = running.connect();
    first.send(get("/hello"));
    EXPECT_EQ(first.read_answer().status, 200);
    Client second = running.connect();
    second.send(get("/hello"));
    running.server.begin_drain();
    EXPECT_EQ(second.read_answer().status, 200);
    first.close();
    EXPECT_TRUE(running.server.join(steady_clock::now() + std::chrono::seconds(20)));
}

TEST(Server, EndsIdleConnectionsWhenItDrains) {
    ServerConfig config = impatient();
    config.drain_idle_timeout = milliseconds(10);
    Running running(config);
    Client client = running.connect();
    client.send(get("/hello"));
    EXPECT_EQ(client.read_answer().status, 200);
    running.server.begin_drain();
    EXPECT_TRUE(running.server.is_draining());
    EXPECT_EQ(client.read_to_end(), "");
    client.close();
    EXPECT_TRUE(running.server.join(steady_clock::now() + std::chrono::seconds(20)));
}

TEST(Server, RefusesAPortThatIsTaken) {
    const Running running;
    ServerConfig config;
    config.port = running.server.port();
    const ServerPorts ports{running.keys, [] { return domain::Timestamp(); }, [] { return 1UL; }};
    EXPECT_THROW(Server(config, Router({}), ports), std::system_error);
}

TEST(Server, LogsTemplatesAndNoPaths) {
    const Running running;
    EXPECT_EQ(running.ask(get("/bills/b1", running.keys.authorization())).body, "b1");
    ASSERT_TRUE(eventually([&] { return running.log().size() == 1; }));
    const loopback::Logged record = running.log().at(0);
    EXPECT_EQ(record.method, "GET");
    EXPECT_EQ(record.route, "/bills/{id}");
    EXPECT_EQ(record.tenant, "acme");
    EXPECT_EQ(record.status, Status::ok);
}

}  // namespace
}  // namespace api::http
