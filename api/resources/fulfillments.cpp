#include "api/resources/fulfillments.hpp"

#include <iterator>
#include <utility>

#include "api/list_parameters.hpp"
#include "api/route_docs.hpp"
#include "commands/contract.hpp"
#include "commands/fulfillment.hpp"

namespace api {

using namespace domain;

namespace {

constexpr Kind kind = Kind::fulfillments;

// The SKU is in the path.
Asking ask_creation(const http::Request& request) {
    auto sku = Sku::parse(request.path_value("sku"));
    if (!sku) return Failure(no_such_resource(Kind::products));
    CreateFulfillment wish;
    auto problem =
        read_body(request.body, codec::type_of<CreateFulfillment>(), &wish, &resource_type(kind));
    if (problem) return Failure(*std::move(problem));
    wish.sku = *std::move(sku);
    return make_asked(std::move(wish));
}

Asking ask_stop_removal(const http::Request& request) {
    auto stop = DeliveryStopId::parse(request.path_value("stop"));
    if (!stop) {
        return Failure(http::Problem{http::Status::not_found, "unknown_stop",
                                     "The contract has no stop with this id."});
    }
    RemoveDeliveryStop wish;
    wish.stop_id = *std::move(stop);
    return make_asked(std::move(wish));
}

http::RouteDoc lists_of_product(std::string_view operation, std::string_view summary) {
    http::RouteDoc doc = lists(kind, operation, summary);
    doc.query = list_parameters(kind, projections::Filter::sku);
    return doc;
}

http::RouteDoc of_fulfillments(http::RouteDoc doc) {
    doc.tag = domain::name(kind);
    return doc;
}

std::vector<http::Route> stop_routes(const Reads& read, const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    http::RouteDoc stops{.operation = "listDeliveryStops",
                         .summary = "The delivery stops of a contract.",
                         .tag = domain::name(kind),
                         .response = value_schema<std::vector<DeliveryStop>>()};
    return {
        {get, "/management/contracts/{id}/delivery-stops", fulfillments_read,
         read.part(Kind::contracts, "deliveryStops"), std::move(stops)},
        {post, "/management/contracts/{id}/delivery-stops", fulfillments_write,
         write.command<AddDeliveryStop>(),
         of_fulfillments(changes<AddDeliveryStop>(
             "addDeliveryStop",
             "Deliver nothing printed on some days, from the first issue that can be stopped."))},
        {delete_, "/management/contracts/{id}/delivery-stops/{stop}", fulfillments_write,
         write.command<RemoveDeliveryStop>(&ask_stop_removal),
         of_fulfillments(removes<RemoveDeliveryStop>("removeDeliveryStop",
                                                     "Forget a stop that has not begun."))},
    };
}

std::vector<http::Route> digital_routes(const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    return {
        {post, "/management/fulfillments/{id}/ready", fulfillments_write,
         write.command<ReadyFulfillment>(),
         changes<ReadyFulfillment>("readyFulfillment",
                                   "Say where something digital is to be had, or anew.")},
        {post, "/management/fulfillments/{id}/fail", fulfillments_write,
         write.command<FailFulfillment>(),
         changes<FailFulfillment>("failFulfillment", "It cannot be had.")},
        {post, "/management/fulfillments/{id}/revoke", fulfillments_write,
         write.command<RevokeFulfillment>(),
         changes<RevokeFulfillment>("revokeFulfillment",
                                    "Take back something digital that was not delivered yet.")},
    };
}

std::vector<http::Route> shipment_routes(const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    return {
        {post, "/management/fulfillments/{id}/include", fulfillments_write,
         write.command<IncludeFulfillment>(),
         changes<IncludeFulfillment>("includeFulfillment",
                                     "It is in the dispatch file; an issue of its contract is "
                                     "counted.")},
        {post, "/management/fulfillments/{id}/dispatch", fulfillments_write,
         write.command<DispatchFulfillment>(),
         changes<DispatchFulfillment>("dispatchFulfillment", "It is on its way.")},
        {post, "/management/fulfillments/{id}/return", fulfillments_write,
         write.command<ReturnFulfillment>(),
         changes<ReturnFulfillment>("returnFulfillment", "It came back.")},
        {post, "/management/fulfillments/{id}/report", fulfillments_write,
         write.command<ReportFulfillment>(),
         changes<ReportFulfillment>("reportFulfillment", "It did not come as it should have.")},
        {post, "/management/fulfillments/{id}/reship", fulfillments_write,
         write.command<ReshipFulfillment>(),
         changes<ReshipFulfillment>("reshipFulfillment", "Send it once more.")},
        {post, "/management/fulfillments/{id}/credit", fulfillments_write,
         write.command<CreditFulfillment>(),
         changes<CreditFulfillment>("creditFulfillment",
                                    "Give back what it cost, as customer credit.")},
        {post, "/management/fulfillments/{id}/cancel", fulfillments_write,
         write.command<CancelFulfillment>(),
         changes<CancelFulfillment>("cancelFulfillment",
                                    "Do not ship it; until its cut-off only.")},
    };
}

}  // namespace

std::vector<http::Route> fulfillment_routes(const Reads& read, const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    std::vector<http::Route> all{
        {get, "/management/products/{sku}/fulfillments", fulfillments_read,
         read.list_of(Kind::products, kind, projections::Filter::sku),
         lists_of_product("listFulfillmentsOfProduct", "What is handed over of a product.")},
        {post, "/management/products/{sku}/fulfillments", fulfillments_write,
         write.command<CreateFulfillment>(&ask_creation),
         creates<CreateFulfillment>("createFulfillment", "Hand over a product to a user.")},
        {get, "/management/fulfillments", fulfillments_read, read.list(kind),
         lists(kind, "listFulfillments", "Fulfillments, the newest first.")},
        {get, "/management/fulfillments/{id}", fulfillments_read, read.get(kind),
         gets(kind, "getFulfillment", "A fulfillment.")},
        {post, "/management/fulfillments/{id}/deliver", fulfillments_write,
         write.command<DeliverFulfillment>(),
         changes<DeliverFulfillment>("deliverFulfillment", "The user has it.")},
    };
    for (auto routes : {digital_routes(write), shipment_routes(write), stop_routes(read, write)}) {
        std::ranges::move(routes, std::back_inserter(all));
    }
    return all;
}

}  // namespace api
