// What may be asked of a contract. Described members come from clients; the others are set by
// handlers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "domain/contract_parts.hpp"
#include "domain/decider.hpp"
#include "domain/delivery_stop.hpp"

namespace domain {

// A product and one of its options, as they are now; no `option` when there is no such product or
// no such option of it.
struct Offer {
    bool is_for_sale = false;
    VendorId vendor_id;
    std::string title;
    std::optional<Url> cover;
    std::optional<PurchaseOption> option;
    bool operator==(const Offer&) const = default;
};

struct CreateContract : ContractOptions {
    std::optional<ContractId> id;
    std::optional<std::string> name;
    UserId user_id;
    std::optional<UserId> payer_id;
    std::vector<ContractItemWish> items;
    std::optional<ContractDuration> contract_duration;
    std::optional<TimeZoneName> time_zone;

    std::vector<Offer> offers;  // One for each item.
    bool is_vendor_selling = false;
    TimeZoneName vendor_time_zone;
    bool is_time_zone_known = false;  // Of the one of the two that counts.
    Timestamp now;
    bool operator==(const CreateContract&) const = default;
};
constexpr auto describe(const CreateContract*) {
    using T = CreateContract;
    return std::tuple_cat(
        fields(field<&T::id>("id", "The contract's id; made if left out."),
               field<&T::name>("name", "What it is called; the first item's name if left out.")
                   .length(1, 500),
               field<&T::user_id>("userId", "Who receives.").required(),
               field<&T::payer_id>("payerId", "Who pays; the receiver if left out."),
               field<&T::items>("items", "What is agreed on.").required().items(50),
               field<&T::contract_duration>("contractDuration",
                                            "How long it goes on; by the options if left out."),
               field<&T::time_zone>("timeZone", "IANA time zone; the vendor's if left out.")),
        describe(static_cast<const ContractOptions*>(nullptr)));
}

struct ConfirmContract {
    Timestamp now;
    Timestamp start;
    Timestamp anchor;
    std::optional<Period> first_period;  // Empty: for ever.
    std::optional<Timestamp> term_end;   // Of a renewable contract.
    bool operator==(const ConfirmContract&) const = default;
};
constexpr auto describe(const ConfirmContract*) { return fields(); }

// The first bill is paid, free, or to be paid by invoice.
struct ActivateContract {
    std::vector<EntitlementId> entitlement_ids;  // Of the rights that this gives, one an item.
    Timestamp now;
    bool operator==(const ActivateContract&) const = default;
};
constexpr auto describe(const ActivateContract*) { return fields(); }

enum class CancelMode : std::uint8_t { at_period_end, immediate };
constexpr auto describe(const CancelMode*) { return wire_names("atPeriodEnd", "immediate"); }

struct CancelContract {
    CancelMode mode = CancelMode::at_period_end;
    std::optional<std::string> reason;
    RefundMode refund = RefundMode::none;

    Timestamp now;
    bool operator==(const CancelContract&) const = default;
};
constexpr auto describe(const CancelContract*) {
    using T = CancelContract;
    return fields(field<&T::mode>("mode", "At the end of the paid period, or at once."),
                  field<&T::reason>("reason", "Why it is canceled.").length(1, 500),
                  field<&T::refund>("refund",
                                    "With mode immediate: what is paid back of what was paid for "
                                    "the period that runs."));
}

struct UncancelContract {
    Timestamp now;
    bool operator==(const UncancelContract&) const = default;
};
constexpr auto describe(const UncancelContract*) { return fields(); }

// The clock reached `willCancelAt`.
struct CompleteCancellation {
    Timestamp now;
    bool operator==(const CompleteCancellation&) const = default;
};
constexpr auto describe(const CompleteCancellation*) { return fields(); }

struct DiscardContract {
    Timestamp now;
    bool operator==(const DiscardContract&) const = default;
};
constexpr auto describe(const DiscardContract*) { return fields(); }

struct ExpireContract {
    ContractExpiry reason = ContractExpiry::term_over;
    Timestamp now;
    bool operator==(const ExpireContract&) const = default;
};
constexpr auto describe(const ExpireContract*) { return fields(); }

// The first bill is paid, and the start is still to come.
struct NoteFirstBillPaid {
    bool operator==(const NoteFirstBillPaid&) const = default;
};
constexpr auto describe(const NoteFirstBillPaid*) { return fields(); }

// The period that runs has ended: another one begins.
struct RenewContract {
    Timestamp now;
    std::optional<Period> period;                // The next one; empty if the contract has none.
    std::vector<EntitlementId> entitlement_ids;  // Of the rights in it, one an item.
    bool operator==(const RenewContract&) const = default;
};
constexpr auto describe(const RenewContract*) { return fields(); }

struct PauseContract {
    std::optional<Timestamp> resumes_at;
    std::optional<std::string> reason;

