#include "api/resources/webhook_endpoints.hpp"

#include <simdjson.h>

#include <utility>

#include "api/json_object.hpp"
#include "api/route_docs.hpp"
#include "commands/webhook_endpoint.hpp"
#include "projections/feed.hpp"

namespace api {

using namespace domain;

namespace {

constexpr Kind endpoints = Kind::webhook_endpoints;

// What those answers show that make a secret.
struct WebhookEndpointWithSecret : WebhookEndpoint {
    std::optional<std::string> secret;
};
constexpr auto describe(const WebhookEndpointWithSecret*) {
    return std::tuple_cat(
        describe(static_cast<const WebhookEndpoint*>(nullptr)),
        fields(field<&WebhookEndpointWithSecret::secret>(
            "secret", "What deliveries are signed with. Keep it: no other answer has it.")));
}

// Collects what is wrong with the members that only the routes can judge.
class Faults {
public:
    void check_url(const WebhookRules& rules, const Url& url) {
        if (const auto refusal = rules.refuses(url.text)) {
            add("/url", refusal->code, refusal->detail);
        }
    }
    void check_place(const Reads& read, const http::Request& request, const EventPlace& place) {
        const auto parsed = projections::parse_feed_place(place.text);
        if (parsed && parsed->shard == read.views().shard_of(request.tenant())) return;
        add("/after", "unknown_place",
            "must be the id of one of the tenant's events, or a Daybook-Position of its answers");
    }
    template <class Wish>
    Asking asked(Wish wish) {
        if (!problem_) return make_asked(std::move(wish));
        return Failure(*std::move(problem_));
    }

private:
    void add(std::string_view pointer, std::string_view code, std::string_view detail) {
        if (!problem_) {
            problem_.emplace(http::Status::unprocessable_content, std::string(code),
                             std::string(detail));
        }
        problem_->errors.push_back({std::string(pointer), std::string(code), std::string(detail)});
    }
    std::optional<http::Problem> problem_;
};

// Reads the body, and then `finish(wish, faults)`.
template <class Wish, class Finish>
Ask asks(Finish finish) {
    return [finish](const http::Request& request) -> Asking {
        Wish wish{};
        auto problem = read_body(request.body, codec::type_of<Wish>(), &wish,
                                 &resource_type(kind_of_command<Wish>()));
        if (problem) return Failure(*std::move(problem));
        Faults faults;
        finish(request, wish, faults);
        return faults.asked(std::move(wish));
    };
}

Ask asks_to_create(const Reads& read, const WebhookRules& rules) {
    return asks<CreateWebhookEndpoint>(
        [&](const http::Request& request, CreateWebhookEndpoint& wish, Faults& faults) {
            faults.check_url(rules, wish.url);
            if (wish.after) faults.check_place(read, request, *wish.after);
            // A little before now: what was written since is delivered, too.
            const auto now = read.views().position_of(request.tenant());
            if (!wish.after) {
                wish.after = EventPlace{to_text(projections::FeedPlace{now.shard, now.seq})};
            }
            wish.endpoints_max = rules.endpoints_max;
        });
}

Ask asks_to_update(const WebhookRules& rules) {
    return asks<UpdateWebhookEndpoint>(
        [&](const http::Request&, const UpdateWebhookEndpoint& wish, Faults& faults) {
            if (wish.url.value) faults.check_url(rules, *wish.url.value);
        });
}

Ask asks_to_replay(const Reads& read) {
    return asks<ReplayWebhookDeliveries>(
        [&](const http::Request& request, const ReplayWebhookDeliveries& wish, Faults& faults) {
            faults.check_place(read, request, wish.after);
        });
}

// Adds the secret to an endpoint; a dry run and a refusal have none.
void show_secret(http::Response& response, const TenantId& tenant, const WebhookRules& rules) {
    if (response.problem) return;
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    std::string_view id;
    std::int64_t version = 0;
    // Of a node that forwarded the command, the answer has it already.
    const bool is_endpoint = parser.parse(response.body).get(document) == simdjson::SUCCESS &&
                             document["secret"].error() != simdjson::SUCCESS &&
                             document["id"].get(id) == simdjson::SUCCESS &&
                             document["secretVersion"].get(version) == simdjson::SUCCESS;
    if (is_endpoint) add_text(response.body, "secret", rules.secret(tenant, id, version));
}

http::Task<http::Response> answer_with_secret(http::Handler write, const WebhookRules& rules,
                                              http::Request request) {
    const TenantId tenant = request.tenant();
    http::Response response = co_await write(std::move(request));
    show_secret(response, tenant, rules);
    co_return response;
}

// The answer to a retry shows it, too: it is the first answer again.
http::Handler with_secret(http::Handler write, const WebhookRules& rules) {
    return [write = std::move(write), &rules](http::Request request) {
        return answer_with_secret(write, rules, std::move(request));
    };
}

http::RouteDoc shows_secret(http::RouteDoc doc) {
    static const Schema schema{Schema::Shape::resource,
                               &codec::type_of<WebhookEndpointWithSecret>()};
    doc.response = &schema;
    return doc;
}

std::vector<http::Route> delivery_routes(const Reads& read, const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    return {
        {get, "/management/webhook-endpoints/{id}/deliveries", webhooks_read,
         read.get(Kind::webhook_deliveries),
         gets(Kind::webhook_deliveries, "getWebhookDeliveries",
              "Up to where events were delivered, and what waits.")},
        {post, "/management/webhook-endpoints/{id}/replay", webhooks_write,
         write.command<ReplayWebhookDeliveries>(asks_to_replay(read)),
         changes<ReplayWebhookDeliveries>("replayWebhookDeliveries",
                                          "Deliver again what is behind a place.")},
    };
}

}  // namespace

std::vector<http::Route> webhook_endpoint_routes(const Reads& read, const Writes& write,
                                                 const WebhookRules& rules) {
    using enum http::Verb;
    using enum Scope;
    std::vector<http::Route> routes = {
        {get, "/management/webhook-endpoints", webhooks_read, read.list(endpoints),
         lists(endpoints, "listWebhookEndpoints", "Webhook endpoints, the newest first.")},
        {post, "/management/webhook-endpoints", webhooks_write,
         with_secret(write.command<CreateWebhookEndpoint>(asks_to_create(read, rules)), rules),
         shows_secret(creates<CreateWebhookEndpoint>(
             "createWebhookEndpoint",
             "Have events delivered to an address. The answer has the secret."))},
        {get, "/management/webhook-endpoints/{id}", webhooks_read, read.get(endpoints),
         gets(endpoints, "getWebhookEndpoint", "A webhook endpoint.")},
        {patch, "/management/webhook-endpoints/{id}", webhooks_write,
         write.command<UpdateWebhookEndpoint>(asks_to_update(rules)),
         changes<UpdateWebhookEndpoint>("updateWebhookEndpoint",
                                        "Change a webhook endpoint by a JSON merge patch.")},
        {delete_, "/management/webhook-endpoints/{id}", webhooks_write,
         write.command<DeleteWebhookEndpoint>(),
         removes<DeleteWebhookEndpoint>("deleteWebhookEndpoint",
                                        "Deliver nothing more, for ever.")},
        {post, "/management/webhook-endpoints/{id}/enable", webhooks_write,
         write.command<EnableWebhookEndpoint>(),
         changes<EnableWebhookEndpoint>("enableWebhookEndpoint",
                                        "Deliver again, from where deliveries were.")},
        {post, "/management/webhook-endpoints/{id}/disable", webhooks_write,
         write.command<DisableWebhookEndpoint>(),
         changes<DisableWebhookEndpoint>("disableWebhookEndpoint",
                                         "Deliver nothing until it is enabled.")},
        {post, "/management/webhook-endpoints/{id}/rotate-secret", webhooks_write,
         with_secret(write.command<RotateWebhookSecret>(), rules),
         shows_secret(changes<RotateWebhookSecret>(
             "rotateWebhookSecret",
             "Sign with a new secret, and for a while with the one before, too. The answer has "
             "it."))},
    };
    for (http::Route& route : delivery_routes(read, write)) routes.push_back(std::move(route));
    for (http::Route& route : routes) route.doc.tag = "webhooks";
    return routes;
}

}  // namespace api
