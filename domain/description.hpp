// Descriptions: what a struct or an enumeration looks like from outside. One description drives the
// JSON, the schema and the documentation of a type, so that none of them can drift.
//
// A struct is described beside its definition, in its own namespace:
//
//     struct Address { std::string street; std::optional<std::string> floor; };
//     constexpr auto describe(const Address*) {
//         return fields(field<&Address::street>("street", "Street name.").required().length(1, 40),
//                       field<&Address::floor>("floor", "Floor, as on the door.").length(0, 12));
//     }
//
// and an enumeration by the wire names of its enumerators, in their order from zero:
//
//     enum class Colour : std::uint8_t { red, green };
//     constexpr auto describe(const Colour*) { return wire_names("RED", "GREEN"); }
//
// An enumerator with an empty wire name ("absent") is never written nor read. Members that are not
// described do not exist outside: handlers set them.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace domain {

// Bounds on a value. Lengths count Unicode code points; items count elements.
struct Limits {
    std::size_t length_min = 0;
    std::size_t length_max = 1000;
    std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
    std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
    std::size_t items_max = 100;
    bool is_required = false;
    bool is_internal = false;  // Kept in stores and entries, never shown to a client.
    bool operator==(const Limits&) const = default;
};

template <class M>
struct MemberOf;
template <class C, class T>
struct MemberOf<T C::*> {
    using Class = C;
    using Type = T;
};

template <auto Member>
struct Field {
    using Class = MemberOf<decltype(Member)>::Class;
    using Type = MemberOf<decltype(Member)>::Type;

    std::string_view name;
    std::string_view doc;
    Limits limits = {};

    static constexpr Type& of(Class& object) { return object.*Member; }

    constexpr Field required() const {
        Field copy = *this;
        copy.limits.is_required = true;
        return copy;
    }
    constexpr Field internal() const {
        Field copy = *this;
        copy.limits.is_internal = true;
        return copy;
    }
    constexpr Field length(std::size_t least, std::size_t most) const {
        Field copy = *this;
        copy.limits.length_min = least;
        copy.limits.length_max = most;
        return copy;
    }
    constexpr Field range(std::int64_t least, std::int64_t most) const {
        Field copy = *this;
        copy.limits.minimum = least;
        copy.limits.maximum = most;
        return copy;
    }
    constexpr Field items(std::size_t most) const {
        Field copy = *this;
        copy.limits.items_max = most;
        return copy;
    }
};

template <auto Member>
constexpr Field<Member> field(std::string_view name, std::string_view doc) {
    return {name, doc};
}

template <class... F>
constexpr std::tuple<F...> fields(F... all) {
    return {all...};
}

template <class... Name>
constexpr std::array<std::string_view, sizeof...(Name)> wire_names(Name... names) {
    return {std::string_view{names}...};
}

template <class T>
concept DescribedStruct =
    std::is_class_v<T> && requires { describe(static_cast<const T*>(nullptr)); };

template <class T>
concept DescribedEnum = std::is_enum_v<T> && requires { describe(static_cast<const T*>(nullptr)); };

// The wire name of an enumerator.
template <DescribedEnum E>
constexpr std::string_view name(E value) {
    return describe(static_cast<const E*>(nullptr))[static_cast<std::size_t>(value)];
}

// The name of a type as it is spelt in the source, without its namespace: `BillIssued`. It is the
// name of an event in the journal and of a schema in the OpenAPI document.
template <class T>
constexpr std::string_view type_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    text.remove_prefix(text.find("T = ") + 4);
    text.remove_suffix(1);
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
        text.remove_prefix(colon + 1);
    }
    return text;
}

}  // namespace domain
