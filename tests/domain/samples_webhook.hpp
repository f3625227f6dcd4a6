// Samples of webhook endpoints and of deliveries to them.
#pragma once

#include "domain/webhook_deliveries.hpp"
#include "domain/webhook_endpoint.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

inline CreateWebhookEndpoint sample_webhook() {
    CreateWebhookEndpoint wish;
    wish.url = {"https://example.org/hook"};
    wish.types = {"BillPaid"};
    wish.after = EventPlace{"0-7"};
    wish.slot = 1;
    return wish;
}

template <>
struct Samples<WebhookEndpointDecider> {
    static std::vector<WebhookEndpointEvent> past(WebhookEndpointStatus status) {
        const WebhookEndpointEvent created = WebhookEndpointCreated{sample_webhook(), 1};
        switch (status) {
            case WebhookEndpointStatus::absent: return {};
            case WebhookEndpointStatus::enabled: return {created};
            case WebhookEndpointStatus::disabled:
                return {created,
                        WebhookEndpointDisabled{WebhookDisabledBecause::failing, "status_500"}};
            case WebhookEndpointStatus::deleted: return {created, WebhookEndpointDeleted{}};
        }
        return {};
    }
    static std::vector<WebhookEndpointCommand> commands(WebhookEndpointStatus) {
        return {sample_webhook(),
                UpdateWebhookEndpoint{.url = change_to(Url{"https://example.org/other"})},
                EnableWebhookEndpoint{.now = sample_start},
                DisableWebhookEndpoint{},
                RotateWebhookSecret{.now = sample_start},
                DeleteWebhookEndpoint{}};
    }
};

inline WaitingSubject sample_waiting() {
    return {.subject = "bills/4711",
            .after = {"0-8.1"},
            .attempts = 2,
            .event = EventPlace{"0-8.2"},
            .failing_since = sample_start,
            .next_attempt_at = sample_start + std::chrono::minutes{1},
            .fault = "timeout"};
}

template <>
struct Samples<WebhookDeliveriesDecider> {
    static std::vector<WebhookDeliveriesEvent> past(WebhookDeliveriesStatus status) {
        switch (status) {
            case WebhookDeliveriesStatus::absent: return {};
            case WebhookDeliveriesStatus::begun: return {WebhookDeliveriesBegun{{"0-7"}}};
        }
        return {};
    }
    static std::vector<WebhookDeliveriesCommand> commands(WebhookDeliveriesStatus) {
        return {BeginWebhookDeliveries{{"0-7"}}, ReplayWebhookDeliveries{.after = {"0-3"}},
                NoteWebhookDeliveries{.after = {"0-9"}, .waiting = {sample_waiting()}}};
    }
};

}  // namespace domain
