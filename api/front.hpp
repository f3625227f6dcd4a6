// The front: all routes of Daybook, made from the parts that answer them.
//
//     api::Front front(ports);
//     api::http::Server server(config, front.router(), …);
//
// Lifetime: what the ports refer to outlives the front, and the front outlives the server. The
// shards and the workers are stopped before the server is destroyed (see http/completion.hpp).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/access.hpp"
#include "api/audit.hpp"
#include "api/cursor.hpp"
#include "api/customers.hpp"
#include "api/event_feed.hpp"
#include "api/event_schemas.hpp"
#include "api/forward.hpp"
#include "api/history.hpp"
#include "api/http/router.hpp"
#include "api/http/workers.hpp"
#include "api/passwords.hpp"
#include "api/read.hpp"
#include "api/resources/service.hpp"
#include "api/resources/webhook_endpoints.hpp"
#include "api/views.hpp"
#include "api/write.hpp"
#include "commands/shards.hpp"
#include "projections/feed.hpp"
#include "projections/projector.hpp"
#include "projections/query.hpp"

namespace api {

// All functions may be called from all I/O threads at once.
struct FrontPorts {
    commands::Shards* shards = nullptr;  // Null on a node that writes none.
    const projections::Queries& queries;
    const projections::Feed& feed;
    const journal::Rows& view_rows;
    const projections::History& history;
    const projections::Evidence& evidence;
    std::vector<projections::Projector*> projectors;  // By shard, one for each.
    http::Workers& workers;                           // Read what takes long.
    const KeyDirectory& keys;                         // The server's, too,
    const Tokens* tokens = nullptr;                   // and these.
    Cursors::Key cursor_key;                          // The same on every node, and secret.
    MacKey fingerprint_key;                           // The same.
    http::Peers& peers;
    Forwards::OwnerOf owner_of;
    std::function<domain::Timestamp()> now;
    std::function<domain::Timestamp(const domain::TenantId&)> now_of;  // By the tenant's own clock.
    std::function<std::string()> metrics;  // In the text format of Prometheus.
    // Of views; nothing where they cannot lag.
    std::function<std::optional<std::chrono::milliseconds>(journal::ShardNumber)> lag =
        [](journal::ShardNumber) { return std::nullopt; };
    // Does this node have views, or only what it needs to know who asks?
    bool has_views = true;
    // Have the views reached what the journal held when this node started?
    std::function<bool()> has_caught_up = [] { return true; };
    std::function<bool()> is_draining;
    std::string version;  // Of Daybook.
    PasswordPorts passwords;
    WebhookRules webhook_rules;
    FeedSettings feed_settings = {};
    CheckpointPorts checkpoints = {};
};

class Front {
public:
    explicit Front(FrontPorts ports);
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;

    // Throws std::logic_error when routes collide: a start-up fault.
    http::Router router();

private:
    std::vector<http::Route> routes();
    Readiness readiness() const;

    FrontPorts ports_;
    Views views_;
    Reads reads_;
    Forwards forwards_;
    Writes writes_;
    Passwords passwords_;
    Customers customers_;
    Histories histories_;
    AccessChecks access_;
    Audit audit_;
    EventFeed events_;
    EventSchemas event_schemas_;
    std::shared_ptr<const std::string> openapi_;
};

}  // namespace api
