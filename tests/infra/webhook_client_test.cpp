// What a client makes of answers, of those above all that no right receiver gives.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <thread>

#include "infra/webhooks/client.hpp"

namespace infra {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using tcp = net::ip::tcp;

// Gives each request the same bytes, and closes a connection after as many as it is told. REQUIRES:
// at the end all are closed.
class Receiver {
public:
    explicit Receiver(std::string answer, int requests_each = 1)
        : answer_(std::move(answer)), requests_each_(requests_each), thread_([this] { run(); }) {}
    ~Receiver() {
        is_ending_ = true;
        error_code ignored;
        tcp::socket last(context_);
        last.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/a";
    }
    int connections() const { return connections_; }
    int requests() const { return requests_; }

private:
    void run() {
        while (true) {
            tcp::socket socket(context_);
            acceptor_.accept(socket);
            if (is_ending_) return;
            ++connections_;
            serve(std::move(socket));
        }
    }
    void serve(tcp::socket socket) {
        error_code error;
        net::streambuf buffer;
        for (int i = 0; i < requests_each_ && !error; ++i) {
            const std::size_t size = net::read_until(socket, buffer, "the end", error);
            if (error) return;
            buffer.consume(size);
            ++requests_;
            net::write(socket, net::buffer(answer_), error);
        }
    }

    std::string answer_;
    int requests_each_;
    net::io_context context_;
    tcp::acceptor acceptor_{context_, tcp::endpoint(net::ip::address_v4::loopback(), 0)};
    std::atomic<int> connections_ = 0;
    std::atomic<int> requests_ = 0;
    std::atomic<bool> is_ending_ = false;
    std::thread thread_;
};

class WebhookClient : public ::testing::Test {
protected:
    PostOutcome post(const std::string& url, bool allow_private = true) {
        shared_.settings.allow_private = allow_private;
        auto outcome = net::co_spawn(
            context_, client_.post({parse_web_address(url), {{"webhook-id", "1"}}, "the end"}),
            net::use_future);
        context_.restart();
        context_.run();
        return outcome.get();
    }
    std::string text_of(const std::string& answer) {
        const Receiver receiver(answer);
        return to_text(post(receiver.url()));
    }

    ClientShared shared_{{.timeout = std::chrono::seconds(60)}};
    net::io_context context_;
    Client client_{shared_};
};

const std::string ok = "HTTP/1.1 204 No Content\r\n\r\n";

TEST_F(WebhookClient, HearsTheStatusWhateverComesWithIt) {
    EXPECT_EQ(text_of(ok), "status_204");
    EXPECT_EQ(text_of("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n"), "status_302");
    EXPECT_EQ(text_of("HTTP/1.1 200 OK\r\n\r\nuntil it closes"), "status_200");
    EXPECT_EQ(text_of("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nmuch"), "status_200");
    EXPECT_EQ(text_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense"),
              "status_200");
    EXPECT_EQ(text_of("HTTP/1.1 103 Early Hints\r\n\r\n" + ok), "status_204");
}

TEST_F(WebhookClient, TakesNothingElseForAnAnswer) {
    EXPECT_EQ(text_of("SSH-2.0-x\r\n\r\n"), "bad_answer");
    EXPECT_EQ(text_of("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
              "bad_answer");
    std::string interim;
    for (int i = 0; i < 50; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(text_of(interim), "bad_answer");
    EXPECT_EQ(text_of(""), "unreachable");
}

TEST_F(WebhookClient, HearsForHowLongTheReceiverWantsToRest) {
    const auto rest = [this](const std::string& value) {
        const Receiver receiver("HTTP/1.1 429 Too Many Requests\r\nRetry-After: " + value +
                                "\r\nContent-Length: 0\r\n\r\n");
        return post(receiver.url()).retry_after.count();
    };
    EXPECT_EQ(rest("77"), 77);
    EXPECT_EQ(rest("999999"), 3600);
    EXPECT_EQ(rest("-5"), 0);
    EXPECT_EQ(rest("Fri, 31 Dec 1999 23:59:59 GMT"), 0);
}

TEST_F(WebhookClient, UsesAConnectionAgainAndANewOneWhenThatWasClosed) {
    const Receiver receiver(ok, 3);
    for (int i = 0; i < 6; ++i) EXPECT_EQ(to_text(post(receiver.url())), "status_204");
    EXPECT_EQ(receiver.requests(), 6);
    EXPECT_EQ(receiver.connections(), 2);
}

TEST_F(WebhookClient, ConnectsNowhereInsideUnlessItMay) {
    const Receiver receiver(ok);
    EXPECT_EQ(to_text(post(receiver.url(), false)), "https_required");
    std::string url = receiver.url();
    url.insert(4, "s");
    EXPECT_EQ(to_text(post(url, false)), "private_address");
    const std::size_t host = url.find("127.0.0.1");
    for (const char* other : {"localhost", "2130706433", "0x7f.1", "127.1"}) {
        EXPECT_EQ(to_text(post(std::string(url).replace(host, 9, other), false)), "private_address")
            << other;
    }
    EXPECT_EQ(receiver.connections(), 0);
}

}  // namespace
}  // namespace infra
