// What can be seen of a running server from outside: its metrics, its requests in the log, and a
// line when a part of it stops or comes back.
//
// Threads: `record` and `metrics` from any thread; `watch` from one.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/http/config.hpp"
#include "api/http/router.hpp"
#include "cli/node.hpp"
#include "infra/log.hpp"
#include "infra/metrics.hpp"

namespace cli {

// All methods of all routes, and what no route takes.
std::vector<infra::RequestMetrics::Route> counted_routes(const api::http::Router& router);

// What the front knows of itself at one moment.
struct FrontFacts {
    std::size_t connections = 0;  // That are open.
    std::optional<std::chrono::sys_seconds> certificate_ends = {};
};

class Instruments {
public:
    // REQUIRES: both outlive this.
    Instruments(const Node& node, infra::Log& log, std::vector<infra::RequestMetrics::Route> routes,
                bool logs_addresses)
        : node_(node), log_(log), requests_(std::move(routes)), logs_addresses_(logs_addresses) {}

    void record(const api::http::AccessRecord& record);
    // The page of /metrics.
    std::string metrics(const FrontFacts& front) const;
    // Logs what has changed since the last call.
    void watch();

private:
    void add_denied(infra::MetricsPage& page) const;
    void watch_readiness();
    void watch_shards();
    void watch_clock();
    void watch_projectors();
    void watch_relays();
    void watch_checkpoints();

    const Node& node_;
    infra::Log& log_;
    infra::RequestMetrics requests_;
    const bool logs_addresses_;
    std::array<std::atomic<std::uint64_t>, api::denial_count> denied_{};
    std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();

    std::string why_not_ready_ = "starting";
    std::vector<std::uint64_t> falls_;
    std::vector<std::uint64_t> voids_;
    std::vector<bool> is_stopped_;
    std::vector<bool> is_relay_stopped_;
    std::vector<bool> is_signing_stopped_;
    std::vector<std::uint64_t> relay_losses_;
    struct ClockWatch {
        std::uint64_t refused = 0;
        bool is_late = false;
        std::uint64_t done = 0;  // When it became late.
        std::chrono::steady_clock::time_point since = {};
        std::chrono::steady_clock::time_point next = {};  // When the next line is due.
    };
    void watch_clock(std::size_t shard, const commands::ShardStatus& status, ClockWatch& watch);
    std::vector<ClockWatch> clocks_;
};

}  // namespace cli
