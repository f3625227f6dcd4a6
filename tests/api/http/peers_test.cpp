// Requests from node to node: over TLS to the right one only, and never in clear to other machines.
#include "api/http/peers.hpp"

#include <gtest/gtest.h>

#include <future>
#include <optional>

#include "tests/api/http/certificates.hpp"
#include "tests/api/http/loopback.hpp"
#include "tests/support/temporary_directory.hpp"

namespace api::http {
namespace {

using loopback::get;
using loopback::MadeCertificate;
using loopback::make_certificate;

Task<Response> said(Request request) {
    Response response =
        Response::json(Status::ok, std::string(request.header("Daybook-Forwarded")));
    response.add("ETag", "\"7\"");
    co_return response;
}

// A node that serves GET /said, in TLS if it has a certificate.
class Node {
public:
    explicit Node(const ServerTls* tls, ServerConfig config = {})
        : server_(on_free_port(std::move(config)), Router(routes()),
                  {.keys = keys_,
                   .now = [] { return domain::Timestamp(); },
                   .random = [this] { return random_.fetch_add(1); },
                   .tls = tls}) {
        server_.start();
    }
    ~Node() {
        server_.begin_drain();
        server_.join(std::chrono::steady_clock::now());
    }
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    std::uint16_t port() const { return server_.port(); }
    std::string at(const std::string& scheme, const std::string& host) const {
        return scheme + host + ":" + std::to_string(port());
    }

private:
    static std::vector<Route> routes() {
        std::vector<Route> routes;
        routes.push_back(
            {Verb::get, "/said", public_access, said, {.operation = "said", .summary = ""}});
        return routes;
    }
    static ServerConfig on_free_port(ServerConfig config) {
        config.port = 0;
        return config;
    }

