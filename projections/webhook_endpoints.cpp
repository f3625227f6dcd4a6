#include "projections/views.hpp"

namespace projections {
namespace {

constexpr Filter filters[] = {Filter::status};
constexpr Range ranges[] = {Range::created_at};

void collect_endpoint(const domain::AggregateOf<domain::WebhookEndpointDecider>& endpoint,
                      TermBuilder& terms) {
    terms.words(std::string_view(endpoint.id));
    terms.words(std::string_view(endpoint.state.url.text));
    if (endpoint.state.description) terms.words(std::string_view(*endpoint.state.description));
}

void collect_deliveries(const domain::AggregateOf<domain::WebhookDeliveriesDecider>&,
                        TermBuilder&) {}

}  // namespace

constexpr View webhook_endpoints_view =
    view_of<domain::WebhookEndpointDecider, &collect_endpoint>(filters, ranges);

// Nobody lists them: each is read with its endpoint.
constexpr View webhook_deliveries_view =
    view_of<domain::WebhookDeliveriesDecider, &collect_deliveries>({}, {});

}  // namespace projections