    Timestamp now;
    bool operator==(const PauseContract&) const = default;
};
constexpr auto describe(const PauseContract*) {
    using T = PauseContract;
    return fields(field<&T::resumes_at>("resumesAt", "When it goes on by itself."),
                  field<&T::reason>("reason", "Why it is paused.").length(1, 500));
}

// By hand, or because `resumesAt` is reached.
struct ResumeContract {
    Timestamp now;
    std::optional<Period> period;  // The rest of the one that runs by now, if the paid one is over.
    std::vector<EntitlementId> entitlement_ids;  // Of the rights in it, one an item.
    bool operator==(const ResumeContract&) const = default;
};
constexpr auto describe(const ResumeContract*) { return fields(); }

// The rights that the contract gave were revoked, and what they were revoked for is undone.
struct RestoreContractRights {
    std::vector<EntitlementId> entitlement_ids;  // One an item.
    bool operator==(const RestoreContractRights&) const = default;
};
constexpr auto describe(const RestoreContractRights*) { return fields(); }

// What one of its bills says about payment.
struct NoteContractPayment {
    PaymentState payment_state = PaymentState::ok;
    BillId bill_id;
    bool operator==(const NoteContractPayment&) const = default;
};
constexpr auto describe(const NoteContractPayment*) { return fields(); }

// What a change of items falls into.
struct ChangeMoment {
    Timestamp at;  // From when it holds.
    // By the terms before it: what is left of the period that runs, and the whole that was billed.
    // By those after it: the same of the period that runs then.
    struct Periods {
        Period old_rest;
        Period old_whole;
        Period new_rest;
        Period new_whole;
        bool operator==(const Periods&) const = default;
    };
    std::optional<Periods> periods;  // Empty: nothing that costs anything is left of the period.
    bool is_period_paid = true;      // All bills of the period so far, and nothing came back.
    std::vector<BillId> period_bill_ids;
    BillId bill_id;                              // Used if it costs anything.
    std::vector<EntitlementId> entitlement_ids;  // After it, one an item.
    bool operator==(const ChangeMoment&) const = default;
};

enum class ChangeMode : std::uint8_t { immediate, at_period_end };
constexpr auto describe(const ChangeMode*) { return wire_names("immediate", "atPeriodEnd"); }

struct ChangeContract {
    std::vector<ContractItemWish> items;
    ChangeMode mode = ChangeMode::immediate;
    std::optional<Timestamp> effective_at;
    std::optional<Timestamp> anchor_at;
    std::optional<std::string> reason;

    std::vector<Offer> offers;  // One for each item.
    ChangeMoment moment;        // Of a change that comes now.
    Timestamp now;
    bool operator==(const ChangeContract&) const = default;
};
constexpr auto describe(const ChangeContract*) {
    using T = ChangeContract;
    return fields(
        field<&T::items>("items",
                         "All items anew. Those that it has keep their price; the very items that "
                         "it has withdraw a change that is still to come.")
            .required()
            .items(50),
        field<&T::mode>("mode",
                        "At once, with credit for what was not used of the period and a charge for "
                        "the rest of it; or at its end, which costs nothing."),
        field<&T::effective_at>("effectiveAt", "With mode immediate: at this time instead of now."),
        field<&T::anchor_at>("anchorAt",
                             "From where periods are counted then; as before if left "
                             "out."),
        field<&T::reason>("reason", "Why.").length(1, 500));
}

// A planned change has come.
struct ApplyContractChange {
    ChangeMoment moment;
    Timestamp now;
    bool operator==(const ApplyContractChange&) const = default;
};
constexpr auto describe(const ApplyContractChange*) { return fields(); }

struct ChangeContractPrice {
    std::vector<ItemPrice> prices;
    std::optional<Timestamp> effective_at;
    std::optional<std::string> reason;

