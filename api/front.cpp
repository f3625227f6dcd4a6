#include "api/front.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "api/openapi.hpp"
#include "api/resources/audit.hpp"
#include "api/resources/bills.hpp"
#include "api/resources/clock.hpp"
#include "api/resources/contracts.hpp"
#include "api/resources/entitlements.hpp"
#include "api/resources/events.hpp"
#include "api/resources/fulfillments.hpp"
#include "api/resources/histories.hpp"
#include "api/resources/products.hpp"
#include "api/resources/state_machines.hpp"
#include "api/resources/transactions.hpp"
#include "api/resources/users.hpp"
#include "api/resources/vendors.hpp"
#include "api/web/docs.hpp"

namespace api {
namespace {

std::vector<projections::Freshness*> freshness_of(
    const std::vector<projections::Projector*>& projectors) {
    std::vector<projections::Freshness*> all;
    all.reserve(projectors.size());
    for (projections::Projector* const projector : projectors) {
        all.push_back(&projector->freshness());
    }
    return all;
}

bool reads_views(const http::Route& route) {
    return route.doc.reads_views ||
           (!route.access.is_public() && name(*route.access.scope()).ends_with(":read"));
}

// What reads views, on a node that has none.
http::Handler no_views() {
    return [](const http::Request&) -> http::Task<http::Response> {
        co_return http::Problem{http::Status::misdirected, "no_views",
                                "This node has no views; ask one that has the role query."};
    };
}

}  // namespace

Front::Front(FrontPorts ports)
    : ports_(std::move(ports)),
      views_{ports_.queries, freshness_of(ports_.projectors), ports_.lag, ports_.now},
      reads_(views_, ports_.cursor_key),
      forwards_(ports_.peers, views_, ports_.owner_of),
      writes_(ports_.shards, views_, forwards_, ports_.fingerprint_key),
      passwords_(reads_, writes_, ports_.passwords),
      customers_(reads_, ports_.workers, ports_.now),
      histories_(reads_, ports_.history, ports_.workers, ports_.cursor_key),
      access_(reads_, ports_.now_of),
      audit_({ports_.view_rows, ports_.evidence, ports_.workers, reads_, forwards_,
              ports_.checkpoints}),
      events_({reads_, ports_.feed, ports_.workers, ports_.keys, ports_.tokens, ports_.now},
              ports_.feed_settings),
      event_schemas_(ports_.feed_settings.topic_prefix),
      openapi_(std::make_shared<const std::string>(openapi_document(routes(), ports_.version))) {}

http::Router Front::router() { return http::Router(routes()); }

std::vector<http::Route> Front::routes() {
    std::vector<http::Route> all;
    const auto add = [&all](std::vector<http::Route> routes) {
        std::ranges::move(routes, std::back_inserter(all));
    };
    add(vendor_routes(reads_, writes_));
    add(product_routes(reads_, writes_));
    add(user_routes(reads_, writes_, passwords_, customers_));
    add(contract_routes(reads_, writes_));
    add(bill_routes(reads_, writes_));
    add(transaction_routes(reads_, writes_));
    add(entitlement_routes(reads_, writes_, access_));
    add(fulfillment_routes(reads_, writes_));
    add(history_routes(histories_));
    add(event_routes(events_, event_schemas_));
    add(webhook_endpoint_routes(reads_, writes_, ports_.webhook_rules));
    add(clock_routes(writes_, ports_.now_of));
    add(evidence_routes(audit_));
    if (!ports_.has_views) {
        for (http::Route& route : all) {
            if (reads_views(route)) route.handler = no_views();
        }
    }
    // Every node has the trees, and who writes a shard signs it.
    add(audit_routes(audit_));
    add(state_machine_routes());
    add(service_routes({.readiness = [this] { return readiness(); },
                        .metrics = ports_.metrics,
                        .openapi = [this] { return openapi_; }}));
    add(web::docs_routes());
    return all;
}

Readiness Front::readiness() const {
    Readiness readiness{.is_draining = ports_.is_draining(),
                        .is_catching_up = !ports_.has_caught_up(),
                        .shards = {}};
    std::vector<commands::ShardStatus> writing(ports_.projectors.size());
    if (ports_.shards != nullptr) writing = ports_.shards->status();
    for (std::size_t shard = 0; shard < writing.size(); ++shard) {
        const auto number = static_cast<journal::ShardNumber>(shard);
        readiness.shards.push_back(
            health_of(number, writing[shard], ports_.projectors[shard]->status()));
        readiness.shards.back().lag = ports_.lag(number);
    }
    return readiness;
}

}  // namespace api
