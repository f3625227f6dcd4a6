// What differs between two JSON documents, member by member.
//
// Thread-safe. Documents of our own only: trusted, and small enough to be compared at once.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/description.hpp"
#include "domain/personal.hpp"

namespace codec {

struct JsonChange {
    std::string path;
    std::optional<domain::Json> before;
    std::optional<domain::Json> after;
    bool operator==(const JsonChange&) const = default;
};
constexpr auto describe(const JsonChange*) {
    using T = JsonChange;
    return domain::fields(
        domain::field<&T::path>("path", "A JSON pointer into the resource."),
        domain::field<&T::before>("before", "What it was; absent when there was nothing."),
        domain::field<&T::after>("after", "What it is then; absent when nothing is left."));
}

// In the order of the documents, what is gone first. Objects and arrays are compared member by
// member; what is on one side only is one change, whatever it holds. `before` is empty for what did
// not exist; then each member is a change. Members of the outermost objects that are in `left_out`
// are not looked at. REQUIRES: objects, or nothing.
std::vector<JsonChange> changes_between(std::string_view before, std::string_view after,
                                        std::span<const std::string_view> left_out = {});

}  // namespace codec
