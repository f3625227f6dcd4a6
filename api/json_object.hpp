// JSON objects that are built member by member as text, for documents that no described type has.
#pragma once

#include <string>
#include <string_view>

#include "codec/writer.hpp"

namespace api {

// REQUIRES: `object` is a JSON object, "{}" at first; `json` is a JSON value.
inline void add(std::string& object, std::string_view name, std::string_view json) {
    object.pop_back();
    if (object.size() > 1) object += ',';
    codec::append_quoted(object, name);
    object.append(":").append(json) += '}';
}

inline void add_text(std::string& object, std::string_view name, std::string_view text) {
    std::string quoted;
    codec::append_quoted(quoted, text);
    add(object, name, quoted);
}

inline std::string json_text(std::string_view text) {
    std::string quoted;
    codec::append_quoted(quoted, text);
    return quoted;
}

// REQUIRES: `array` is a JSON array, "[]" at first.
inline void append(std::string& array, std::string_view json) {
    array.pop_back();
    if (array.size() > 1) array += ',';
    array.append(json) += ']';
}

}  // namespace api
