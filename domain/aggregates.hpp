// All kinds of aggregates in one list: adding a kind is a line here and one in subject.hpp.
#pragma once

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "domain/api_key.hpp"
#include "domain/bill.hpp"
#include "domain/contract.hpp"
#include "domain/decider.hpp"
#include "domain/entitlement.hpp"
#include "domain/fulfillment.hpp"
#include "domain/product.hpp"
#include "domain/tenant.hpp"
#include "domain/transaction.hpp"
#include "domain/user.hpp"
#include "domain/vendor.hpp"
#include "domain/webhook_deliveries.hpp"
#include "domain/webhook_endpoint.hpp"

namespace domain {

// In the order of Kind.
template <template <class...> class Of>
using ForAllDeciders =
    Of<VendorDecider, ProductDecider, UserDecider, ContractDecider, BillDecider, TransactionDecider,
       EntitlementDecider, FulfillmentDecider, WebhookEndpointDecider, WebhookDeliveriesDecider,
       TenantDecider, ApiKeyDecider>;

template <class... D>
struct DeciderList {
    using AnyEvent = std::variant<typename D::Event...>;
    using AnyAggregate = std::variant<Versioned<typename D::State>...>;

    // Calls `use` with an object of the decider type of each kind, in order.
    template <class F>
    static constexpr void for_each(F&& use) {
        (use(std::type_identity<D>{}), ...);
    }
};
using Deciders = ForAllDeciders<DeciderList>;

// An event of any kind; its alternative's index is the kind's.
using AnyEvent = Deciders::AnyEvent;
// An aggregate of any kind, with its version.
using AnyAggregate = Deciders::AnyAggregate;

template <Decider D>
using AggregateOf = Versioned<typename D::State>;

// The decider whose aggregates are `Versioned<State>`.
template <class Aggregate, class List>
struct FindDecider;
template <class State, class First, class... Rest>
struct FindDecider<Versioned<State>, DeciderList<First, Rest...>>
    : std::conditional_t<std::is_same_v<State, typename First::State>, std::type_identity<First>,
                         FindDecider<Versioned<State>, DeciderList<Rest...>>> {};
template <class State>
struct FindDecider<Versioned<State>, DeciderList<>> {};
template <class Aggregate>
using DeciderOf = FindDecider<Aggregate, Deciders>::type;

// Calls `use(std::type_identity<D>{})` with the decider of `kind`.
template <class F>
constexpr void with_decider(Kind kind, F&& use) {
    Deciders::for_each([&](auto decider) {
        if (decltype(decider)::type::kind == kind) use(decider);
    });
}

inline Kind kind_of(const AnyEvent& event) { return static_cast<Kind>(event.index()); }
inline Kind kind_of(const AnyAggregate& aggregate) { return static_cast<Kind>(aggregate.index()); }

inline std::string_view event_name(const AnyEvent& event) {
    return std::visit([](const auto& of_kind) { return type_name_of(of_kind); }, event);
}

// An aggregate of this kind before its first event.
inline AnyAggregate absent_aggregate(const Subject& subject) {
    AnyAggregate made;
    with_decider(subject.kind, [&](auto decider) {
        AggregateOf<typename decltype(decider)::type> absent;
        absent.id = subject.id;
        made = std::move(absent);
    });
    return made;
}

// Takes in the next event. REQUIRES: both of one kind.
inline void advance(AnyAggregate& aggregate, const AnyEvent& event, Timestamp occurred_at) {
    std::visit(
        [&](auto& one) {
            using D = DeciderOf<std::decay_t<decltype(one)>>;
            advance<D>(one, std::get<typename D::Event>(event), occurred_at);
        },
        aggregate);
}

inline std::uint64_t version_of(const AnyAggregate& aggregate) {
    return std::visit([](const auto& one) { return one.version; }, aggregate);
}

}  // namespace domain
