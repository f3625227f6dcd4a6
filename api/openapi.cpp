#include "api/openapi.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <vector>

#include "api/auth.hpp"
#include "api/body.hpp"
#include "api/json_object.hpp"
#include "api/list_parameters.hpp"
#include "api/schema.hpp"

namespace api {
namespace {

using http::ParameterType;
using http::QueryParameter;
using http::Route;
using http::Status;
using http::Verb;

constexpr std::string_view time_or_date =
    R"({"anyOf":[{"type":"string","format":"date-time"},{"type":"string","format":"date"}]})";
constexpr std::string_view time_date_or_offset =
    R"({"anyOf":[{"type":"string","format":"date-time"},{"type":"string","format":"date"},)"
    R"({"type":"integer","minimum":0,"maximum":10000}]})";

constexpr std::string_view time_date_or_position =
    R"({"anyOf":[{"type":"string","format":"date-time"},{"type":"string","format":"date"},)"
    R"({"type":"string","pattern":"^[0-9]{1,9}-[0-9]{1,19}$"}]})";

// What the gate lets through in paths and queries.
constexpr std::string_view clean_text =
    R"({"type":"string","pattern":"^[^\\u0000-\\u001f\\u007f-\\u009f]*$"})";
constexpr std::string_view metadata_key =
    R"({"type":"string","minLength":1,"maxLength":40,)"
    R"("pattern":"^[^/\\u0000-\\u001f\\u007f-\\u009f]+$","not":{"enum":[".",".."]}})";

constexpr std::string_view problem_schema =
    R"({"type":"object","description":"What went wrong (RFC 9457).","properties":{)"
    R"("type":{"type":"string","format":"uri"},"title":{"type":"string"},)"
    R"("status":{"type":"integer"},"detail":{"type":"string"},"instance":{"type":"string"},)"
    R"("code":{"type":"string","description":"For programs; never changes."},)"
    R"("requestId":{"type":"string"},"retryAfter":{"type":"integer"},)"
    R"("from":{"type":"string","description":"Of a conflict: the status that forbids it."},)"
    R"("command":{"type":"string"},"allowed":{"type":"array","items":{"type":"string"}},)"
    R"("errors":{"type":"array","items":{"type":"object","properties":{)"
    R"("pointer":{"type":"string","description":"A JSON pointer, or a parameter's name."},)"
    R"("code":{"type":"string"},"detail":{"type":"string"}},)"
    R"("required":["pointer","code","detail"]}}},)"
    R"("required":["type","title","status","detail","code","requestId","errors"]})";

constexpr std::string_view dry_run_schema =
    R"({"type":"object","description":"What a write with dryRun=true would do.","properties":{)"
    R"("events":{"type":"array","items":{"type":"object","properties":{)"
    R"("type":{"type":"string"},"subject":{"type":"string"},)"
    R"("sequence":{"type":"integer","minimum":1},"data":{"type":"object"}},)"
    R"("required":["type","subject","sequence","data"]}},)"
    R"("resource":{"type":"object","description":"As it would be."}},)"
    R"("required":["events","resource"]})";

constexpr std::string_view problem_response =
    R"({"description":"What went wrong.","headers":{"Retry-After":{"schema":{"type":"integer"},)"
    R"("description":"Seconds; on 503 and 507."}},)"
    R"("content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}})";

// What a route is, as far as its headers and statuses depend on it.
bool is_command(const Route& route) {
    return std::ranges::find(route.doc.query, "dryRun", &QueryParameter::name) !=
           route.doc.query.end();
}
bool is_read(const Route& route) {
    return !route.access.is_public() && !is_command(route) && !route.doc.is_preview;
}
bool is_resource(const Route& route) {
    return route.doc.response != nullptr && route.doc.response->shape == Schema::Shape::resource;
}
bool has_parameter(const Route& route, std::string_view name) {
    return std::ranges::find(route.doc.query, name, &QueryParameter::name) != route.doc.query.end();
}
bool creates(const Route& route) { return route.doc.success == Status::created; }

