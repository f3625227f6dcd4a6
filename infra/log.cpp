#include "infra/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <charconv>
#include <utility>

#include "codec/writer.hpp"
#include "domain/time.hpp"

namespace infra {
namespace {

constexpr std::size_t pending_bytes_max = 2U << 20U;
constexpr std::chrono::milliseconds flush_interval{50};

void append_time(std::string& out) {
    // Text of the same millisecond is made once; most lines of a busy server share it.
    thread_local std::int64_t made_for = -1;
    thread_local std::string made;
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    if (now.time_since_epoch().count() != made_for) {
        made_for = now.time_since_epoch().count();
        made.clear();
        domain::append_rfc3339(made, now);
    }
    out += made;
}

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void begin_line(std::string& out, LogLevel level, std::string_view event) {
    out += R"({"time":")";
    append_time(out);
    out += R"(","level":")";
    out += name(level);
    out += R"(","event":)";
    codec::append_quoted(out, event);
}

void append_field(std::string& out, const LogField& field) {
    out += ',';
    codec::append_quoted(out, field.name);
    out += ':';
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        codec::append_quoted(out, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
        append_integer(out, *number);
    } else {
        out += std::get<bool>(field.value) ? "true" : "false";
    }
}

void append_milliseconds(std::string& out, std::chrono::microseconds duration) {
    const std::int64_t count = duration.count();
    append_integer(out, count / 1000);
    out += '.';
    const std::int64_t rest = count % 1000;
    if (rest < 100) out += '0';
    if (rest < 10) out += '0';
    append_integer(out, rest);
}

void append_request(std::string& out, const RequestLine& line) {
    if (line.denial.empty()) {
        begin_line(out, line.status >= 500 ? LogLevel::error : LogLevel::info, "request");
    } else {
        begin_line(out, LogLevel::warning, "denied");
        append_field(out, {"reason", line.denial});
        if (!line.key.empty()) append_field(out, {"key", line.key});
        if (!line.client.empty()) append_field(out, {"client", line.client});
        if (!line.address.empty()) append_field(out, {"address", line.address});
    }
    append_field(out, {"requestId", line.request_id});
    if (!line.tenant.empty()) append_field(out, {"tenant", line.tenant});
    append_field(out, {"method", line.method});
    append_field(out, {"route", line.route});
    append_field(out, {"status", static_cast<std::int64_t>(line.status)});
    out += R"(,"duration_ms":)";
    append_milliseconds(out, line.duration);
    if (!line.code.empty()) append_field(out, {"code", line.code});
    if (!line.fault.empty()) append_field(out, {"fault", line.fault});
    out += "}\n";
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::size_t number_of_this_thread() {
    static std::atomic<std::size_t> threads = 0;
    thread_local const std::size_t mine = threads.fetch_add(1);
    return mine;
}

}  // namespace

std::string_view name(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: return "error";
    }
    return {};
}

Log::Log(LogLevel level, LoggedRequests requests, Sink sink)
    : level_(level),
      requests_(requests),
      logger_("daybook",
              sink ? std::move(sink) : std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_level(spdlog::level::debug);
    logger_.set_pattern("%v");
    writer_ = std::thread([this] { run(); });
}

Log::~Log() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    ended_.notify_one();
    writer_.join();
    flush();
}

void Log::debug(std::string_view event, std::initializer_list<LogField> fields) {
    write(LogLevel::debug, event, fields);
}
void Log::info(std::string_view event, std::initializer_list<LogField> fields) {
    write(LogLevel::info, event, fields);
}
void Log::warning(std::string_view event, std::initializer_list<LogField> fields) {
    write(LogLevel::warning, event, fields);
}
void Log::error(std::string_view event, std::initializer_list<LogField> fields) {
    write(LogLevel::error, event, fields);
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (level < level_) return;
    std::string line;
    begin_line(line, level, event);
    for (const LogField& field : fields) append_field(line, field);
    line += '}';
    logger_.log(to_spdlog(level), line);
}

void Log::request(const RequestLine& line) {
    if (line.denial.empty()) {
        const unsigned status_min = requests_ == LoggedRequests::errors ? 400 : 0;
        if (requests_ == LoggedRequests::none || line.status < status_min) return;
        if (line.status < 500 && level_ > LogLevel::info) return;
    } else if (level_ > LogLevel::warning) {
        return;
    }

    Pending& pending = pending_[number_of_this_thread() % pending_.size()];
    const std::lock_guard lock(pending.mutex);
    if (pending.lines.size() >= pending_bytes_max) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    append_request(pending.lines, line);
}

void Log::flush() {
    const std::lock_guard one_at_a_time(flush_mutex_);
    std::string lines;
    for (Pending& pending : pending_) {
        lines.clear();
        {
            const std::lock_guard lock(pending.mutex);
            lines.swap(pending.lines);
        }
        if (lines.empty()) continue;
        lines.pop_back();  // The logger ends the last line.
        logger_.log(spdlog::level::info, lines);
    }
}

void Log::run() {
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, flush_interval, [this] { return is_ending_; })) {
        lock.unlock();
        flush();
        lock.lock();
    }
}

}  // namespace infra
