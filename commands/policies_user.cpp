#include "commands/naming.hpp"
#include "commands/policies.hpp"

namespace commands {
namespace {

using domain::ContractDecider;
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

}  // namespace

Followed on(Work& work, const domain::UserId& id, const domain::UserDeleted&) {
    for (const std::string& contract : work.held_for(id, Kind::contracts)) {
        if (auto fault = end_contract(work, contract)) return fault;
    }
    std::vector<domain::EntitlementId> rights;
    for (std::string& right : work.held_for(id, Kind::entitlements)) {
        rights.push_back({std::move(right)});
    }
    return revoke(work, rights, "the user was deleted");
}

}  // namespace commands