std::string parameter(std::string_view name, std::string_view in, bool is_required,
                      std::string_view doc, std::string_view schema) {
    std::string made = "{}";
    add_text(made, "name", name);
    add_text(made, "in", in);
    add(made, "required", is_required ? "true" : "false");
    add_text(made, "description", doc);
    add(made, "schema", schema);
    return made;
}

// Of an id as a parameter; other texts are no id of anything.
std::string id_schema(std::string_view name) {
    std::string schema = R"({"type":"string","pattern":"^[A-Za-z0-9._-]+$","minLength":1})";
    add(schema, "maxLength", std::to_string(name == "sku" ? domain::Sku::length_max : 64));
    add(schema, "not", R"({"enum":[".",".."]})");
    return schema;
}

std::string bounded_integer(std::size_t least, std::size_t most, std::size_t usual) {
    std::string schema = R"({"type":"integer"})";
    add(schema, "minimum", std::to_string(least));
    add(schema, "maximum", std::to_string(most));
    add(schema, "default", std::to_string(usual));
    return schema;
}

std::string schema_of(const QueryParameter& query, const Route& route) {
    if (query.name == "limit") {
        const bool is_users = route.doc.tag == domain::name(domain::Kind::users);
        return bounded_integer(1, limit_max,
                               default_limit(is_users ? domain::Kind::users : domain::Kind::bills));
    }
    if (query.name == "offset") return bounded_integer(0, offset_max, 0);
    if (query.name == "asOf") return std::string(time_date_or_position);
    switch (query.type) {
        case ParameterType::integer: return R"({"type":"integer","format":"int64"})";
        case ParameterType::boolean: return R"({"type":"boolean"})";
        case ParameterType::date_time: return std::string(time_or_date);
        case ParameterType::date_or_number: return std::string(time_date_or_offset);
        case ParameterType::string: break;
    }
    if (query.is_required) return id_schema(query.name);
    std::string schema(query.values.empty() ? clean_text : R"({"type":"string"})");
    if (!query.values.empty()) {
        std::string values = "[]";
        for (const std::string_view value : query.values) append(values, json_text(value));
        add(schema, "enum", values);
    }
    if (!query.is_repeatable) return schema;
    return R"({"type":"array","items":)" + schema + '}';
}

void append_path_parameters(std::string& parameters, std::string_view path) {
    for (std::size_t at = path.find('{'); at != std::string_view::npos; at = path.find('{', at)) {
        const std::size_t end = path.find('}', at);
        const std::string_view name = path.substr(at + 1, end - at - 1);
        const std::string schema = name == "key" ? std::string(metadata_key) : id_schema(name);
        append(parameters, parameter(name, "path", true, "Which one.", schema));
        at = end;
    }
}

