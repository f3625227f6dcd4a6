// Delivery stops: for some days nothing printed is delivered of a contract.
//
// A stop takes effect from the first cover date that it can still affect. `extend` moves the end of
// a fixed term by the stopped days, and at the least by a week for each stopped issue of a title
// with a calendar; of a contract that counts issues it leaves them uncounted. `credit` gives what
// the stopped issues cost as customer credit, when nothing can bring them back any more. A stop
// that has not begun can be removed as if it had never been.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "domain/description.hpp"
#include "domain/ids.hpp"
#include "domain/issue_calendar.hpp"
#include "domain/text_types.hpp"
#include "domain/time.hpp"

namespace domain {

inline constexpr std::int64_t stop_days_max = 366;
inline constexpr std::size_t stops_max = 1000;

struct DeliveryStop {
    DeliveryStopId id;
    Date from;
    Date to;
    StopAction action = StopAction::extend;
    Date effective_from;
    std::optional<std::string> effective_from_issue;
    Timestamp begins_at;
    std::int64_t issues = 0;
    std::int64_t extended_days = 0;
    std::optional<std::string> reason;
    bool operator==(const DeliveryStop&) const = default;
};
constexpr auto describe(const DeliveryStop*) {
    using S = DeliveryStop;
    return fields(
        field<&S::id>("id", "Unique within the contract.").required(),
        field<&S::from>("from", "The first day without delivery, as asked for.").required(),
        field<&S::to>("to", "The last one.").required(),
        field<&S::action>("action", "What the customer gets for it.").required(),
        field<&S::effective_from>("effectiveFrom", "The first cover date that it affects.")
            .required(),
        field<&S::effective_from_issue>("effectiveFromIssue", "The code of that issue."),
        field<&S::begins_at>("beginsAt", "Until then it can be removed.").required(),
        field<&S::issues>("issues", "Issues in it by the titles' calendars."),
        field<&S::extended_days>("extendedDays", "By how many days it moved the contract's end."),
        field<&S::reason>("reason", "Why.").length(1, 500));
}

// What a stop that is put now does, as far as the contract cannot know it.
struct StopEffect {
    Date effective_from;
    std::optional<std::string> effective_from_issue;
    Timestamp begins_at;
    std::int64_t issues = 0;
    std::int64_t days = 0;
    std::optional<Timestamp> moved_end;  // The contract's end, that many days later.
    bool operator==(const StopEffect&) const = default;
};

struct AddDeliveryStop {
    Date from;
    Date to;
    std::optional<StopAction> action;
    std::optional<std::string> reason;

    DeliveryStopId stop_id;
    std::optional<StopAction> title_action;  // What the title's publisher prefers.
    std::optional<StopEffect> effect;        // Empty: nothing in it can be stopped any more.
    bool operator==(const AddDeliveryStop&) const = default;
};
constexpr auto describe(const AddDeliveryStop*) {
    using S = AddDeliveryStop;
    return fields(field<&S::from>("from", "The first day without delivery.").required(),
                  field<&S::to>("to", "The last one.").required(),
                  field<&S::action>("action",
                                    "What the customer gets for it; the title's "
                                    "deliveryStopAction if left out, else extend where there is a "
                                    "term or a number of issues, and credit where there is none."),
                  field<&S::reason>("reason", "Why.").length(1, 500));
}

// The id comes from the path.
struct RemoveDeliveryStop {
    DeliveryStopId stop_id;
    std::optional<Timestamp> moved_end;  // The contract's end without what the stop added to it.
    Timestamp now;
    bool operator==(const RemoveDeliveryStop&) const = default;
};
constexpr auto describe(const RemoveDeliveryStop*) { return fields(); }

struct ContractDeliveryStopAdded : DeliveryStop {
    std::optional<Timestamp> expires_at;
    bool operator==(const ContractDeliveryStopAdded&) const = default;
};
constexpr auto describe(const ContractDeliveryStopAdded*) {
    return std::tuple_cat(describe(static_cast<const DeliveryStop*>(nullptr)),
                          fields(field<&ContractDeliveryStopAdded::expires_at>(
                              "expiresAt", "The contract's end, if it was moved.")));
}

struct ContractDeliveryStopRemoved {
    DeliveryStopId stop_id;
    std::optional<Timestamp> expires_at;
    bool operator==(const ContractDeliveryStopRemoved&) const = default;
};
constexpr auto describe(const ContractDeliveryStopRemoved*) {
    using R = ContractDeliveryStopRemoved;
    return fields(field<&R::stop_id>("stopId", "The stop.").required(),
                  field<&R::expires_at>("expiresAt", "The contract's end, if it was moved."));
}

}  // namespace domain
