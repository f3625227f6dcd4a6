// What follows from what is handed over, and what of it follows from contracts and rights.
#include <utility>

#include "commands/fulfillment.hpp"
#include "commands/naming.hpp"
#include "commands/policies.hpp"
#include "commands/transaction.hpp"

namespace commands {
namespace {

using domain::ContractDecider;
using domain::ContractId;
using domain::Fulfillment;
using domain::FulfillmentDecider;
using domain::FulfillmentId;
using domain::FulfillmentStatus;

const Fulfillment& fulfillment_of(Work& work, const FulfillmentId& id) {
    return work.load<FulfillmentDecider>(id.view()).state;
}

Followed decide(Work& work, const FulfillmentId& id, const domain::FulfillmentCommand& command) {
    const auto answer = work.decide<FulfillmentDecider>(id.view(), command);
    return answer ? std::nullopt : Followed(answer.error());
}

Followed give_credit(Work& work, const FulfillmentId& id, const domain::FulfillmentCredit& credit) {
    const Fulfillment& fulfillment = fulfillment_of(work, id);
    domain::RecordTransaction wish;
    wish.type = domain::TransactionType::credit;
    wish.status = domain::TransactionStatus::succeeded;
    wish.amount = credit.amount;
    wish.currency = credit.currency;
    wish.user_id = credit.payer_id;
    wish.vendor_id = fulfillment.vendor_id;
    wish.bill_id = credit.bill_id;
    wish.contract_id = fulfillment.contract_id;
    wish.provider = "daybook";
    wish.provider_reference = "fulfillment-" + id.text;
    const Target target{{domain::Kind::transactions, work.new_id()}, std::nullopt};
    const auto answer = handle(work, target, std::move(wish));
    return answer ? std::nullopt : Followed(answer.error());
}

// Calls `change` with each shipment of the contract that is scheduled and can still be changed.
template <class Change>
Followed for_each_scheduled(Work& work, const ContractId& id, Change change) {
    for (const FulfillmentId& open : open_fulfillments(work, open_of(id))) {
        const Fulfillment& one = fulfillment_of(work, open);
        const bool can_change =
            one.status == FulfillmentStatus::scheduled && is_before_cutoff(one, work.now());
        if (!can_change) continue;
        if (auto fault = change(open, one)) return fault;
    }
    return std::nullopt;
}

}  // namespace

Followed on(Work& work, const FulfillmentId& id, const domain::FulfillmentIncluded&) {
    const Fulfillment& fulfillment = fulfillment_of(work, id);
    const bool counts = fulfillment.contract_id && fulfillment.issue && !fulfillment.reshipment_of;
    if (!counts) return std::nullopt;
    const std::string_view contract_id = fulfillment.contract_id->view();
    const auto& contract = work.load<ContractDecider>(contract_id).state;
    if (!contract.issues_remaining) return std::nullopt;
    return decide_if_legal<ContractDecider>(
        work, contract_id, domain::ConsumeContractIssue{fulfillment.issue->code, work.now()});
}

Followed on(Work& work, const FulfillmentId& id, const domain::FulfillmentReshipped& event) {
    domain::CreateFulfillment wish;
    wish.terms = fulfillment_of(work, id);
    wish.terms.copies = event.copies;
    wish.terms.address = event.address;
    wish.terms.instructions = event.instructions;
    wish.terms.reshipment_of = id;
    wish.terms.cutoff_at.reset();
    wish.terms.external_id.reset();
    wish.now = work.now();
    return decide(work, event.reshipment_id, wish);
}

Followed on(Work& work, const FulfillmentId& id, const domain::FulfillmentCredited& event) {
    return give_credit(work, id, event);
}

Followed on(Work& work, const FulfillmentId& id, const domain::FulfillmentStopSettled& event) {
    return event.credit ? give_credit(work, id, *event.credit) : std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractDeliveryStopAdded& event) {
    const domain::Contract& contract = work.load<ContractDecider>(id.view()).state;
    auto fault = for_each_scheduled(
        work, id, [&](const FulfillmentId& open, const Fulfillment& one) -> Followed {
            const auto stop = stop_of(contract, one);
            if (!stop || stop->stop_id != event.id) return std::nullopt;
            return decide(
                work, open,
                domain::StopFulfillment{*stop, stop_credit(work, one, *stop), work.now()});
        });
    if (fault || !event.expires_at) return fault;
    for (const auto& right : contract.entitlement_ids) {
        fault = extend_right(work, right, *event.expires_at);
        if (fault) return fault;
    }
    return std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractDeliveryStopRemoved& event) {
    for (const FulfillmentId& open : open_fulfillments(work, open_of(id))) {
        const Fulfillment& one = fulfillment_of(work, open);
        if (!is_stop_open(one) || one.stop->stop_id != event.stop_id) continue;
        if (auto fault = decide(work, open, domain::ReinstateFulfillment{})) return fault;
    }
    return std::nullopt;
}

Followed on(Work& work, const ContractId& id, const domain::ContractDeliveryAddressChanged& event) {
    const auto& from = event.effective_from_issue;
    return for_each_scheduled(
        work, id, [&](const FulfillmentId& open, const Fulfillment& one) -> Followed {
            const bool is_before = from && one.issue && one.issue->code < *from;
            if (is_before) return std::nullopt;
            return decide(work, open,
                          domain::ReaddressFulfillment{event.delivery_address, work.now()});
        });
}

Followed on(Work& work, const domain::EntitlementId& id, const domain::EntitlementRevoked& event) {
    for (const FulfillmentId& open : open_fulfillments(work, open_of(id))) {
        if (auto fault = decide(work, open, domain::RevokeFulfillment{event.reason})) return fault;
    }
    return std::nullopt;
}

Followed cancel_shipments(Work& work, const ContractId& id, domain::Timestamp from,
                          std::optional<domain::Timestamp> until, std::string_view reason) {
    return for_each_scheduled(
        work, id, [&](const FulfillmentId& open, const Fulfillment& one) -> Followed {
            if (one.issue && one.issue->cover_date) {
                const std::string zone = title_of(work, one.sku).zone;
                const auto day = domain::day_of(*one.issue->cover_date);
                const auto day_at = [&](domain::Timestamp at) {
                    return domain::day_of(at, zone, work.zones());
                };
                if (day < day_at(from) || (until && day >= day_at(*until))) return std::nullopt;
            }
            return decide(work, open, domain::CancelFulfillment{std::string(reason), work.now()});
        });
}

}  // namespace commands
