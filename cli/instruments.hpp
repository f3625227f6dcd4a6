// What can be seen of a running server from outside: its metrics, its requests in the log, and a
// line when a part of it stops or comes back.
//
// Threads: `record` and `metrics` from any thread; `watch` from one.
#pragma once

#include <chrono>
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

class Instruments {
public:
    // REQUIRES: both outlive this.
    Instruments(const Node& node, infra::Log& log, std::vector<infra::RequestMetrics::Route> routes)
        : node_(node), log_(log), requests_(std::move(routes)) {}

    void record(const api::http::AccessRecord& record);
    // The page of /metrics. `connections` are those that are open now.
    std::string metrics(std::size_t connections) const;
    // Logs what has changed since the last call.
    void watch();

private:
    void watch_readiness();
    void watch_shards();
    void watch_clock();
    void watch_projectors();
    void watch_relays();

    const Node& node_;
    infra::Log& log_;
    infra::RequestMetrics requests_;
    std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();

    std::string why_not_ready_ = "starting";
    std::vector<std::uint64_t> falls_;
    std::vector<std::uint64_t> voids_;
    std::vector<bool> is_stopped_;
    std::vector<bool> is_relay_stopped_;
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
