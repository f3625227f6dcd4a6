#include "domain/webhook_endpoint.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace domain {
namespace {

using Events = std::vector<WebhookEndpointEvent>;

const Events nothing;  // The wish is already true: a retry succeeds and records nothing.

Decision<WebhookEndpointDecider> if_no_type_twice(const WebhookTerms& terms, Events events) {
    std::vector<std::string> types = terms.types;
    std::ranges::sort(types);
    if (std::ranges::adjacent_find(types) == types.end()) return events;
    return Failure{WebhookEndpointRejection::webhook_type_repeated};
}

Decision<WebhookEndpointDecider> handle(const WebhookEndpoint&,
                                        const CreateWebhookEndpoint& command) {
    return if_no_type_twice(command, {WebhookEndpointCreated{command, command.slot}});
}

Decision<WebhookEndpointDecider> handle(const WebhookEndpoint& endpoint,
                                        const UpdateWebhookEndpoint& command) {
    WebhookTerms terms = endpoint;
    terms.url = command.url.or_else(std::move(terms.url));
    if (command.types.is_given) {
        terms.types = command.types.value.value_or(std::vector<std::string>());
    }
    terms.description = command.description.over(std::move(terms.description));
    if (terms == static_cast<const WebhookTerms&>(endpoint)) return nothing;
    return if_no_type_twice(terms, {WebhookEndpointChanged{terms}});
}

Decision<WebhookEndpointDecider> handle(const WebhookEndpoint&,
                                        const EnableWebhookEndpoint& command) {
    return Events{WebhookEndpointEnabled{command.now}};
}

Decision<WebhookEndpointDecider> handle(const WebhookEndpoint&,
                                        const DisableWebhookEndpoint& command) {
    return Events{WebhookEndpointDisabled{command.because, command.fault}};
}

Decision<WebhookEndpointDecider> handle(const WebhookEndpoint&,
                                        const RotateWebhookSecret& command) {
    const std::chrono::hours overlap{command.previous_valid_hours};
    return Events{WebhookSecretRotated{command.now + overlap}};
}

Decision<WebhookEndpointDecider> handle(const WebhookEndpoint&, const DeleteWebhookEndpoint&) {
    return Events{WebhookEndpointDeleted{}};
}

WebhookEndpoint replay(WebhookEndpoint endpoint, const WebhookEndpointCreated& event) {
    assert(endpoint.status == WebhookEndpointStatus::absent);
    static_cast<WebhookTerms&>(endpoint) = event;
    endpoint.slot = event.slot;
    endpoint.secret_version = 1;
    endpoint.status = WebhookEndpointStatus::enabled;
    return endpoint;
}

WebhookEndpoint replay(WebhookEndpoint endpoint, const WebhookEndpointChanged& event) {
    assert(endpoint.status != WebhookEndpointStatus::absent);
    static_cast<WebhookTerms&>(endpoint) = event;
    return endpoint;
}

WebhookEndpoint replay(WebhookEndpoint endpoint, const WebhookEndpointEnabled& event) {
    assert(endpoint.status == WebhookEndpointStatus::disabled);
    endpoint.status = WebhookEndpointStatus::enabled;
    endpoint.enabled_at = event.enabled_at;
    endpoint.disabled_because.reset();
    endpoint.fault.reset();
    return endpoint;
}

WebhookEndpoint replay(WebhookEndpoint endpoint, const WebhookEndpointDisabled& event) {
    assert(endpoint.status == WebhookEndpointStatus::enabled);
    endpoint.status = WebhookEndpointStatus::disabled;
    endpoint.disabled_because = event.because;
    endpoint.fault = event.fault;
    return endpoint;
}

WebhookEndpoint replay(WebhookEndpoint endpoint, const WebhookSecretRotated& event) {
    assert(endpoint.secret_version > 0);
    ++endpoint.secret_version;
    endpoint.previous_secret_expires_at = event.previous_expires_at;
    return endpoint;
}

WebhookEndpoint replay(WebhookEndpoint endpoint, const WebhookEndpointDeleted&) {
    assert(endpoint.status != WebhookEndpointStatus::absent);
    endpoint.status = WebhookEndpointStatus::deleted;
    return endpoint;
}

}  // namespace

RefusalInfo info(WebhookEndpointRejection refusal) {
    switch (refusal) {
        case WebhookEndpointRejection::webhook_type_repeated:
            return {RefusalKind::invalid, "/types", "name each type once"};
    }
    return {};
}

std::string webhook_slot_claim(std::int64_t slot) {
    return "webhook-endpoint/" + std::to_string(slot);
}

std::vector<std::string> claims(const WebhookEndpoint& endpoint, std::string_view) {
    const bool has_slot = endpoint.status == WebhookEndpointStatus::enabled ||
                          endpoint.status == WebhookEndpointStatus::disabled;
    if (!has_slot) return {};
    return {webhook_slot_claim(endpoint.slot)};
}

Decision<WebhookEndpointDecider> WebhookEndpointDecider::decide(
    const WebhookEndpoint& endpoint, const WebhookEndpointCommand& command) {
    assert(is_legal<WebhookEndpointDecider>(endpoint.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(endpoint, one); }, command);
}

WebhookEndpoint WebhookEndpointDecider::evolve(WebhookEndpoint endpoint,
                                               const WebhookEndpointEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(endpoint), one); }, event);
}

}  // namespace domain
