// Members of a JSON object whose form is given by others (RFC 7517, RFC 7519), and that has no
// description of ours.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace api {

inline bool has(const simdjson::dom::object& object, std::string_view name) {
    return object.at_key(name).error() == simdjson::SUCCESS;
}

// Nothing when there is none, or it is no text.
inline std::optional<std::string_view> text_in(const simdjson::dom::object& object,
                                               std::string_view name) {
    std::string_view text;
    if (object.at_key(name).get(text) != simdjson::SUCCESS) return std::nullopt;
    return text;
}

inline bool list_contains(const simdjson::dom::object& object, std::string_view name,
                          std::string_view text) {
    simdjson::dom::array list;
    if (object.at_key(name).get(list) != simdjson::SUCCESS) return false;
    for (const simdjson::dom::element one : list) {
        std::string_view value;
        if (one.get(value) == simdjson::SUCCESS && value == text) return true;
    }
    return false;
}

inline bool has_duplicates(const simdjson::dom::object& object) {
    std::vector<std::string_view> keys;
    for (const auto& [key, value] : object) keys.push_back(key);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) != keys.end();
}

}  // namespace api
