#include "infra/webhooks/client.hpp"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>

#include "domain/numbers.hpp"
#include "infra/webhooks/addresses.hpp"

namespace infra {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using std::chrono::steady_clock;
using tcp = net::ip::tcp;
template <class T>
using Task = net::awaitable<T>;
using Message = http::request<http::string_body>;
using Endpoints = std::vector<tcp::endpoint>;

constexpr std::uint32_t header_bytes_max = 16 * 1024;
constexpr std::uint64_t body_bytes_max = 16 * 1024;
constexpr std::size_t kept_max = 8;
// Before most receivers close what is idle.
constexpr std::chrono::seconds kept_for{4};
// So that a name that leads elsewhere now is looked up again.
constexpr std::chrono::minutes used_for{5};

// A look-up on another thread. Who waits may give up; then nobody hears of it.
struct LookUp {
    explicit LookUp(const net::any_io_executor& executor) : done(executor) {}
    net::steady_timer done;
    std::optional<Endpoints> found;
};

Endpoints look_up(const std::string& host, const std::string& port) {
    net::io_context unused;
    tcp::resolver resolver(unused);
    error_code error;
    const auto found = resolver.resolve(host, port, tcp::resolver::numeric_service, error);
    Endpoints endpoints;
    if (!error) endpoints.assign(found.begin(), found.end());
    return endpoints;
}

// Nothing when the time was over.
Task<std::optional<Endpoints>> resolve(net::thread_pool& resolvers, std::string host,
                                       std::string port, steady_clock::time_point deadline) {
    const auto look = std::make_shared<LookUp>(co_await net::this_coro::executor);
    look->done.expires_at(deadline);
    net::post(resolvers, [look, host = std::move(host), port = std::move(port)] {
        Endpoints endpoints = look_up(host, port);
        net::post(look->done.get_executor(), [look, endpoints = std::move(endpoints)]() mutable {
            look->found = std::move(endpoints);
            look->done.cancel();
        });
    });
    error_code ended;
    co_await look->done.async_wait(net::redirect_error(net::use_awaitable, ended));
    co_return std::move(look->found);
}

Message message_of(PostRequest request) {
    Message message(http::verb::post, request.address.target, 11);
    message.set(http::field::host, request.address.authority());
    message.set(http::field::user_agent, "Daybook");
    for (const auto& [name, value] : request.fields) message.set(name, value);
    message.body() = std::move(request.body);
    message.prepare_payload();
    return message;
}

PostOutcome no_answer(std::string_view fault) { return {.status = 0, .fault = fault}; }

PostOutcome no_answer(const error_code& error, std::string_view otherwise) {
    return no_answer(error == beast::error::timeout ? "timeout" : otherwise);
}

struct Exchanged {
    PostOutcome outcome;
    bool can_be_kept = false;
    bool was_closed = false;  // Before anything of an answer came.
};

template <class Parser>
PostOutcome outcome_of(const Parser& parser) {
    PostOutcome outcome{.status = parser.get().result_int()};
    const auto field = parser.get()[http::field::retry_after];
    const auto wished = domain::parse_whole<std::int64_t>({field.data(), field.size()});
    outcome.retry_after =
        std::chrono::seconds(std::clamp<std::int64_t>(wished.value_or(0), 0, 3600));
    return outcome;
}

// Interim answers (1xx) are passed over; more than a few are none.
template <class Socket>
Task<Exchanged> exchange(Socket& stream, const Message& message) {
    constexpr int interim_max = 4;
    error_code error;
    co_await http::async_write(stream, message, net::redirect_error(net::use_awaitable, error));
    beast::flat_buffer buffer;
    for (int interim = 0; !error && interim <= interim_max; ++interim) {
        http::response_parser<http::string_body> parser;
        parser.header_limit(header_bytes_max);
        parser.body_limit(body_bytes_max);
        co_await http::async_read_header(stream, buffer, parser,
                                         net::redirect_error(net::use_awaitable, error));
        // The status is told even if the body that is announced is too long.
        if (error && error != http::error::body_limit) break;
        if (parser.get().result_int() < 200) continue;
        Exchanged exchanged{.outcome = outcome_of(parser)};
        if (!error) {
            co_await http::async_read(stream, buffer, parser,
                                      net::redirect_error(net::use_awaitable, error));
        }
        exchanged.can_be_kept = !error && parser.get().keep_alive() && buffer.size() == 0;
        co_return exchanged;
    }
    const bool is_late = error == beast::error::timeout;
    const bool is_answered = !error || buffer.size() > 0;
    co_return Exchanged{.outcome = no_answer(error, is_answered ? "bad_answer" : "unreachable"),
                        .was_closed = !is_answered && !is_late};
}

}  // namespace

