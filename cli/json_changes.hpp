// What differs between two JSON objects, member by member.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

struct JsonChange {
    std::string path;    // A JSON Pointer.
    std::string before;  // JSON; empty: it was not there.
    std::string after;   // JSON; empty: it is not there any more.
    bool operator==(const JsonChange&) const = default;
};

// By path. Objects are looked into, arrays are not. REQUIRES: both are objects.
std::vector<JsonChange> changes_between(std::string_view before, std::string_view after);

}  // namespace cli
