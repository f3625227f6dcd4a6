#include "commands/policies.hpp"

#include <type_traits>
#include <utility>

#include "commands/naming.hpp"
#include "domain/entitlement.hpp"

namespace commands {
namespace {

template <class Event, class List>
struct IsOneOf;
template <class Event, class... All>
struct IsOneOf<Event, std::variant<All...>> : std::disjunction<std::is_same<Event, All>...> {};

// The id, of the type that the event's kind has; void for the kinds without policies.
template <class Event>
auto id_of(const std::string& text) {
    if constexpr (IsOneOf<Event, domain::BillEvent>::value) {
        return domain::BillId{text};
    } else if constexpr (IsOneOf<Event, domain::ContractEvent>::value) {
        return domain::ContractId{text};
    } else if constexpr (IsOneOf<Event, domain::TransactionEvent>::value) {
        return domain::TransactionId{text};
    } else if constexpr (IsOneOf<Event, domain::UserEvent>::value) {
        return domain::UserId{text};
    } else if constexpr (IsOneOf<Event, domain::EntitlementEvent>::value) {
        return domain::EntitlementId{text};
    } else if constexpr (IsOneOf<Event, domain::FulfillmentEvent>::value) {
        return domain::FulfillmentId{text};
    }
}

}  // namespace

std::optional<Fault> react(Work& work, const domain::Subject& subject,
                           const domain::AnyEvent& event) {
    const auto follow = [&]<class Event>(const Event& one) -> std::optional<Fault> {
        if constexpr (requires { on(work, id_of<Event>(subject.id), one); }) {
            return on(work, id_of<Event>(subject.id), one);
        } else {
            return std::nullopt;
        }
    };
    return std::visit([&](const auto& of_kind) { return std::visit(follow, of_kind); }, event);
}

Followed grant(Work& work, const domain::EntitlementId& id, domain::GrantEntitlement wish) {
    const auto* product = work.find<domain::ProductDecider>(wish.sku.view());
    if (product == nullptr) return std::nullopt;
    wish.product_type = product->state.type;
    wish.now = work.now();
    return decide_if_legal<domain::EntitlementDecider>(work, id.view(), wish);
}

Followed revoke(Work& work, const std::vector<domain::EntitlementId>& ids,
                std::string_view reason) {
    for (const auto& id : ids) {
        const auto& right = work.load<domain::EntitlementDecider>(id.view()).state;
        const auto end = valid_until(right);
        if (end && *end <= work.now()) continue;
        domain::RevokeEntitlement wish;
        wish.reason = std::string(reason);
        if (auto fault = decide_if_legal<domain::EntitlementDecider>(work, id.view(), wish)) {
            return fault;
        }
    }
    return std::nullopt;
}

}  // namespace commands
