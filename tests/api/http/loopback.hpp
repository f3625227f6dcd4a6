// A server on a free port of the loopback, and a client that speaks bytes to it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/http/server.hpp"

namespace api::http::loopback {

// Looks again and again until the condition holds; false after a time that only a bug needs.
bool eventually(const std::function<bool()>& condition);

struct Answer {
    int status = 0;  // 0: the connection ended without one.
    std::string head;
    std::string body;

    std::string_view field(std::string_view name) const;
};

// One connection. Reads give up after a time that only a bug needs.
class Client {
public:
    explicit Client(std::uint16_t port);
    ~Client();
    Client(Client&& other) noexcept;
    Client& operator=(Client&&) = delete;

    void send(std::string_view bytes) const;
    // True once there is something to read, the end included.
    bool is_readable(std::chrono::milliseconds within) const;
    Answer read_answer(bool has_body = true);
    // The next chunk of a chunked body; empty at its end, nothing when the connection ends before.
    std::optional<std::string> read_chunk();
    // All until the server closes; nothing when it does not.
    std::optional<std::string> read_to_end();
    void close();

private:
    bool receive();
    std::optional<std::string> read_line();

    int socket_;
    std::string received_;
};

// One key, for tenant acme.
class OneKey : public KeyDirectory {
public:
    explicit OneKey(ScopeSet scopes);
    std::optional<KeyRecord> find(std::string_view key_id) const override;
    bool has_tenant(const domain::TenantId&) const override { return true; }
    std::uint64_t generation() const override { return 1; }
    std::string authorization() const { return "Authorization: Bearer " + text_ + "\r\n"; }

private:
    std::string text_;
    ScopeSet scopes_;
};

struct Logged {
    std::string method;
    std::string route;
    std::string tenant;
    std::string code;
    Status status;
};

// A running server. Routes: GET /hello and POST /echo for anyone, GET /bills/{id} with bills:read,
// POST /import with a body of up to 2 MiB; and those that a test adds.
class Running {
public:
    explicit Running(ServerConfig config = {}, std::vector<Route> routes = {},
                     ScopeSet scopes = {Scope::bills_read});
    ~Running();

    Client connect() const { return Client(server.port()); }
    // Sends the bytes over a fresh connection; the first answer.
    Answer ask(std::string_view bytes) const;
    std::vector<Logged> log() const;

    OneKey keys;
    mutable std::mutex mutex;
    std::vector<Logged> records;
    std::atomic<std::uint64_t> random = 0;
    Server server;
};

std::string get(std::string_view path, std::string_view fields = "");

}  // namespace api::http::loopback
