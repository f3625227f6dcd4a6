// Handlers of what may be asked of webhook endpoints and of deliveries to them.
#pragma once

#include "commands/work.hpp"
#include "domain/webhook_deliveries.hpp"
#include "domain/webhook_endpoint.hpp"

namespace commands {

// Deliveries begin in the same entry. REQUIRES: `after` is set.
Answer handle(Work& work, const Target& target, domain::CreateWebhookEndpoint wish);
Answer handle(Work& work, const Target& target, domain::UpdateWebhookEndpoint wish);
Answer handle(Work& work, const Target& target, domain::EnableWebhookEndpoint wish);
Answer handle(Work& work, const Target& target, domain::DisableWebhookEndpoint wish);
Answer handle(Work& work, const Target& target, domain::RotateWebhookSecret wish);
Answer handle(Work& work, const Target& target, domain::DeleteWebhookEndpoint wish);

// Of an endpoint that is not deleted.
Answer handle(Work& work, const Target& target, domain::ReplayWebhookDeliveries wish);
Answer handle(Work& work, const Target& target, domain::NoteWebhookDeliveries wish);

}  // namespace commands
