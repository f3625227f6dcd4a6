#include "api/resources/clock.hpp"

#include <utility>

#include "api/route_docs.hpp"
#include "commands/tenant.hpp"

namespace api {
namespace {

http::Task<http::Response> read(domain::Timestamp now) {
    const ClockReading reading{now};
    co_return http::Response::json(http::Status::ok,
                                   codec::to_json(reading, codec::Audience::client));
}

http::RouteDoc reads(std::string_view operation, std::string_view summary) {
    return {.operation = operation,
            .summary = summary,
            .tag = "clock",
            .response = value_schema<ClockReading>()};
}

http::RouteDoc moves(std::string_view operation, std::string_view summary) {
    http::RouteDoc doc = changes<domain::AdvanceClock>(operation, summary);
    doc.tag = "clock";
    return doc;
}

}  // namespace

std::vector<http::Route> clock_routes(
    const Writes& write, std::function<domain::Timestamp(const domain::TenantId&)> now) {
    using enum http::Verb;
    using enum Scope;
    return {
        {get, "/management/clock", clock_read,
         [now = std::move(now)](const http::Request& request) {
             return read(now(request.tenant()));
         },
         reads("getClock", "What the tenant's clock shows.")},
        {post, "/management/clock/advance", clock_write, write.command<domain::AdvanceClock>(),
         moves("advanceClock",
               "Move a sandbox's clock: all that is due until then is done before the answer.")},
    };
}

}  // namespace api
