#include "cli/json_changes.hpp"

#include <simdjson.h>

#include <map>
#include <stdexcept>

namespace cli {
namespace {

using simdjson::dom::element;

std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '~') {
            text += "~0";
        } else if (c == '/') {
            text += "~1";
        } else {
            text += c;
        }
    }
    return text;
}

void collect(const element& in, const std::string& path, std::map<std::string, std::string>& out) {
    simdjson::dom::object object;
    if (in.get(object) != simdjson::SUCCESS) {
        out[path] = simdjson::minify(in);
        return;
    }
    for (const auto& [name, value] : object) {
        std::string below = path;
        collect(value, below.append("/").append(escaped(name)), out);
    }
}

std::map<std::string, std::string> members_of(std::string_view json) {
    simdjson::dom::parser parser;
    element root;
    if (parser.parse(simdjson::padded_string(json)).get(root) != simdjson::SUCCESS) {
        throw std::runtime_error("a representation is no JSON");
    }
    std::map<std::string, std::string> members;
    collect(root, {}, members);
    return members;
}

}  // namespace

std::vector<JsonChange> changes_between(std::string_view before, std::string_view after) {
    const auto was = members_of(before);
    const auto is = members_of(after);
    std::map<std::string, JsonChange> changes;
    for (const auto& [path, value] : was) {
        const auto now = is.find(path);
        if (now == is.end()) {
            changes[path] = {path, value, {}};
        } else if (now->second != value) {
            changes[path] = {path, value, now->second};
        }
    }
    for (const auto& [path, value] : is) {
        if (!was.contains(path)) changes[path] = {path, {}, value};
    }
    std::vector<JsonChange> all;
    for (auto& [path, change] : changes) all.push_back(std::move(change));
    return all;
}

}  // namespace cli
