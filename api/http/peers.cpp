#include "api/http/peers.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "api/base64url.hpp"
#include "api/mac.hpp"

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

// An address taken apart.
struct Place {
    std::string host;  // Without brackets.
    std::string port;
    std::string authority;  // As it was given, for the field Host.
    bool has_tls = false;
};

Place place_of(std::string_view address) {
    Place place;
    place.has_tls = address.starts_with("https://");
    if (const auto end = address.find("://"); end != std::string_view::npos) {
        address.remove_prefix(end + 3);
    }
    place.authority = address;
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos) return place;
    place.port = address.substr(colon + 1);
    address = address.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    place.host = address;
    return place;
}

// What only a node can say of a request: "<node> <MAC of what is sent on>". Who has not the secret
// can neither make one nor use another request's.
std::string mark_of(const Peers::Settings& settings, std::string_view node,
                    const Request& request) {
    std::string text = "daybook forwarded request\n";
    for (const std::string_view part : {node, name(request.verb), request.target,
                                        request.request_id, request.header("Authorization")}) {
        text.append(part).push_back('\n');
    }
    const Mac mac = mac_of(settings.secret, text);
    return std::string(node) + ' ' +
           to_base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

Outgoing outgoing(const std::string& address, const Request& request,
                  const Peers::Settings& settings) {
    Outgoing out;
    out.version(11);
    out.method_string(name(request.verb));
    out.target(request.target);
    for (const NameValue& field : request.headers) {
        if (is_passed_on(field.name)) out.insert(field.name, field.value);
    }
    out.set(beast_http::field::host, place_of(address).authority);
    out.set("X-Request-Id", request.request_id);
    out.set(forwarded_by, mark_of(settings, settings.name, request));
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
    std::optional<net::ssl::stream<beast::tcp_stream&>> tls;  // Over the stream; or nothing.
    beast::flat_buffer buffer;
    steady_clock::time_point idle_since;
};

// False unless the answer came whole.
template <class Stream>
net::awaitable<bool> exchange(Stream& stream, const Outgoing& request, beast::flat_buffer& buffer,
                              beast_http::response_parser<beast_http::string_body>& answer) {
    const auto [write_error, written] =
        co_await beast_http::async_write(stream, request, as_result);
    if (write_error) co_return false;
    const auto [read_error, read] =
        co_await beast_http::async_read(stream, buffer, answer, as_result);
    co_return !read_error;
}

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
    explicit Pool(Settings settings) : settings_(std::move(settings)) {
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

    const Settings& settings() const { return settings_; }

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
        beast_http::response_parser<beast_http::string_body> parser;
        parser.body_limit(boost::none);
        bool is_answered = false;
        if (connection->tls) {
            is_answered = co_await exchange(*connection->tls, request, connection->buffer, parser);
        } else {
            is_answered =
                co_await exchange(connection->stream, request, connection->buffer, parser);
        }
        if (!is_answered) co_return done(domain::Failure(PeerError::unknown));
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
        const Place wanted = place_of(address);
        if (wanted.port.empty() || (wanted.has_tls && settings_.tls == nullptr)) co_return nullptr;
        net::ip::tcp::resolver resolver(executor);
        const auto [resolve_error, places] =
            co_await resolver.async_resolve(wanted.host, wanted.port, as_result);
        if (resolve_error) co_return nullptr;
        auto connection = std::make_unique<Connection>(executor);
        connection->stream.expires_at(std::min(deadline, steady_clock::now() + connect_max));
        const auto [connect_error, place] =
            co_await connection->stream.async_connect(places, as_result);
        if (connect_error) co_return nullptr;
        boost::system::error_code ignored;
        std::ignore = connection->stream.socket().set_option(net::ip::tcp::no_delay(true), ignored);
        if (!wanted.has_tls) {
            const bool may_be_seen = settings_.allow_plaintext || place.address().is_loopback();
            co_return may_be_seen ? std::move(connection) : nullptr;
        }
        co_return co_await secure(std::move(connection), wanted.host);
    }

    // Nothing unless the other node shows a certificate of that name, from whom we trust.
    net::awaitable<Owned> secure(Owned connection, std::string host) {
        const TlsContext context = settings_.tls->context();
        auto& tls = connection->tls.emplace(connection->stream, *context);
        boost::system::error_code is_name;
        net::ip::make_address(host, is_name);
        if (is_name) SSL_set_tlsext_host_name(tls.native_handle(), host.c_str());
        tls.set_verify_callback(net::ssl::host_name_verification(host));
        const auto [error] = co_await tls.async_handshake(net::ssl::stream_base::client, as_result);
        co_return error ? nullptr : std::move(connection);
    }

    Settings settings_;
    net::io_context context_{1};
    net::executor_work_guard<net::io_context::executor_type> work_{context_.get_executor()};
    std::map<std::string, std::vector<Owned>, std::less<>> idle_;
    std::thread thread_;
};

Peers::Peers(Settings settings) : pool_(std::make_unique<Pool>(std::move(settings))) {}

Peers::~Peers() = default;

void Peers::forward(const std::string& address, const Request& request,
                    std::function<void(Answer)> done) {
    pool_->start(address, outgoing(address, request, pool_->settings()), request.deadline,
                 std::move(done));
}

bool Peers::has_sent(const Request& request) const {
    const std::string_view mark = request.header(forwarded_by);
    const std::size_t end = mark.rfind(' ');
    if (end == std::string_view::npos) return false;
    const std::string right = mark_of(pool_->settings(), mark.substr(0, end), request);
    return right.size() == mark.size() &&
           CRYPTO_memcmp(right.data(), mark.data(), right.size()) == 0;
}

void Peers::stop() { pool_->stop(); }

bool is_forwarded(const Request& request) { return request.has_header(forwarded_by); }

}  // namespace api::http
