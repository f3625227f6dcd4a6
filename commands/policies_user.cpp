#include "commands/naming.hpp"
#include "commands/policies.hpp"

namespace commands {
namespace {

using domain::ContractDecider;
using domain::FulfillmentDecider;
using domain::Kind;

Followed end_contract(Work& work, std::string_view id) {
    if (auto fault = decide_if_legal<ContractDecider>(work, id,
                                                      domain::DiscardContract{.now = work.now()})) {
        return fault;
    }
    domain::CancelContract wish;
    wish.mode = domain::CancelMode::immediate;
    wish.reason = "the user was deleted";
    wish.now = work.now();
    return decide_if_legal<ContractDecider>(work, id, std::move(wish));
}

// What is past its cut-off is on its way, without an address.
Followed end_fulfillment(Work& work, std::string_view id) {
    const auto& fulfillment = work.load<FulfillmentDecider>(id).state;
    const std::string reason = "the user was deleted";
    if (is_before_cutoff(fulfillment, work.now())) {
        auto fault = decide_if_legal<FulfillmentDecider>(
            work, id, domain::CancelFulfillment{reason, work.now()});
        if (fault) return fault;
    }
    return decide_if_legal<FulfillmentDecider>(work, id, domain::RevokeFulfillment{reason});
}

}  // namespace

Followed on(Work& work, const domain::UserId& id, const domain::UserDeleted&) {
    for (const std::string& contract : work.held_for(id, Kind::contracts)) {
        if (auto fault = end_contract(work, contract)) return fault;
    }
    std::vector<domain::EntitlementId> rights;
    for (std::string& right : work.held_for(id, Kind::entitlements)) {
        rights.push_back({std::move(right)});
    }
    if (auto fault = revoke(work, rights, "the user was deleted")) return fault;
    for (const std::string& one : work.held_for(id, Kind::fulfillments)) {
        if (auto fault = end_fulfillment(work, one)) return fault;
    }
    return std::nullopt;
}

}  // namespace commands
