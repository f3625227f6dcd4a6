// Personal data and free JSON as values of the domain.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>

namespace domain {

// Text about a person (a name, an e-mail address). In memory it is plain; in an entry of the
// journal it is sealed with the person's own data key. After the key is destroyed it reads as the
// empty text.
struct Personal {
    std::string text;
    bool empty() const { return text.empty(); }
    std::string_view view() const { return text; }
    auto operator<=>(const Personal&) const = default;
};

// A JSON value that Daybook keeps but does not look into: compact, valid JSON text.
struct Json {
    std::string text;
    auto operator<=>(const Json&) const = default;
};

// A client's own values by key; sorted, so that the same metadata has the same bytes.
// At most 50 keys of 1–40 characters; values up to 500 characters of JSON.
using Metadata = std::map<std::string, Json, std::less<>>;

}  // namespace domain
