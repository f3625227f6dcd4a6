#include "domain/webhook_deliveries.hpp"

#include <cassert>

namespace domain {
namespace {

using Events = std::vector<WebhookDeliveriesEvent>;

const Events nothing;  // The wish is already true: a retry succeeds and records nothing.

Decision<WebhookDeliveriesDecider> handle(const WebhookDeliveries&,
                                          const BeginWebhookDeliveries& command) {
    return Events{WebhookDeliveriesBegun{command.after}};
}

Decision<WebhookDeliveriesDecider> handle(const WebhookDeliveries&,
                                          const ReplayWebhookDeliveries& command) {
    return Events{WebhookDeliveriesReplayed{command.after}};
}

Decision<WebhookDeliveriesDecider> handle(const WebhookDeliveries& deliveries,
                                          const NoteWebhookDeliveries& command) {
    if (command.round != deliveries.round) return nothing;
    if (command.waiting.size() > webhook_waiting_max) {
        return Failure{WebhookDeliveriesRejection::too_many_waiting};
    }
    const bool is_known =
        command.after == deliveries.after && command.waiting == deliveries.waiting;
    if (is_known) return nothing;
    return Events{WebhookDeliveriesNoted{command.after, command.waiting}};
}

WebhookDeliveries replay(WebhookDeliveries deliveries, const WebhookDeliveriesBegun& event) {
    assert(deliveries.status == WebhookDeliveriesStatus::absent);
    deliveries.after = event.after;
    deliveries.status = WebhookDeliveriesStatus::begun;
    return deliveries;
}

WebhookDeliveries replay(WebhookDeliveries deliveries, const WebhookDeliveriesReplayed& event) {
    assert(deliveries.status == WebhookDeliveriesStatus::begun);
    deliveries.after = event.after;
    deliveries.waiting.clear();
    ++deliveries.round;
    return deliveries;
}

WebhookDeliveries replay(WebhookDeliveries deliveries, const WebhookDeliveriesNoted& event) {
    assert(deliveries.status == WebhookDeliveriesStatus::begun);
    deliveries.after = event.after;
    deliveries.waiting = event.waiting;
    return deliveries;
}

}  // namespace

RefusalInfo info(WebhookDeliveriesRejection refusal) {
    switch (refusal) {
        case WebhookDeliveriesRejection::too_many_waiting:
            return {RefusalKind::conflict, "", "more subjects than this do not wait one by one"};
    }
    return {};
}

Decision<WebhookDeliveriesDecider> WebhookDeliveriesDecider::decide(
    const WebhookDeliveries& deliveries, const WebhookDeliveriesCommand& command) {
    assert(is_legal<WebhookDeliveriesDecider>(deliveries.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(deliveries, one); }, command);
}

WebhookDeliveries WebhookDeliveriesDecider::evolve(WebhookDeliveries deliveries,
                                                   const WebhookDeliveriesEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(deliveries), one); }, event);
}

}  // namespace domain
