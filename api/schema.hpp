// Schemas: bodies as routes declare them, and their JSON Schema (2020-12) for the OpenAPI document,
// made from the same descriptions that the codec reads and writes by.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "api/kinds.hpp"
#include "codec/type.hpp"

namespace api {

// A body of a route.
struct Schema {
    enum class Shape : std::uint8_t {
        value,     // The type as it is.
        resource,  // The type with id, version, createdAt and updatedAt.
        list       // An array of resources.
    };
    Shape shape = Shape::value;
    const codec::Type* type = nullptr;
};

const Schema* resource_schema(domain::Kind kind);
const Schema* list_schema(domain::Kind kind);

// Collects the schemas of a document, each once, under its type's name. A type in responses and
// requests has two: a response always has all members that cannot be empty, a request has bounds.
// REQUIRES: all responses are added before the first request; a book has events or the others.
class SchemaBook {
public:
    // `place` is where the document has `schemas`, as references begin with it.
    explicit SchemaBook(std::string_view place = "#/components/schemas/") : place_(place) {}

    // The schema as JSON, with references to those in `schemas`.
    std::string response(const Schema& schema);
    std::string request(const Schema& schema);
    // Of an event's data as it is published: without what the event says of persons.
    std::string event(const codec::Type& type);

    // By name, for components/schemas.
    const std::map<std::string, std::string, std::less<>>& schemas() const { return schemas_; }

private:
    enum class Side : std::uint8_t { request, response, event };

    std::string value(const codec::Type& type, const domain::Limits& limits, Side side);
    std::string reference(const codec::Type& type, Side side, bool is_resource = false);
    std::string object(const codec::Type& type, Side side, bool is_resource);
    std::string map(const codec::Type& type, const domain::Limits& limits, Side side);
    std::string reference_to(std::string_view name) const;

    std::string place_;
    std::map<std::string, std::string, std::less<>> schemas_;
    std::set<std::string, std::less<>> response_names_;
};

}  // namespace api