class Client::Connection {
public:
    Connection(const net::any_io_executor& executor, ClientShared& shared, WebAddress address)
        : shared_(shared), address_(std::move(address)), stream_(executor, shared.tls) {}

    // Why it failed, if it did.
    Task<std::string_view> open(steady_clock::time_point deadline) {
        auto found = co_await resolve(shared_.resolvers, address_.host, address_.port, deadline);
        if (!found) co_return "timeout";
        if (found->empty()) co_return "unknown_host";
        if (!shared_.settings.allow_private) {
            std::erase_if(*found, [](const auto& one) { return !is_public(one.address()); });
        }
        if (found->empty()) co_return "private_address";
        error_code error;
        socket().expires_at(deadline);
        co_await socket().async_connect(*found, net::redirect_error(net::use_awaitable, error));
        if (error) co_return no_answer(error, "unreachable").fault;
        socket().socket().set_option(tcp::no_delay(true), error);
        if (!address_.is_https) co_return std::string_view();
        co_return co_await shake_hands();
    }

    Task<Exchanged> send(const Message& message, steady_clock::time_point deadline) {
        socket().expires_at(deadline);
        if (address_.is_https) {
            co_return co_await exchange(stream_, message);
        }
        co_return co_await exchange(socket(), message);
    }

    bool is_usable(const WebAddress& address, steady_clock::time_point now) const {
        return address_.has_origin_of(address) && now - used_at_ < kept_for &&
               now - made_at_ < used_for;
    }
    void set_used(steady_clock::time_point now) { used_at_ = now; }

private:
    beast::tcp_stream& socket() { return beast::get_lowest_layer(stream_); }

    Task<std::string_view> shake_hands() {
        error_code not_a_number;
        net::ip::make_address(address_.host, not_a_number);
        // An address is no name to ask for.
        const bool is_name = static_cast<bool>(not_a_number);
        if (is_name &&
            SSL_set_tlsext_host_name(stream_.native_handle(), address_.host.c_str()) != 1) {
            co_return "tls_failed";
        }
        stream_.set_verify_callback(net::ssl::host_name_verification(address_.host));
        error_code error;
        co_await stream_.async_handshake(net::ssl::stream_base::client,
                                         net::redirect_error(net::use_awaitable, error));
        if (error) co_return no_answer(error, "tls_failed").fault;
        co_return std::string_view();
    }

    ClientShared& shared_;
    WebAddress address_;
    beast::ssl_stream<beast::tcp_stream> stream_;
    steady_clock::time_point made_at_ = steady_clock::now();
    steady_clock::time_point used_at_ = made_at_;
};

ClientShared::ClientShared(const ClientSettings& of)
    : settings(of), tls(net::ssl::context::tls_client) {
    tls.set_options(net::ssl::context::no_tlsv1 | net::ssl::context::no_tlsv1_1);
    tls.set_verify_mode(net::ssl::verify_peer);
    if (settings.ca_file.empty()) {
        tls.set_default_verify_paths();
    } else {
        tls.load_verify_file(settings.ca_file);
    }
}

std::string to_text(const PostOutcome& outcome) {
    if (outcome.status == 0) return std::string(outcome.fault);
    return "status_" + std::to_string(outcome.status);
}

Client::Client(ClientShared& shared) : shared_(shared) {}

Client::~Client() = default;

std::unique_ptr<Client::Connection> Client::take_kept(const WebAddress& address) {
    const auto now = steady_clock::now();
    std::erase_if(kept_, [&](const auto& one) { return !one->is_usable(address, now); });
    if (kept_.empty()) return nullptr;
    std::unique_ptr<Connection> newest = std::move(kept_.back());
    kept_.pop_back();
    return newest;
}

void Client::keep(std::unique_ptr<Connection> connection) {
    if (kept_.size() >= kept_max) return;
    connection->set_used(steady_clock::now());
    kept_.push_back(std::move(connection));
}

Task<PostOutcome> Client::post(PostRequest request) {
    const auto deadline = steady_clock::now() + shared_.settings.timeout;
    const WebAddress address = request.address;
    if (!address.is_https && !shared_.settings.allow_private) {
        co_return no_answer("https_required");
    }
    const Message message = message_of(std::move(request));
    if (std::unique_ptr<Connection> kept = take_kept(address)) {
        const Exchanged exchanged = co_await kept->send(message, deadline);
        if (exchanged.can_be_kept) keep(std::move(kept));
        if (!exchanged.was_closed) co_return exchanged.outcome;
    }
    auto made = std::make_unique<Connection>(co_await net::this_coro::executor, shared_, address);
    const std::string_view fault = co_await made->open(deadline);
    if (!fault.empty()) co_return no_answer(fault);
    const Exchanged exchanged = co_await made->send(message, deadline);
    if (exchanged.can_be_kept) keep(std::move(made));
    co_return exchanged.outcome;
}

}  // namespace infra
