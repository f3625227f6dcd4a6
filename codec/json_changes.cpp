#include "codec/json_changes.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cassert>

namespace codec {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// RFC 6901.
std::string pointer(const std::string& path, std::string_view token) {
    std::string made = path + '/';
    for (const char c : token) {
        if (c == '~') {
            made += "~0";
        } else if (c == '/') {
            made += "~1";
        } else {
            made += c;
        }
    }
    return made;
}

class Comparison {
public:
    void compare(const std::string& path, const element& before, const element& after) {
        if (before.is_object() && after.is_object()) {
            return objects(path, object(before), object(after));
        }
        if (before.is_array() && after.is_array()) return arrays(path, before, after);
        const std::string text = simdjson::minify(before);
        const std::string now = simdjson::minify(after);
        if (text != now) changes_.push_back({path, domain::Json{text}, domain::Json{now}});
    }
    void objects(const std::string& path, const object& before, const object& after) {
        for (const auto [key, value] : before) {
            if (is_left_out(path, key)) continue;
            if (after[key].error() != simdjson::SUCCESS) is_gone(pointer(path, key), value);
        }
        for (const auto [key, value] : after) {
            if (is_left_out(path, key)) continue;
            element was;
            if (before[key].get(was) == simdjson::SUCCESS) {
                compare(pointer(path, key), was, value);
            } else {
                has_come(pointer(path, key), value);
            }
        }
    }

    std::span<const std::string_view> left_out_;
    std::vector<JsonChange> changes_;

private:
    void arrays(const std::string& path, const array& before, const array& after) {
        const std::size_t common = std::min(before.size(), after.size());
        std::size_t at = 0;
        for (const element value : before) {
            if (at >= common) is_gone(pointer(path, std::to_string(at)), value);
            ++at;
        }
        at = 0;
        for (const element value : after) {
            const std::string place = pointer(path, std::to_string(at));
            if (at < common) {
                compare(place, before.at(at), value);
            } else {
                has_come(place, value);
            }
            ++at;
        }
    }
    void is_gone(std::string path, const element& value) {
        changes_.push_back({std::move(path), domain::Json{simdjson::minify(value)}, std::nullopt});
    }
    void has_come(std::string path, const element& value) {
        changes_.push_back({std::move(path), std::nullopt, domain::Json{simdjson::minify(value)}});
    }
    bool is_left_out(const std::string& path, std::string_view key) const {
        return path.empty() && std::ranges::find(left_out_, key) != left_out_.end();
    }
};

object parsed(simdjson::dom::parser& parser, std::string_view json) {
    object found;
    if (json.empty()) json = "{}";
    [[maybe_unused]] const auto error = parser.parse(json.data(), json.size()).get(found);
    assert(error == simdjson::SUCCESS);
    return found;
}

}  // namespace

std::vector<JsonChange> changes_between(std::string_view before, std::string_view after,
                                        std::span<const std::string_view> left_out) {
    simdjson::dom::parser parser_before;
    simdjson::dom::parser parser_after;
    Comparison comparison;
    comparison.left_out_ = left_out;
    comparison.objects({}, parsed(parser_before, before), parsed(parser_after, after));
    return std::move(comparison.changes_);
}

}  // namespace codec
