// Types at run time: what the descriptions of domain/ say, in a form that one reader, one writer
// and one schema generator can walk.
//
// `type_of<T>()` gives the Type of T: described structs and enumerations, ids and other texts with
// a `parse`, integers, booleans, Timestamp, std::string, Personal, Json, and std::optional, Change,
// std::vector and std::map of those. Types live for ever and are immutable: safe from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "domain/description.hpp"

namespace simdjson::dom {
class element;
}

namespace codec {

class Writer;
class Reader;

enum class TypeKind : std::uint8_t {
    boolean,
    integer,
    text,  // std::string, ids, codes, times: `format` says which.
    enumeration,
    object,
    array,
    map,       // Keys are texts; `element` is the value's type.
    optional,  // Absent when empty.
    change,    // A field of a merge patch: absent, null or a value.
    personal,  // Text that entries seal.
    json       // Any JSON value.
};

struct Type;

struct Member {
    std::string_view name;
    std::string_view doc;
    domain::Limits limits;
    const Type& (*type)();
    void* (*address)(void* object);
};

struct Type {
    TypeKind kind;
    std::string_view name;            // Of a described type, as in the source; else empty.
    std::string_view format;          // Of a text: "date-time", "id", "currency", …
    std::string_view pattern;         // Of a text: the regular expression it satisfies, or empty.
    std::size_t length_max;           // Of a text with a format of its own; 0 elsewhere.
    std::span<const Member> members;  // Of an object.
    std::span<const std::string_view> wire_names;  // Of an enumeration.
    const Type& (*element)();                      // Of array, map, optional and change.
    bool (*is_empty)(const void*);                 // Of optional and change: is it left out?
    void (*write)(const void* value, Writer& out);
    void (*read)(const simdjson::dom::element& in, void* value, const domain::Limits& limits,
                 Reader& reader);
};

template <class T>
const Type& type_of();

}  // namespace codec
