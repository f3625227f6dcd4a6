#include "api/http/peers.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace api::http {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace beast_http = beast::http;
using std::chrono::steady_clock;

constexpr std::string_view forwarded_by = "Daybook-Forwarded";
// Shorter than a server's patience with an idle connection, so that it is not closed on us.
constexpr std::chrono::seconds idle_max{30};
constexpr std::chrono::seconds connect_max{2};
constexpr std::size_t idle_connections_max = 256;

using Outgoing = beast_http::request<beast_http::string_body>;
using Incoming = beast_http::response<beast_http::string_body>;
constexpr auto as_result = net::as_tuple(net::use_awaitable);

// What belongs to one connection (RFC 9110, 7.6.1), and what is set anew.
bool is_passed_on(std::string_view name) {
    static constexpr std::array<std::string_view, 13> kept{
        "Connection", "Keep-Alive",        "Proxy-Connection", "TE",
        "Trailer",    "Transfer-Encoding", "Upgrade",          "Host",
        "Expect",     "Content-Length",    "X-Request-Id",     "Accept-Encoding",
        forwarded_by};
    return std::ranges::none_of(
        kept, [name](std::string_view one) { return is_same_ignoring_case(one, name); });
}

Outgoing outgoing(const std::string& address, const Request& request, const std::string& self) {
    Outgoing out;
    out.version(11);
    out.method_string(name(request.verb));
    out.target(request.target);
    for (const NameValue& field : request.headers) {
        if (is_passed_on(field.name)) out.insert(field.name, field.value);
    }
    out.set(beast_http::field::host, address);
    out.set("X-Request-Id", request.request_id);
    out.set(forwarded_by, self);
    out.body() = request.body;
    out.prepare_payload();
    return out;
}

// What an answer says of itself; the rest is said by this node.
Response response_of(Incoming incoming) {
    static constexpr std::array<std::string_view, 6> fields{
        "ETag", "Location", "Daybook-Position", "Idempotent-Replayed", "Retry-After", "Link"};
    Response response;
    response.status = static_cast<Status>(incoming.result_int());
    const std::string_view type = incoming[beast_http::field::content_type];
    response.content_type = type.empty()                         ? std::string_view{}
                            : type == "application/problem+json" ? "application/problem+json"
                                                                 : "application/json";
    for (const std::string_view one : fields) {
        if (const auto found = incoming.find(one); found != incoming.end()) {
            response.add(one, found->value());
        }
    }
    response.body = std::move(incoming.body());
    return response;
}

struct Connection {
    explicit Connection(const net::any_io_executor& executor) : stream(executor) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer;
    steady_clock::time_point idle_since;
};

// An idle connection on which something has arrived is at its end.
bool is_usable(Connection& connection) {
    if (steady_clock::now() - connection.idle_since > idle_max) return false;
    boost::system::error_code error;
    std::ignore = connection.stream.socket().non_blocking(true, error);
    char byte = 0;
    connection.stream.socket().receive(net::buffer(&byte, 1), net::socket_base::message_peek,
                                       error);
    return error == net::error::would_block || error == net::error::try_again;
}

}  // namespace

// Everything but `start` runs on the one thread.
class Peers::Pool {
public:
    explicit Pool(std::string name) : name_(std::move(name)) {
        thread_ = std::thread([this] { context_.run(); });
    }
    ~Pool() { stop(); }
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    void stop() {
        if (!thread_.joinable()) return;
        context_.stop();
        thread_.join();
    }

    const std::string& name() const { return name_; }

    void start(std::string address, Outgoing request, steady_clock::time_point deadline,
               std::function<void(Answer)> done) {
        net::co_spawn(context_,
                      run(this, std::move(address), std::move(request), deadline, std::move(done)),
                      net::detached);
    }

private:
    using Owned = std::unique_ptr<Connection>;

    static net::awaitable<void> run(Pool* self, std::string address, Outgoing request,
                                    steady_clock::time_point deadline,
                                    std::function<void(Answer)> done) {
        Owned connection = self->take_idle(address);
        if (!connection) connection = co_await self->connect(address, deadline);
        if (!connection) co_return done(domain::Failure(PeerError::unreachable));
        connection->stream.expires_at(deadline);
        const auto [write_error, written] =
            co_await beast_http::async_write(connection->stream, request, as_result);
        if (write_error) co_return done(domain::Failure(PeerError::unknown));
        beast_http::response_parser<beast_http::string_body> parser;
        parser.body_limit(boost::none);
        const auto [read_error, read] = co_await beast_http::async_read(
            connection->stream, connection->buffer, parser, as_result);
        if (read_error) co_return done(domain::Failure(PeerError::unknown));
        Incoming incoming = parser.release();
        if (incoming.keep_alive()) self->keep(address, std::move(connection));
        done(response_of(std::move(incoming)));
    }

    Owned take_idle(const std::string& address) {
        auto& idle = idle_[address];
        while (!idle.empty()) {
            Owned connection = std::move(idle.back());
            idle.pop_back();
            if (is_usable(*connection)) return connection;
        }
        return nullptr;
    }

    void keep(const std::string& address, Owned connection) {
        auto& idle = idle_[address];
        if (idle.size() >= idle_connections_max) return;
        connection->stream.expires_never();
        connection->idle_since = steady_clock::now();
        idle.push_back(std::move(connection));
    }

    net::awaitable<Owned> connect(std::string address, steady_clock::time_point deadline) {
        const auto executor = co_await net::this_coro::executor;
        const auto colon = address.rfind(':');
        if (colon == std::string::npos) co_return nullptr;
        std::string host = address.substr(0, colon);
        if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
        net::ip::tcp::resolver resolver(executor);
        const auto [resolve_error, places] =
            co_await resolver.async_resolve(host, address.substr(colon + 1), as_result);
        if (resolve_error) co_return nullptr;
        auto connection = std::make_unique<Connection>(executor);
        connection->stream.expires_at(std::min(deadline, steady_clock::now() + connect_max));
        const auto [connect_error, place] =
            co_await connection->stream.async_connect(places, as_result);
        if (connect_error) co_return nullptr;
        boost::system::error_code ignored;
        std::ignore = connection->stream.socket().set_option(net::ip::tcp::no_delay(true), ignored);
        co_return connection;
    }

    std::string name_;
    net::io_context context_{1};
    net::executor_work_guard<net::io_context::executor_type> work_{context_.get_executor()};
    std::map<std::string, std::vector<Owned>, std::less<>> idle_;
    std::thread thread_;
};

Peers::Peers(std::string name) : pool_(std::make_unique<Pool>(std::move(name))) {}

Peers::~Peers() = default;

void Peers::forward(const std::string& address, const Request& request,
                    std::function<void(Answer)> done) {
    pool_->start(address, outgoing(address, request, pool_->name()), request.deadline,
                 std::move(done));
}

void Peers::stop() { pool_->stop(); }

bool is_forwarded(const Request& request) { return request.has_header(forwarded_by); }

}  // namespace api::http
