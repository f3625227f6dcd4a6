#include "api/schema.hpp"

#include <array>
#include <utility>

#include "api/json_object.hpp"
#include "codec/writer.hpp"

namespace api {
namespace {

using codec::Type;
using codec::TypeKind;
using domain::Limits;

// What the reader lets through: no control characters but tab and line ends, no U+FFFE, U+FFFF.
constexpr std::string_view clean_text =
    R"("^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\ufffe\\uffff]*$")";

// Any JSON value that the reader takes: numbers fit 64 bits, and no text has a NUL.
std::string json_value(std::string_view reference) {
    std::string schema =
        R"({"description":"Any JSON value.","anyOf":[{"type":["null","boolean"]},)"
        R"({"type":"number","minimum":-9223372036854775808,"maximum":18446744073709551615},)"
        R"({"type":"string","pattern":"^[^\\u0000]*$"},)"
        R"({"type":"array","items":)";
    schema += reference;
    schema += R"(},{"type":"object","propertyNames":{"pattern":"^[^\\u0000]*$"},)";
    schema += R"("additionalProperties":)";
    schema += reference;
    return schema += "}]}";
}

std::string of_type(std::string_view type) {
    std::string schema = "{}";
    add_text(schema, "type", type);
    return schema;
}

std::string enumeration(const Type& type) {
    std::string names;
    for (const std::string_view name : type.wire_names) {
        if (name.empty()) continue;
        names += names.empty() ? "" : ",";
        codec::append_quoted(names, name);
    }
    std::string schema = of_type("string");
    add(schema, "enum", '[' + names + ']');
    return schema;
}

// Text with a form of its own. Tools know these formats, and what they generate of them is taken;
// the pattern of a URI says more than its format, and both together ask too much of generators.
std::string formed_text(const Type& type, bool is_request) {
    std::string schema = of_type("string");
    if (type.format != "uri") add_text(schema, "format", type.format);
    if (!type.pattern.empty()) add_text(schema, "pattern", type.pattern);
    if (type.length_max != 0) add(schema, "maxLength", std::to_string(type.length_max));
    const bool is_path_part = type.format == "id" || type.format == "sku";
    if (is_request && is_path_part) add(schema, "not", R"({"enum":[".",".."]})");
    return schema;
}

std::string free_text(const Limits& limits, bool is_request) {
    std::string schema = of_type("string");
    if (!is_request) return schema;
    add(schema, "minLength", std::to_string(limits.length_min));
    add(schema, "maxLength", std::to_string(limits.length_max));
    add(schema, "pattern", clean_text);
    return schema;
}

std::string integer(const Limits& limits, bool is_request) {
    std::string schema = of_type("integer");
    add_text(schema, "format", "int64");
    if (!is_request) return schema;
    add(schema, "minimum", std::to_string(limits.minimum));
    add(schema, "maximum", std::to_string(limits.maximum));
    return schema;
}

std::string or_null(std::string schema) {
    constexpr std::string_view start = "{\"type\":";
    const bool is_enumeration = schema.starts_with(R"({"type":"string","enum")");
    if (!schema.starts_with(start) || is_enumeration) {
        return "{\"anyOf\":[" + schema + R"(,{"type":"null"}]})";
    }
    const std::size_t end = schema.find('"', start.size() + 1) + 1;
    schema.insert(end, ",\"null\"]");
    schema.insert(start.size(), "[");
    return schema;
}

struct Common {
    std::string_view name;
    std::string_view schema;
};
constexpr std::string_view id_schema =
    R"({"type":"string","description":"Unique in its kind and tenant."})";
constexpr std::array common_tail{
    Common{"version", R"({"type":"integer","format":"int64","minimum":1,"readOnly":true,)"
                      R"("description":"The number of its events; its entity tag."})"},
    Common{"createdAt", R"({"type":"string","format":"date-time","readOnly":true,)"
                        R"("description":"When its first event was recorded."})"},
    Common{"updatedAt", R"({"type":"string","format":"date-time","readOnly":true,)"
                        R"("description":"When its last event was recorded."})"}};

// One for each kind.
template <Schema::Shape shape>
const Schema* schema_of(domain::Kind kind) {
    constexpr std::size_t count = std::variant_size_v<domain::AnyAggregate>;
    static const std::array<Schema, count> schemas = [] {
        std::array<Schema, count> made;
        for (std::size_t i = 0; i < count; ++i) {
            made[i] = {shape, &resource_type(static_cast<domain::Kind>(i))};
        }
        return made;
    }();
    return &schemas[static_cast<std::size_t>(kind)];
}

}  // namespace

