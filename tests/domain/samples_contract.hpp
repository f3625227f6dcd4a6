// Samples of contracts.
#pragma once

#include "domain/contract.hpp"
#include "tests/domain/samples.hpp"
#include "tests/domain/samples_bill.hpp"

namespace domain {

inline Offer sample_offer(PurchaseType type = PurchaseType::recurring) {
    PurchaseOption option;
    option.id = PurchaseOptionId{"monthly"};
    option.name = "Monthly";
    option.purchase_type = type;
    option.amount = 34'900;
    option.currency = sample_currency();
    option.tax_rate = 2'500;
    if (type != PurchaseType::one_time) {
        option.recurring_interval = RecurringInterval::month;
        option.recurring_time = 1;
    }
    Offer offer;
    offer.is_for_sale = true;
    offer.vendor_id = VendorId{"dagbladet"};
    offer.title = "Dagbladet, every day";
    offer.option = std::move(option);
    return offer;
}

inline CreateContract sample_create_contract(std::vector<Offer> offers = {sample_offer()}) {
    CreateContract create;
    create.user_id = UserId{"kari"};
    for (std::size_t i = 0; i < offers.size(); ++i) {
        create.items.push_back({Sku{"daily"}, PurchaseOptionId{"monthly"}, 1});
    }
    create.offers = std::move(offers);
    create.is_vendor_selling = true;
    create.vendor_time_zone = TimeZoneName{"Europe/Oslo"};
    create.is_time_zone_known = true;
    create.now = sample_start;
    return create;
}

inline ConfirmContract sample_confirm_contract() {
    return {.now = sample_start,
            .start = sample_start,
            .anchor = sample_start,
            .first_period = Period{sample_start, sample_end},
            .term_end = std::nullopt};
}

inline CancelContract sample_cancel_contract(CancelMode mode = CancelMode::at_period_end) {
    return {.mode = mode, .reason = std::nullopt, .refund = RefundMode::none, .now = sample_start};
}

// The change to two copies, at once. What it costs is up to the moment.
inline ChangeContract sample_change_contract(ChangeMode mode = ChangeMode::immediate) {
    ChangeContract change;
    change.items = {{Sku{"daily"}, PurchaseOptionId{"monthly"}, 2}};
    change.mode = mode;
    change.offers = {sample_offer()};
    change.moment.at = sample_start;
    change.now = sample_start;
    return change;
}

inline ImportContract sample_import_contract() {
    ImportContract import;
    import.user_id = UserId{"kari"};
    import.items.push_back({{Sku{"daily"}, PurchaseOptionId{"monthly"}, 1}, std::nullopt});
    import.current_period_start = sample_start;
    import.current_period_end = sample_end;
    import.offers = {sample_offer()};
    import.is_vendor_selling = true;
    import.vendor_time_zone = TimeZoneName{"Europe/Oslo"};
    import.is_time_zone_known = true;
    import.entitlement_ids = {EntitlementId{"e1"}};
    import.now = sample_start;
    return import;
}

inline ChangeContractPrice sample_change_price(Minor amount = 39'900) {
    ChangeContractPrice change;
    change.prices = {{Sku{"daily"}, PurchaseOptionId{"monthly"}, amount}};
    change.now = sample_start;
    return change;
}

inline ChangeDeliveryAddress sample_change_address() {
    ChangeDeliveryAddress change;
    change.delivery_address.street = Personal{"Storgata"};
    change.effective_from_issue = "2026-07";
    return change;
}

inline AddDeliveryStop sample_delivery_stop() {
    AddDeliveryStop stop;
    stop.from = Date{"2026-01-05"};
    stop.to = Date{"2026-01-18"};
    stop.stop_id = DeliveryStopId{"s1"};
    stop.effect = StopEffect{.effective_from = Date{"2026-01-09"},
                             .effective_from_issue = "2026-02",
                             .begins_at = sample_start + std::chrono::days{5},
                             .issues = 2,
                             .days = 14,
                             .moved_end = std::nullopt};
    return stop;
}

inline constexpr Period sample_second_period{sample_end, sample_end + std::chrono::days{28}};

template <>
struct Samples<ContractDecider> {
    static std::vector<ContractEvent> past(ContractStatus status, std::string_view wish = {}) {
        const CancelContract cancel = sample_cancel_contract();
        CreateContract create = sample_create_contract();
        if (wish == "ConsumeContractIssue") create.issues_total = 2;
        std::vector<ContractCommand> commands{create, sample_confirm_contract()};
        switch (status) {
            case ContractStatus::absent: return {};
            case ContractStatus::draft: commands.pop_back(); break;
            case ContractStatus::pending: break;
            case ContractStatus::active:
                commands.emplace_back(ActivateContract{{}, sample_start});
                if (wish == "UncancelContract" || wish == "CompleteCancellation") {
                    commands.emplace_back(cancel);
                }
                if (wish == "ApplyContractChange") {
                    commands.emplace_back(sample_change_contract(ChangeMode::at_period_end));
                }
                break;
            case ContractStatus::paused:
                commands.emplace_back(ActivateContract{{}, sample_start});
                commands.emplace_back(PauseContract{
                    .resumes_at = sample_end, .reason = std::nullopt, .now = sample_start});
                break;
            case ContractStatus::canceled: commands.emplace_back(cancel); break;
            case ContractStatus::expired:
                commands.emplace_back(
                    ExpireContract{ContractExpiry::first_bill_expired, sample_end});
                break;
        }
        if (wish == "RemoveDeliveryStop") commands.emplace_back(sample_delivery_stop());
        return events_of<ContractDecider>(commands);
    }
    static std::vector<ContractCommand> commands(ContractStatus) {
        return {sample_create_contract(),
                sample_confirm_contract(),
                ActivateContract{{}, sample_start},
                sample_cancel_contract(),
                UncancelContract{sample_start},
                CompleteCancellation{sample_end},
                DiscardContract{sample_start},
                ExpireContract{ContractExpiry::unpaid, sample_end},
                NoteContractPayment{PaymentState::overdue, BillId{"b1"}},
                NoteFirstBillPaid{},
                RenewContract{sample_end, sample_second_period, {}},
                PauseContract{.resumes_at = std::nullopt, .reason = "Away.", .now = sample_start},
                ResumeContract{
                    .now = sample_end, .period = sample_second_period, .entitlement_ids = {}},
                RestoreContractRights{{EntitlementId{"e2"}}},
                sample_change_contract(),
                ApplyContractChange{{}, sample_end},
                sample_change_price(),
                ChangeContractPayer{UserId{"ola"}, std::nullopt},
                sample_change_address(),
                sample_import_contract(),
                ConsumeContractIssue{"2026-01", sample_start},
                sample_delivery_stop(),
                RemoveDeliveryStop{DeliveryStopId{"s1"}, std::nullopt, sample_start}};
    }
};

}  // namespace domain
