// A decider is an aggregate without machinery: two pure functions and five types. Given the same
// past and the same wish it always decides the same, so that history can be replayed.
//
//   State      what can be known about one aggregate; its `status` is `absent` before the first
//              event. Described: its description is also the resource that clients see.
//   Command    a variant of wishes; Event a variant of facts, all described.
//   Rejection  an enumeration; `info(rejection)` says what it means to the caller.
//   transitions  the table of legal (command, status) pairs, as data.
//
// `decide` is called for pairs that the table allows only (see `check_transition`); guards beyond
// the status are its own. Events that say nothing new are not recorded: "nothing to do" is an empty
// list, and the caller succeeds.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/description.hpp"
#include "domain/result.hpp"
#include "domain/subject.hpp"
#include "domain/time.hpp"

namespace domain {

// What a refusal means to the caller.
enum class RefusalKind : std::uint8_t {
    not_found,  // Nothing has this id: look it up, or create it.
    conflict,   // The state forbids it: read the resource, decide anew.
    invalid,    // The request contradicts itself or something it names: mend the field.
    gone        // It was erased, for ever.
};
struct RefusalInfo {
    RefusalKind kind;
    std::string_view pointer;  // JSON pointer of the field at fault, or empty.
    std::string_view detail;   // One sentence: what is wrong and how to mend it.
};

// A set of statuses of one kind.
template <class Status>
struct StatusSet {
    std::uint32_t bits = 0;
    constexpr StatusSet() = default;
    constexpr StatusSet(std::initializer_list<Status> all) {
        for (const Status one : all) bits |= 1U << static_cast<unsigned>(one);
    }
    constexpr bool contains(Status one) const {
        return (bits >> static_cast<unsigned>(one) & 1U) != 0;
    }
};

// One row of a state machine: this command is legal in these statuses, and ends in one of those.
template <class Status>
struct Transition {
    std::string_view command;
    StatusSet<Status> from;
    StatusSet<Status> to;
};

template <class D>
using Decision = Result<std::vector<typename D::Event>, typename D::Rejection>;

template <class D>
concept Decider = std::default_initializable<typename D::State> &&
                  requires(typename D::State state, const typename D::Command& wish,
                           const typename D::Event& fact, typename D::Rejection refusal) {
                      { D::kind } -> std::convertible_to<Kind>;
                      { D::decide(state, wish) } -> std::same_as<Decision<D>>;
                      { D::evolve(std::move(state), fact) } -> std::same_as<typename D::State>;
                      { name(refusal) } -> std::convertible_to<std::string_view>;
                      { info(refusal) } -> std::same_as<RefusalInfo>;
                      D::transitions;
                      state.status;
                  };

template <Decider D>
using StatusOf = decltype(D::State::status);

template <Decider D>
typename D::State fold(std::span<const typename D::Event> events, typename D::State state = {}) {
    for (const auto& event : events) state = D::evolve(std::move(state), event);
    return state;
}

// The name of the command or event that a variant holds: "IssueBill".
template <class... T>
constexpr std::string_view type_name_of(const std::variant<T...>& one) {
    return std::visit([](const auto& value) { return type_name<std::decay_t<decltype(value)>>(); },
                      one);
}

// May `command` be tried on an aggregate in `status`? Linear in the table, which is short.
template <Decider D>
constexpr bool is_legal(StatusOf<D> status, std::string_view command) {
    for (const auto& row : D::transitions) {
        if (row.command == command && row.from.contains(status)) return true;
    }
    return false;
}

// The commands that are legal in `status`, in the table's order, each once.
template <Decider D>
std::vector<std::string_view> legal_commands(StatusOf<D> status) {
    std::vector<std::string_view> names;
    for (const auto& row : D::transitions) {
        const bool seen = !names.empty() && names.back() == row.command;
        if (row.from.contains(status) && !seen) names.push_back(row.command);
    }
    return names;
}

// The number that an event used up, of a gapless series within the tenant. An event type that uses
// one has `Counter counter() const`; the next number is the highest so far + 1.
struct Counter {
    std::string key;  // "bill-number/<vendor>", "customer-number".
    std::int64_t value = 0;
};

// An aggregate with what its stream says besides its events. `version` is the number of events.
template <class State>
struct Versioned {
    std::string id;
    std::uint64_t version = 0;
    Timestamp created_at;
    Timestamp updated_at;
    State state;
    bool operator==(const Versioned&) const = default;
};
template <class State>
constexpr auto describe(const Versioned<State>*) {
    using V = Versioned<State>;
    return fields(field<&V::id>("id", "Unique in its kind."),
                  field<&V::version>("version", "The number of its events."),
                  field<&V::created_at>("createdAt", "When its first event was recorded."),
                  field<&V::updated_at>("updatedAt", "When its last event was recorded."),
                  field<&V::state>("state", "What its events say."));
}

// Takes in the next event of the stream.
template <Decider D>
void advance(Versioned<typename D::State>& aggregate, const typename D::Event& event,
             Timestamp occurred_at) {
    aggregate.state = D::evolve(std::move(aggregate.state), event);
    if (aggregate.version == 0) aggregate.created_at = occurred_at;
    aggregate.updated_at = occurred_at;
    ++aggregate.version;
}

}  // namespace domain