const Schema* resource_schema(domain::Kind kind) {
    return schema_of<Schema::Shape::resource>(kind);
}
const Schema* list_schema(domain::Kind kind) { return schema_of<Schema::Shape::list>(kind); }

std::string SchemaBook::response(const Schema& schema) {
    switch (schema.shape) {
        case Schema::Shape::value: return value(*schema.type, {}, Side::response);
        case Schema::Shape::resource: return reference(*schema.type, Side::response, true);
        case Schema::Shape::list: break;
    }
    return R"({"type":"array","items":)" + reference(*schema.type, Side::response, true) + '}';
}

std::string SchemaBook::request(const Schema& schema) {
    return value(*schema.type, {}, Side::request);
}

std::string SchemaBook::event(const Type& type) { return object(type, Side::event, false); }

std::string SchemaBook::reference_to(std::string_view name) const {
    std::string schema = "{}";
    add_text(schema, "$ref", place_ + std::string(name));
    return schema;
}

std::string SchemaBook::value(const Type& type, const Limits& limits, Side side) {
    const bool is_request = side == Side::request;
    switch (type.kind) {
        case TypeKind::boolean: return of_type("boolean");
        case TypeKind::integer: return integer(limits, is_request);
        case TypeKind::text:
            return type.format.empty() ? free_text(limits, is_request)
                                       : formed_text(type, is_request);
        case TypeKind::personal: return free_text(limits, is_request);
        case TypeKind::enumeration: return enumeration(type);
        case TypeKind::object: return reference(type, side);
        case TypeKind::array: {
            std::string schema = of_type("array");
            add(schema, "items", value(type.element(), limits, side));
            if (is_request) add(schema, "maxItems", std::to_string(limits.items_max));
            return schema;
        }
        case TypeKind::map: return map(type, limits, side);
        case TypeKind::optional:
        case TypeKind::change: {
            std::string schema = value(type.element(), limits, side);
            const bool is_change = type.kind == TypeKind::change;
            const bool may_be_null = (is_request || (is_change && side == Side::event)) &&
                                     !(is_change && limits.is_required);
            return may_be_null ? or_null(std::move(schema)) : schema;
        }
        case TypeKind::json:
            schemas_.try_emplace("JsonValue", json_value(reference_to("JsonValue")));
            return reference_to("JsonValue");
    }
    return "{}";
}

std::string SchemaBook::map(const Type& type, const Limits& limits, Side side) {
    std::string schema = of_type("object");
    add(schema, "additionalProperties", value(type.element(), limits, side));
    if (side != Side::request) return schema;
    std::string names = free_text({.length_min = 1, .length_max = 40}, true);
    add(schema, "propertyNames", names);
    add(schema, "maxProperties", std::to_string(limits.items_max));
    return schema;
}

std::string SchemaBook::reference(const Type& type, Side side, bool is_resource) {
    std::string name(type.name);
    if (side == Side::response) response_names_.insert(name);
    if (side == Side::request && response_names_.contains(name)) name += "Input";
    const auto [place, is_new] = schemas_.try_emplace(name);
    if (is_new) place->second = object(type, side, is_resource);
    return reference_to(name);
}

std::string SchemaBook::object(const Type& type, Side side, bool is_resource) {
    std::string properties = "{}";
    std::string required;
    const auto require = [&required](std::string_view name) {
        required += required.empty() ? "" : ",";
        codec::append_quoted(required, name);
    };
    if (is_resource) {
        add(properties, "id", id_schema);
        require("id");
    }
    const auto audience = side == Side::event ? codec::Audience::consumer : codec::Audience::client;
    for (const codec::Member& member : type.members) {
        if (!is_shown(member, audience)) continue;
        const Type& of = member.type();
        std::string schema = value(of, member.limits, side);
        add_text(schema, "description", member.doc);
        add(properties, member.name, schema);
        const bool may_lack = of.kind == TypeKind::optional || of.kind == TypeKind::change;
        if (!may_lack && (side != Side::request || member.limits.is_required)) {
            require(member.name);
        }
    }
    if (is_resource) {
        for (const Common& common : common_tail) {
            add(properties, common.name, common.schema);
            require(common.name);
        }
    }
    std::string schema = of_type("object");
    add(schema, "properties", properties);
    if (!required.empty()) add(schema, "required", '[' + required + ']');
    if (side == Side::request) add(schema, "additionalProperties", "false");
    return schema;
}

}  // namespace api
