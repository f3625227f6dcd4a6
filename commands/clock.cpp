#include "commands/clock.hpp"

#include "commands/handlers.hpp"

namespace commands {

std::unique_ptr<Command> clock_command(domain::ClockCommand command) {
    using enum domain::ClockCommand;
    switch (command) {
        case expire_bill: return make_command(domain::ExpireBill{});
        case mark_bill_overdue: return make_command(domain::MarkBillOverdue{});
        case request_payment: return make_command(domain::RequestPayment{});
        case end_bill_grace: return make_command(domain::EndBillGrace{});
        case write_off_bill: return make_command(domain::WriteOffBill{});
        case activate_contract: return make_command(domain::ActivateContract{});
        case complete_cancellation: return make_command(domain::CompleteCancellation{});
        case expire_contract: return make_command(domain::ExpireContract{});
        case renew_contract: return make_command(domain::RenewContract{});
        case resume_contract: return make_command(domain::ResumeContract{});
        case start_entitlement: return make_command(domain::StartEntitlement{});
        case expire_entitlement: return make_command(domain::ExpireEntitlement{});
        case poll_transaction: return make_command(domain::PollTransaction{});
        case apply_contract_change: return make_command(domain::ApplyContractChange{});
        case settle_stop: return make_command(domain::SettleStop{});
    }
    return nullptr;
}

}  // namespace commands
