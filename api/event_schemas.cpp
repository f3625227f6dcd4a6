#include "api/event_schemas.hpp"

#include <utility>

#include "api/json_object.hpp"
#include "api/schema.hpp"
#include "projections/cloud_event.hpp"

namespace api {
namespace {

using http::Problem;
using http::Response;
using http::Status;
using http::Task;

Task<Response> document(std::shared_ptr<const std::string> json, std::string_view content_type) {
    Response response = Response::json(Status::ok, std::move(json));
    response.content_type = content_type;
    response.cache_control = "no-cache";
    co_return response;
}

Task<Response> no_such_type() {
    co_return Problem{Status::not_found, "not_found", "There is no type of event with this name."};
}

}  // namespace

std::string event_schema(const journal::EventType& type) {
    SchemaBook book("#/$defs/");
    const std::string data = book.event(type.type());
    std::string schema = "{}";
    add_text(schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
    add_text(schema, "$id", projections::data_schema_of(type.name, type.version));
    add_text(schema, "title", type.name);
    // The members of the object follow: "type", "properties", "required".
    schema.back() = ',';
    schema += data.substr(1);
    std::string definitions = "{}";
    for (const auto& [name, definition] : book.schemas()) add(definitions, name, definition);
    if (!book.schemas().empty()) add(schema, "$defs", definitions);
    return schema;
}

EventSchemas::EventSchemas(std::string_view topic_prefix) {
    std::string all = "[]";
    for (const journal::EventType& type : journal::event_types()) {
        if (!domain::is_published(type.kind)) continue;
        std::string schema = event_schema(type);
        std::string one = "{}";
        add_text(one, "type", type.name);
        add(one, "version", std::to_string(type.version));
        add_text(one, "topic", projections::topic_of(topic_prefix, type.kind));
        add(one, "schema", schema);
        append(all, one);
        by_type_.emplace(type.name, std::make_shared<const std::string>(std::move(schema)));
    }
    list_ = std::make_shared<const std::string>(std::move(all));
}

http::Handler EventSchemas::list() const {
    return [all = list_](const http::Request&) { return document(all, "application/json"); };
}

http::Handler EventSchemas::one() const {
    return [this](const http::Request& request) {
        const auto found = by_type_.find(request.path_values[0]);
        if (found == by_type_.end()) return no_such_type();
        return document(found->second, "application/schema+json");
    };
}

}  // namespace api
