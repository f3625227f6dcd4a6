#include "api/resources/service.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/json_object.hpp"

namespace api {
namespace {

using http::Request;
using http::Response;
using http::Status;
using http::Task;

std::string boolean(bool value) { return value ? "true" : "false"; }

Task<Response> live() {
    co_return Response::json(Status::ok, std::string(R"({"status":"alive"})"));
}

Task<Response> ready(Readiness readiness) {
    const Status status = readiness.is_ready() ? Status::ok : Status::unavailable;
    Response response = Response::json(status, to_json(readiness));
    if (!readiness.is_ready()) response.add("Retry-After", "1");
    co_return response;
}

Task<Response> measured(std::string text) {
    Response response = Response::json(Status::ok, std::move(text));
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    co_return response;
}

Task<Response> document(std::shared_ptr<const std::string> json) {
    Response response = Response::json(Status::ok, std::move(json));
    response.cache_control = "no-cache";
    co_return response;
}

http::RouteDoc service(std::string_view operation, std::string_view summary) {
    return {.operation = operation, .summary = summary, .tag = "service"};
}

http::RouteDoc text_service(std::string_view operation, std::string_view summary) {
    http::RouteDoc doc = service(operation, summary);
    doc.produces = {"text/plain"};
    return doc;
}

}  // namespace

bool Readiness::is_ready() const {
    return !is_draining && !is_catching_up &&
           std::ranges::all_of(shards, [](const ShardHealth& shard) {
               return shard.write_reason.empty() && shard.is_projecting;
           });
}

std::string to_json(const Readiness& readiness) {
    std::string shards = "[]";
    for (const ShardHealth& shard : readiness.shards) {
        std::string one = "{}";
        add(one, "shard", std::to_string(shard.shard));
        add(one, "writing", boolean(shard.is_writing));
        if (!shard.write_reason.empty()) add_text(one, "writeReason", shard.write_reason);
        if (!shard.owner.empty()) add_text(one, "owner", shard.owner);
        add(one, "projecting", boolean(shard.is_projecting));
        if (!shard.view_reason.empty()) add_text(one, "viewReason", shard.view_reason);
        add(one, "written", std::to_string(shard.written));
        add(one, "applied", std::to_string(shard.applied));
        if (shard.lag) add(one, "lagSeconds", std::to_string(shard.lag->count() / 1000));
        append(shards, one);
    }
    std::string json = "{}";
    add_text(json, "status",
             readiness.is_draining      ? "draining"
             : readiness.is_catching_up ? "catching up"
             : readiness.is_ready()     ? "ready"
                                        : "not ready");
    add(json, "shards", shards);
    return json;
}

ShardHealth health_of(journal::ShardNumber shard, const commands::ShardStatus& writing,
                      const projections::ProjectorStatus& views) {
    ShardHealth health{
        .shard = shard,
        .is_writing = writing.is_serving,
        .write_reason = writing.is_taking && !writing.is_serving ? writing.reason : "",
        .owner = views.owner_address,
        .is_projecting = views.is_running,
        .view_reason = {},
        .written = writing.seq,
        .applied = views.seq,
        .lag = {}};
    if (!views.is_running) {
        health.view_reason = domain::name(views.reason);
    } else if (views.is_waiting_for_disk) {
        health.view_reason = "waiting_for_disk";
    }
    return health;
}

std::vector<http::Route> service_routes(const ServicePorts& ports) {
    using enum http::Verb;
    using http::public_access;
    return {
        {get, "/livez", public_access, [](const Request&) { return live(); },
         service("getLiveness", "Does the process run?")},
        {get, "/readyz", public_access,
         [ports](const Request&) { return ready(ports.readiness()); },
         service("getReadiness", "Can it take requests? 503 if not.")},
        {get, "/metrics", public_access,
         [ports](const Request&) { return measured(ports.metrics()); },
         text_service("getMetrics", "What it measures, for Prometheus.")},
        {get, "/openapi.json", public_access,
         [ports](const Request&) { return document(ports.openapi()); },
         service("getOpenApi", "This API as an OpenAPI 3.1 document.")},
    };
}

}  // namespace api
