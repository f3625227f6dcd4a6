// The log: one JSON object a line, to standard error.
//
//     {"time":"…","level":"info","event":"started","address":"http://127.0.0.1:8080"}
//
// An event's name is stable, for searches; its fields hold no body, no id out of a path, no key and
// no personal data. Events are written at once. Lines about requests are many, so they are kept in
// memory for a moment and written together by a thread of the log's own; when standard error is too
// slow for them, they are dropped and counted, and requests do not wait.
// Threads: all functions may be called from any thread.
#pragma once

#include <spdlog/logger.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <variant>

namespace infra {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
std::string_view name(LogLevel level);

struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, bool> value;
};

// An answered request. `route` is a template.
struct RequestLine {
    std::string_view request_id;
    std::string_view tenant;
    std::string_view method;
    std::string_view route;
    std::string_view code;   // The problem's; empty on success.
    std::string_view fault;  // What a handler threw; empty if nothing.
    // Of a call that was denied: why, who asked as far as it is known, and from where if that may
    // be kept. It gets a line of its own kind, `denied`, whatever requests get one.
    std::string_view denial = {};
    std::string_view key = {};
    std::string_view client = {};
    std::string_view address = {};
    unsigned status = 0;
    std::chrono::microseconds duration{0};
};

// Which requests get a line.
enum class LoggedRequests : std::uint8_t { none, errors, all };

class Log {
public:
    using Sink = std::shared_ptr<spdlog::sinks::sink>;
    // To standard error if there is no sink.
    Log(LogLevel level, LoggedRequests requests, Sink sink = nullptr);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void debug(std::string_view event, std::initializer_list<LogField> fields = {});
    void info(std::string_view event, std::initializer_list<LogField> fields = {});
    void warning(std::string_view event, std::initializer_list<LogField> fields = {});
    void error(std::string_view event, std::initializer_list<LogField> fields = {});
    void request(const RequestLine& line);

    // Lines about requests that were dropped.
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
    // Writes what is kept.
    void flush();

private:
    // Threads keep their lines in different places, so that they do not wait for one another.
    struct alignas(64) Pending {
        std::mutex mutex;
        std::string lines;
    };
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);
    void run();

    LogLevel level_;
    LoggedRequests requests_;
    spdlog::logger logger_;
    std::array<Pending, 16> pending_;
    std::atomic<std::uint64_t> dropped_ = 0;
    std::mutex flush_mutex_;  // One flush at a time keeps the lines in order.
    std::mutex mutex_;
    std::condition_variable ended_;
    bool is_ending_ = false;
    std::thread writer_;
};

}  // namespace infra
