// The routes about the service itself: is it alive, is it ready, what does it measure, what is its
// API.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http/router.hpp"
#include "commands/shards.hpp"
#include "journal/journal.hpp"
#include "projections/projector.hpp"

namespace api {

// One shard of this node, as /readyz shows it.
struct ShardHealth {
    journal::ShardNumber shard = 0;
    bool is_writing = false;
    std::string write_reason;  // Why not; empty when it does, and when it is not to.
    std::string owner;         // Where the node that writes it takes commands, by the log.
    bool is_projecting = false;
    std::string view_reason;  // The same for its views.
    journal::Seq written = 0;
    journal::Seq applied = 0;
    std::optional<std::chrono::milliseconds> lag;  // Of its views, on Kafka.
};

struct Readiness {
    bool is_draining = false;
    bool is_catching_up = false;  // The views are behind what the journal held at the start.
    std::vector<ShardHealth> shards;

    bool is_ready() const;
};
std::string to_json(const Readiness& readiness);

ShardHealth health_of(journal::ShardNumber shard, const commands::ShardStatus& writing,
                      const projections::ProjectorStatus& views);

struct ServicePorts {
    std::function<Readiness()> readiness;
    std::function<std::string()> metrics;  // In the text format of Prometheus.
    // Made of all routes, after these: asked for when it is first needed.
    std::function<std::shared_ptr<const std::string>()> openapi;
};
std::vector<http::Route> service_routes(const ServicePorts& ports);

}  // namespace api
