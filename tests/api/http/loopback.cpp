#include "tests/api/http/loopback.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "domain/api_key_text.hpp"

namespace api::http::loopback {
namespace {

constexpr std::chrono::seconds patience{30};

Task<Response> hello(Request) { co_return Response::json(Status::ok, std::string("\"hello\"")); }

Task<Response> echo(Request request) {
    co_return Response::json(Status::ok, std::move(request.body));
}

Task<Response> length(Request request) {
    co_return Response::json(Status::ok, std::to_string(request.body.size()));
}

Task<Response> path_id(Request request) {
    co_return Response::json(Status::ok, std::string(request.path_value("id")));
}

std::vector<Route> with_routes(std::vector<Route> routes) {
    routes.push_back({Verb::get,
                      "/hello",
                      public_access,
                      hello,
                      {.operation = "hello", .summary = "", .query = {{.name = "name"}}}});
    routes.push_back(
        {Verb::post, "/echo", public_access, echo, {.operation = "echo", .summary = ""}});
    routes.push_back({Verb::post,
                      "/import",
                      public_access,
                      length,
                      {.operation = "import", .summary = "", .body_bytes_max = 2'000'000}});
    routes.push_back({Verb::get,
                      "/bills/{id}",
                      Scope::bills_read,
                      path_id,
                      {.operation = "getBill", .summary = ""}});
    routes.push_back({Verb::patch,
                      "/bills/{id}",
                      Scope::bills_write,
                      echo,
                      {.operation = "changeBill", .summary = ""}});
    return routes;
}

ServerConfig on_free_port(ServerConfig config) {
    config.port = 0;
    return config;
}

domain::Timestamp now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
        if (condition()) return true;
        std::this_thread::yield();
    }
    return false;
}

std::string_view Answer::field(std::string_view name) const {
    std::string_view rest = head;
    while (true) {
        const std::size_t end = rest.find("\r\n");
        if (end == std::string_view::npos) return {};
        const std::string_view line = rest.substr(0, end);
        const std::size_t colon = line.find(": ");
        if (colon != std::string_view::npos && line.substr(0, colon) == name) {
            return line.substr(colon + 2);
        }
        rest.remove_prefix(end + 2);
    }
}

Client::Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket_, generic, sizeof address) != 0) ADD_FAILURE() << "Cannot connect.";
}

Client::~Client() { close(); }

Client::Client(Client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

void Client::close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void Client::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // What the server answered tells more.
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool Client::is_readable(std::chrono::milliseconds within) const {
    pollfd poll{socket_, POLLIN, 0};
    return ::poll(&poll, 1, static_cast<int>(within.count())) > 0;
}

bool Client::receive() {
    if (!is_readable(patience)) return false;
    std::array<char, 65536> buffer;
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
}

Answer Client::read_answer(bool has_body) {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive()) return {};
    }
    Answer answer;
    answer.head = received_.substr(0, end + 2);
    answer.status = std::atoi(answer.head.c_str() + 9);
    received_.erase(0, end + 4);
    const std::string length(answer.field("Content-Length"));
    if (!has_body || length.empty()) return answer;
    const std::size_t size = std::strtoul(length.c_str(), nullptr, 10);
    while (received_.size() < size) {
        if (!receive()) return {};
    }
    answer.body = received_.substr(0, size);
    received_.erase(0, size);
    return answer;
}

std::optional<std::string> Client::read_line() {
    std::size_t end = 0;
    while ((end = received_.find("\r\n")) == std::string::npos) {
        if (!receive()) return {};
    }
    std::string line = received_.substr(0, end);
    received_.erase(0, end + 2);
    return line;
}

std::optional<std::string> Client::read_chunk() {
    const auto head = read_line();
    if (!head) return {};
    const std::size_t size = std::strtoul(head->c_str(), nullptr, 16);
    while (received_.size() < size + 2) {
        if (!receive()) return {};
    }
    std::string chunk = received_.substr(0, size);
    received_.erase(0, size + 2);
    return chunk;
}

std::optional<std::string> Client::read_to_end() {
    while (receive()) {
    }
    if (!is_readable(std::chrono::milliseconds(0))) return {};
    return std::move(received_);
}

OneKey::OneKey(ScopeSet scopes)
    : text_(domain::make_api_key_text({1, 2, 3}, {4, 5, 6})), scopes_(scopes) {}

std::optional<KeyRecord> OneKey::find(std::string_view key_id) const {
    const auto parts = domain::parse_api_key_text(text_);
    if (!parts || parts->id != key_id) return {};
    KeyRecord record;
    record.principal = {{"acme"}, {std::string(key_id)}, scopes_};
    record.secrets[0] = StoredSecret{hash_secret(parts->secret), std::nullopt};
    return record;
}

Running::Running(ServerConfig config, std::vector<Route> routes, ScopeSet scopes)
    : keys(scopes),
      server(on_free_port(std::move(config)), Router(with_routes(std::move(routes))),
             {keys, now, [this] { return random.fetch_add(1); },
              [this](const AccessRecord& record) {
                  const std::lock_guard lock(mutex);
                  records.push_back({std::string(record.method), std::string(record.route),
                                     std::string(record.tenant), std::string(record.code),
                                     record.status});
              }}) {
    server.start();
}

Running::~Running() {
    server.begin_drain();
    server.join(std::chrono::steady_clock::now());
}

Answer Running::ask(std::string_view bytes) const {
    Client client = connect();
    client.send(bytes);
    return client.read_answer();
}

std::vector<Logged> Running::log() const {
    const std::lock_guard lock(mutex);
    return records;
}

std::string get(std::string_view path, std::string_view fields) {
    std::string text = "GET ";
    text.append(path).append(" HTTP/1.1\r\nHost: test\r\n").append(fields).append("\r\n");
    return text;
}

}  // namespace api::http::loopback
