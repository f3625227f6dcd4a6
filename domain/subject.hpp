// Subjects: whose stream an event belongs to, "bills/1d78…" on the wire.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/description.hpp"

namespace domain {

// The kinds of aggregates. The wire name is the collection's name in paths, topics and subjects.
// Stored for ever by name; the order may change.
enum class Kind : std::uint8_t {
    vendors,
    products,
    users,
    contracts,
    bills,
    transactions,
    entitlements,
    fulfillments,
    webhook_endpoints,
    webhook_deliveries,
    tenants,
    keys
};
constexpr auto describe(const Kind*) {
    return wire_names("vendors", "products", "users", "contracts", "bills", "transactions",
                      "entitlements", "fulfillments", "webhook-endpoints", "webhook-deliveries",
                      "tenants", "keys");
}

// Are the events of this kind for consumers? The others are between Daybook, its operator and who
// set it up; and a delivery must not be an event that is delivered.
constexpr bool is_published(Kind kind) {
    using enum Kind;
    return kind != webhook_endpoints && kind != webhook_deliveries && kind != tenants &&
           kind != keys;
}

struct Subject {
    Kind kind = Kind::vendors;
    std::string id;
    auto operator<=>(const Subject&) const = default;
};

inline std::string to_text(const Subject& subject) {
    std::string text(name(subject.kind));
    text += '/';
    text += subject.id;
    return text;
}

inline std::optional<Subject> parse_subject(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash + 1 == text.size()) return std::nullopt;
    const auto names = describe(static_cast<const Kind*>(nullptr));
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text.substr(0, slash)) {
            return Subject{static_cast<Kind>(i), std::string(text.substr(slash + 1))};
        }
    }
    return std::nullopt;
}

}  // namespace domain