    Timestamp now;
    bool operator==(const ChangeContractPrice&) const = default;
};
constexpr auto describe(const ChangeContractPrice*) {
    using T = ChangeContractPrice;
    return fields(
        field<&T::prices>("prices", "What items cost; the others cost what they do.")
            .required()
            .items(50),
        field<&T::effective_at>("effectiveAt",
                                "In periods that begin then or later; in the next one if left "
                                "out."),
        field<&T::reason>("reason", "Why.").length(1, 500));
}

struct ChangeContractPayer {
    UserId payer_id;
    std::optional<std::string> reason;
    bool operator==(const ChangeContractPayer&) const = default;
};
constexpr auto describe(const ChangeContractPayer*) {
    using T = ChangeContractPayer;
    return fields(field<&T::payer_id>("payerId", "Who pays the bills from now on.").required(),
                  field<&T::reason>("reason", "Why.").length(1, 500));
}

struct ChangeDeliveryAddress {
    Address delivery_address;
    std::optional<std::string> effective_from_issue;
    bool operator==(const ChangeDeliveryAddress&) const = default;
};
constexpr auto describe(const ChangeDeliveryAddress*) {
    using T = ChangeDeliveryAddress;
    return fields(
        field<&T::delivery_address>("deliveryAddress", "Where printed things go.").required(),
        field<&T::effective_from_issue>("effectiveFromIssue",
                                        "The first issue that goes there; the next if left out.")
            .length(1, 40));
}

// An item of a contract from another system: its price is as it was agreed there.
struct ImportedItem : ContractItemWish {
    std::optional<Minor> unit_amount;
    bool operator==(const ImportedItem&) const = default;
};
constexpr auto describe(const ImportedItem*) {
    return std::tuple_cat(describe(static_cast<const ContractItemWish*>(nullptr)),
                          fields(field<&ImportedItem::unit_amount>(
                                     "unitAmount", "Price of one; the option's if left out.")
                                     .range(0, 1'000'000'000'000)));
}

// A contract that runs in another system, with the period that is paid there.
struct ImportContract : ContractOptions {
    std::optional<ContractId> id;
    std::optional<std::string> name;
    UserId user_id;
    std::optional<UserId> payer_id;
    std::vector<ImportedItem> items;
    std::optional<ContractDuration> contract_duration;
    std::optional<TimeZoneName> time_zone;
    std::optional<Timestamp> current_period_start;
    std::optional<Timestamp> current_period_end;
    std::optional<std::int64_t> issues_remaining;

    std::vector<Offer> offers;  // One for each item.
    bool is_vendor_selling = false;
    TimeZoneName vendor_time_zone;
    bool is_time_zone_known = false;
    std::vector<EntitlementId> entitlement_ids;  // One an item.
    Timestamp now;
    bool operator==(const ImportContract&) const = default;
};
constexpr auto describe(const ImportContract*) {
    using T = ImportContract;
    return std::tuple_cat(
        fields(
            field<&T::id>("id", "The contract's id; made if left out."),
            field<&T::name>("name", "What it is called; the first item's name if left out.")
                .length(1, 500),
            field<&T::user_id>("userId", "Who receives.").required(),
            field<&T::payer_id>("payerId", "Who pays; the receiver if left out."),
            field<&T::items>("items", "What is agreed on.").required().items(50),
            field<&T::contract_duration>("contractDuration",
                                         "How long it goes on; by the options if left out."),
            field<&T::time_zone>("timeZone", "IANA time zone; the vendor's if left out."),
            field<&T::current_period_start>("currentPeriodStart",
                                            "The period that is paid; the anchor if none is "
                                            "given."),
            field<&T::current_period_end>("currentPeriodEnd",
                                          "Until when it is paid; billed "
                                          "from then on."),
            field<&T::issues_remaining>("issuesRemaining", "Issues still to come; all if left out.")
                .range(1, 100'000)),
        describe(static_cast<const ContractOptions*>(nullptr)));
}

// An issue was handed over.
struct ConsumeContractIssue {
    std::string issue_code;

    Timestamp now;
    bool operator==(const ConsumeContractIssue&) const = default;
};
constexpr auto describe(const ConsumeContractIssue*) {
    return fields(field<&ConsumeContractIssue::issue_code>("issueCode",
                                                           "Which; the same one again counts once.")
                      .required()
                      .length(1, 40));
}

using ContractCommand =
    std::variant<CreateContract, ConfirmContract, ActivateContract, CancelContract,
                 UncancelContract, CompleteCancellation, DiscardContract, ExpireContract,
                 NoteContractPayment, NoteFirstBillPaid, RenewContract, PauseContract,
                 ResumeContract, RestoreContractRights, ChangeContract, ApplyContractChange,
                 ChangeContractPrice, ChangeContractPayer, ChangeDeliveryAddress, ImportContract,
                 ConsumeContractIssue, AddDeliveryStop, RemoveDeliveryStop>;

}  // namespace domain
