// What the generic routes need to know of a kind, found from the deciders at compile time.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <variant>

#include "codec/type.hpp"
#include "domain/aggregates.hpp"

namespace api {

namespace detail {
template <class Wish, class Commands>
inline constexpr bool is_one_of = false;
template <class Wish, class... Command>
inline constexpr bool is_one_of<Wish, std::variant<Command...>> =
    (std::same_as<Wish, Command> || ...);
}  // namespace detail

// The kind of aggregate that a command is for. One that no decider decides says it itself.
template <class Wish>
consteval domain::Kind kind_of_command() {
    if constexpr (requires {
                      { Wish::kind } -> std::convertible_to<domain::Kind>;
                  }) {
        return Wish::kind;
    }
    bool is_found = false;
    domain::Kind kind{};
    domain::Deciders::for_each([&](auto decider) {
        using D = decltype(decider)::type;
        if (!detail::is_one_of<Wish, typename D::Command>) return;
        is_found = true;
        kind = D::kind;
    });
    if (!is_found) throw "not a command of any decider";  // Does not compile.
    return kind;
}

// What clients see of a kind, without id, version and times: its state.
const codec::Type& resource_type(domain::Kind kind);

// "vendor", for sentences.
std::string_view noun(domain::Kind kind);

// Where the collection is: "/management/vendors".
std::string collection_path(domain::Kind kind);

}  // namespace api
