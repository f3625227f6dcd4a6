#include "commands/webhook_endpoint.hpp"

#include <cassert>

#include "commands/checks.hpp"
#include "commands/naming.hpp"
#include "journal/event_codec.hpp"

namespace commands {

using domain::WebhookDeliveriesDecider;
using domain::WebhookEndpointDecider;

namespace {

void check_types(Checks& checks, const std::vector<std::string>& types) {
    for (std::size_t i = 0; i < types.size(); ++i) {
        const journal::EventType* type = journal::find_event_type(types[i]);
        if (type != nullptr && domain::is_published(type->kind)) continue;
        checks.add("/types/" + std::to_string(i), "unknown_event_type",
                   "there is no such type of event; see /management/event-schemas");
    }
}

// The first place that the tenant has left. If there is none, the last one, whose claim refuses.
std::int64_t free_slot(Work& work, std::int64_t slots) {
    std::int64_t slot = 1;
    while (slot < slots && work.claimed_by(domain::webhook_slot_claim(slot))) ++slot;
    return slot;
}

}  // namespace

Answer handle(Work& work, const Target& target, domain::CreateWebhookEndpoint wish) {
    assert(wish.after);
    const std::string id = id_for(work, target, wish.id);
    Checks checks;
    check_types(checks, wish.types);
    if (checks.failed()) return checks.failure();
    wish.slot = free_slot(work, wish.endpoints_max);
    const domain::EventPlace after = *wish.after;
    auto answer = work.decide<WebhookEndpointDecider>(id, std::move(wish));
    if (!answer) return answer;
    const auto begun =
        work.decide<WebhookDeliveriesDecider>(id, domain::BeginWebhookDeliveries{after});
    if (!begun) return domain::Failure(begun.error());
    return answer;
}

Answer handle(Work& work, const Target& target, domain::UpdateWebhookEndpoint wish) {
    Checks checks;
    if (wish.types.value) check_types(checks, *wish.types.value);
    if (checks.failed()) return checks.failure();
    return work.decide<WebhookEndpointDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::EnableWebhookEndpoint wish) {
    wish.now = work.world_now();
    return work.decide<WebhookEndpointDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::DisableWebhookEndpoint wish) {
    return work.decide<WebhookEndpointDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::RotateWebhookSecret wish) {
    wish.now = work.world_now();
    return work.decide<WebhookEndpointDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::DeleteWebhookEndpoint wish) {
    return work.decide<WebhookEndpointDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::ReplayWebhookDeliveries wish) {
    const auto* endpoint = work.find<WebhookEndpointDecider>(target.id());
    if (endpoint != nullptr && endpoint->state.status == domain::WebhookEndpointStatus::deleted) {
        return domain::Failure(fault(FaultKind::conflict, "webhook_endpoint_deleted",
                                     "nothing is delivered to an endpoint that was deleted"));
    }
    return work.decide<WebhookDeliveriesDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::NoteWebhookDeliveries wish) {
    return work.decide<WebhookDeliveriesDecider>(target.id(), std::move(wish));
}

}  // namespace commands