    loopback::OneKey keys_{{}};
    std::atomic<std::uint64_t> random_ = 0;
    Server server_;
};

Peers::Answer ask(Peers& peers, const std::string& address) {
    Request request = Request::make(Verb::get, "/said");
    request.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    std::promise<Peers::Answer> answer;
    peers.forward(address, request, [&](Peers::Answer one) { answer.set_value(std::move(one)); });
    return answer.get_future().get();
}

struct PeersTest : testing::Test {
    MadeCertificate make(const std::string& name) {
        return make_certificate(directory.path(), name);
    }
    static ServerTls serving(const MadeCertificate& made) {
        return ServerTls({made.certificate.string(), made.key.string()});
    }
    tests::support::TemporaryDirectory directory;
};

TEST_F(PeersTest, AnswerInClearOnThisMachine) {
    const Node node(nullptr);
    Peers peers({.name = "here"});
    for (const std::string scheme : {"", "http://"}) {
        for (int i = 0; i < 2; ++i) {
            const auto answer = ask(peers, node.at(scheme, "127.0.0.1"));
            ASSERT_TRUE(answer);
            EXPECT_TRUE(answer->body.starts_with("here "));
            EXPECT_EQ(answer->field("ETag"), "\"7\"");
        }
    }
}

TEST_F(PeersTest, AnswerInTlsWhenTheirCertificateIsTrustedAndForTheirName) {
    const MadeCertificate made = make("localhost");
    const ServerTls tls = serving(made);
    const Node node(&tls);
    const ClientTls trusting(made.certificate.string());
    Peers peers({.name = "here", .tls = &trusting});
    for (int i = 0; i < 3; ++i) {
        const auto answer = ask(peers, node.at("https://", "localhost"));
        ASSERT_TRUE(answer);
        EXPECT_TRUE(answer->body.starts_with("here "));
    }
}

TEST_F(PeersTest, AreNotAskedWhenTheyAreSomebodyElse) {
    const MadeCertificate made = make("localhost");
    const MadeCertificate other = make("other.example");
    const ServerTls right = serving(made);
    const ServerTls wrong_name = serving(other);
    const Node node(&right);
    const Node impostor(&wrong_name);
    const ClientTls trusts_other(other.certificate.string());
    Peers peers({.name = "here", .tls = &trusts_other});
    EXPECT_EQ(ask(peers, node.at("https://", "localhost")).error(), PeerError::unreachable);
    EXPECT_EQ(ask(peers, impostor.at("https://", "localhost")).error(), PeerError::unreachable);
}

TEST_F(PeersTest, AreNotAskedInTheWrongProtocol) {
    const MadeCertificate made = make("localhost");
    const ServerTls tls = serving(made);
    const ClientTls trusting(made.certificate.string());
    const Node secure(&tls);
    const Node clear(nullptr);
    Peers peers({.name = "here", .tls = &trusting});
    EXPECT_FALSE(ask(peers, secure.at("http://", "127.0.0.1")));
    EXPECT_EQ(ask(peers, clear.at("https://", "localhost")).error(), PeerError::unreachable);
    Peers without({.name = "here"});
    EXPECT_EQ(ask(without, secure.at("https://", "localhost")).error(), PeerError::unreachable);
    for (const char* const nowhere :
         {"", "nonsense", "https://", "https://localhost", "http://:"}) {
        EXPECT_EQ(ask(peers, nowhere).error(), PeerError::unreachable) << nowhere;
    }
}

TEST_F(PeersTest, TrustWhatIsVouchedForAfterAReload) {
    const MadeCertificate made = make("localhost");
    ServerTls tls = serving(made);
    const Node node(&tls);
    ClientTls trusting(made.certificate.string());
    Peers peers({.name = "here", .tls = &trusting});
    ASSERT_TRUE(ask(peers, node.at("https://", "localhost")));
    std::filesystem::remove(made.key);
    make("localhost");  // Another key in the same place.
    tls.reload();
    trusting.reload();
    EXPECT_TRUE(ask(peers, node.at("https://", "localhost")));
}

TEST_F(PeersTest, EndWhenTheyDoNotShakeHandsInTime) {
    const MadeCertificate made = make("localhost");
    const ServerTls tls = serving(made);
    ServerConfig config;
    config.handshake_timeout = std::chrono::milliseconds(50);
    config.deadline_interval = std::chrono::milliseconds(5);
    config.linger_timeout = std::chrono::milliseconds(50);
    const Node node(&tls, config);
    loopback::Client silent(node.port());
    EXPECT_TRUE(silent.read_to_end());
    loopback::Client slow(node.port());
    slow.send("\x16\x03\x01");  // The first bytes of a handshake, and no more.
    EXPECT_TRUE(slow.read_to_end());
}

TEST_F(PeersTest, KnowOneAnotherByWhatTheySent) {
    const auto sent_by = [](std::uint8_t secret) {
        return Peers::Settings{.name = "here", .secret = {secret}};
    };
    // What arrives at a node is what `said` answers with.
    const Node node(nullptr);
    Peers peers(sent_by(1));
    const std::string mark = ask(peers, node.at("", "127.0.0.1"))->body;
    const auto arrived = [](const std::string& field, std::string_view target) {
        const NameValue fields[] = {{"Daybook-Forwarded", field}};
        return Request::make(Verb::get, target, fields);
    };
    EXPECT_TRUE(peers.has_sent(arrived(mark, "/said")));
    EXPECT_TRUE(Peers(sent_by(1)).has_sent(arrived(mark, "/said")));
    EXPECT_FALSE(Peers(sent_by(2)).has_sent(arrived(mark, "/said")));
    EXPECT_FALSE(peers.has_sent(arrived(mark, "/other")));
    EXPECT_FALSE(peers.has_sent(arrived("there" + mark.substr(4), "/said")));
    for (const std::string field : {"", "here", "here ", " ", "here x"}) {
        EXPECT_FALSE(peers.has_sent(arrived(field, "/said"))) << field;
        EXPECT_TRUE(is_forwarded(arrived(field, "/said"))) << field;
    }
}

TEST_F(PeersTest, ShowNoCertificateThatIsNotValidNow) {
    using std::chrono::hours;
    EXPECT_THROW(serving(make_certificate(directory.path(), "past", hours(-2), hours(-1))),
                 TlsFault);
    EXPECT_THROW(serving(make_certificate(directory.path(), "future", hours(1), hours(2))),
                 TlsFault);
    EXPECT_NO_THROW(serving(make("now")));
}

}  // namespace
}  // namespace api::http