void append_header_parameters(std::string& parameters, const Route& route) {
    constexpr std::string_view text = R"({"type":"string"})";
    if (is_command(route)) {
        append(
            parameters,
            parameter("Idempotency-Key", "header", false,
                      "1 to 255 visible ASCII characters. The same key with the same request "
                      "gets the first answer again.",
                      R"({"type":"string","minLength":1,"maxLength":255,"pattern":"^[!#-~]+$"})"));
    }
    if (is_command(route) && !creates(route)) {
        append(
            parameters,
            parameter("If-Match", "header", route.doc.needs_if_match,
                      "The ETag that the change is based on.",
                      R"({"type":"string",)"
                      R"("pattern":"^([*]|[0-9]{1,19}|\"[0-9]{1,19}\"(, ?\"[0-9]{1,19}\")*)$"})"));
    }
    if (is_read(route) && is_resource(route)) {
        append(parameters, parameter("If-None-Match", "header", false,
                                     "The ETag of what is known: 304 if it is still so.", text));
    }
    if (is_read(route)) {
        append(parameters, parameter("Daybook-Min-Position", "header", false,
                                     "The Daybook-Position of an earlier answer: waits for it.",
                                     R"({"type":"string","pattern":"^[0-9]{1,9}-[0-9]{1,19}$"})"));
    }
}

std::string parameters_of(const Route& route) {
    std::string parameters = "[]";
    append_path_parameters(parameters, route.path);
    for (const QueryParameter& query : route.doc.query) {
        append(parameters, parameter(query.name, "query", query.is_required, query.doc,
                                     schema_of(query, route)));
    }
    append_header_parameters(parameters, route);
    return parameters;
}

std::string header(std::string_view doc, std::string_view type = "string") {
    std::string made = "{}";
    add_text(made, "description", doc);
    add(made, "schema", R"({"type":")" + std::string(type) + "\"}");
    return made;
}

std::string headers_of(const Route& route) {
    std::string headers = "{}";
    if (route.access.is_public()) return headers;
    add(headers, "Daybook-Position", header("How much of the journal the answer has seen."));
    add(headers, "Daybook-Lag",
        header("On Kafka: for how many seconds there may have been something that it has not "
               "seen."));
    if (is_resource(route) && !route.doc.is_preview)
        add(headers, "ETag", header("The version, in quotes."));
    if (creates(route)) add(headers, "Location", header("Where the new resource is."));
    if (is_command(route)) {
        add(headers, "Idempotent-Replayed", header("true: this is the first answer again."));
    }
    if (has_parameter(route, "cursor")) {
        add(headers, "Link", header("The next page, if there is one: rel=\"next\"."));
    }
    if (has_parameter(route, "count")) {
        add(headers, "Daybook-Count", header("Of all that match, with count=true."));
    }
    if (has_parameter(route, "asOf")) {
        add(headers, "Daybook-As-Of", header("With asOf: what the answer is as of."));
    }
    return headers;
}

std::string content_of(const Route& route, const std::string& schema) {
    std::string content = "{}";
    for (const std::string_view type : route.doc.produces) {
        std::string media = "{}";
        if (!schema.empty()) add(media, "schema", schema);
        add(content, type, media);
    }
    return content;
}

std::string success_response(const Route& route, std::string_view doc, const std::string& schema) {
    std::string response = "{}";
    add_text(response, "description", doc);
    add(response, "headers", headers_of(route));
    if (!schema.empty() || route.doc.success != Status::no_content) {
        add(response, "content", content_of(route, schema));
    }
    return response;
}

std::vector<Status> refusals_of(const Route& route) {
    using enum Status;
    std::vector<Status> statuses{bad_request, not_acceptable};
    if (route.access.is_public()) return statuses;
    statuses.insert(statuses.end(),
                    {unauthorized, forbidden, misdirected, too_many_requests, unavailable});
    if (route.path.contains('{')) statuses.insert(statuses.end(), {not_found, gone});
    if (route.doc.request != nullptr) {
        statuses.insert(statuses.end(),
                        {content_too_large, unsupported_media_type, unprocessable_content});
    }
    if (route.doc.is_preview) statuses.push_back(conflict);
    if (is_command(route)) {
        statuses.insert(statuses.end(), {conflict, unprocessable_content, insufficient_storage});
        if (!creates(route)) statuses.push_back(precondition_failed);
        if (route.doc.needs_if_match) statuses.push_back(precondition_required);
    }
    std::ranges::sort(statuses);
    const auto rest = std::ranges::unique(statuses);
    statuses.erase(rest.begin(), rest.end());
    return statuses;
}

std::string_view description_of(Status success) {
    if (success == Status::created) return "Created.";
    return success == Status::no_content ? "Done." : "The answer.";
}

std::string responses_of(const Route& route, SchemaBook& book) {
    const Schema* schema = route.doc.response;
    std::string body = schema != nullptr ? book.response(*schema) : std::string();
    const bool is_change = is_command(route) && route.doc.success == Status::ok;
    if (is_change) body = R"({"anyOf":[)" + body + R"(,{"$ref":"#/components/schemas/DryRun"}]})";

    std::string responses = "{}";
    if (is_command(route) && !is_change) {
        add(responses, "200",
            success_response(route, "With dryRun=true: what would be done.",
                             R"({"$ref":"#/components/schemas/DryRun"})"));
    }
    add(responses, std::to_string(static_cast<int>(route.doc.success)),
        success_response(route, description_of(route.doc.success), body));
    if (is_read(route) && is_resource(route)) {
        add(responses, "304", R"({"description":"It is what If-None-Match names."})");
    }
    for (const Status status : refusals_of(route)) {
        std::string reference = R"({"$ref":"#/components/responses/Problem"})";
        add_text(reference, "description", http::reason(status));
        add(responses, std::to_string(static_cast<int>(status)), reference);
    }
    add(responses, "default", R"({"$ref":"#/components/responses/Problem"})");
    return responses;
}

std::string request_body(const Route& route, SchemaBook& book) {
    const codec::Type& type = *route.doc.request->type;
    std::string media = "{}";
    add(media, "schema", book.request(*route.doc.request));
    std::string content = "{}";
    add(content, "application/json", media);
    if (route.verb == Verb::patch) add(content, "application/merge-patch+json", media);
    const bool may_lack = type.kind == codec::TypeKind::object && !has_required_members(type);
    std::string body = "{}";
    add(body, "required", may_lack ? "false" : "true");
    add(body, "content", content);
    return body;
}

std::string operation(const Route& route, const std::string& responses, SchemaBook& book) {
    std::string made = "{}";
    add_text(made, "operationId", route.doc.operation);
    add_text(made, "summary", route.doc.summary);
    if (!route.doc.tag.empty()) add(made, "tags", '[' + json_text(route.doc.tag) + ']');
    if (const auto scope = route.access.scope()) {
        add(made, "security", R"([{"apiKey":[)" + json_text(name(*scope)) + "]}]");
    } else {
        add(made, "security", "[]");
    }
    add(made, "parameters", parameters_of(route));
    if (route.doc.request != nullptr) add(made, "requestBody", request_body(route, book));
    add(made, "responses", responses);
    return made;
}

std::string paths(std::span<const Route> routes, SchemaBook& book) {
    // All responses before the first request: see SchemaBook.
    std::vector<std::string> responses;
    responses.reserve(routes.size());
    for (const Route& route : routes) responses.push_back(responses_of(route, book));

    std::vector<std::string_view> order;
    std::map<std::string_view, std::string> by_path;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto [place, is_new] = by_path.try_emplace(routes[i].path, "{}");
        if (is_new) order.push_back(routes[i].path);
        std::string verb(http::name(routes[i].verb));
        std::ranges::transform(verb, verb.begin(), [](char c) {
            return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        });
        add(place->second, verb, operation(routes[i], responses[i], book));
    }
    std::string made = "{}";
    for (const std::string_view path : order) add(made, path, by_path[path]);
    return made;
}

std::string components(const SchemaBook& book) {
    std::string schemas = "{}";
    for (const auto& [name, schema] : book.schemas()) add(schemas, name, schema);
    add(schemas, "Problem", problem_schema);
    add(schemas, "DryRun", dry_run_schema);
    std::string made = "{}";
    add(made, "schemas", schemas);
    add(made, "responses", R"({"Problem":)" + std::string(problem_response) + '}');
    add(made, "securitySchemes",
        R"({"apiKey":{"type":"http","scheme":"bearer",)"
        R"("description":"An API key, dbk_…, or a token (JWT) of the identity provider; each )"
        R"(operation names the scope that it needs."}})");
    return made;
}

}  // namespace

std::string openapi_document(std::span<const Route> routes, std::string_view version) {
    SchemaBook book;
    std::string info = R"({"title":"Daybook"})";
    add_text(info, "version", version);
    add_text(info, "description",
             "The subscription back-end of a publisher. Amounts are integers in minor units. Lists "
             "are bare arrays; the next page is in Link. Errors are application/problem+json.");
    std::string document = R"({"openapi":"3.1.0"})";
    add(document, "info", info);
    add(document, "paths", paths(routes, book));
    add(document, "components", components(book));
    return document;
}

}  // namespace api
