// Samples of bills.
#pragma once

#include <cassert>

#include "domain/bill.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

inline Currency sample_currency() { return *Currency::parse("NOK"); }

inline BillLineWish sample_line(Minor unit_amount = 34'900) {
    BillLineWish line;
    line.sku = Sku{"daily"};
    line.title = "Dagbladet, every day";
    line.unit_amount = unit_amount;
    return line;
}

inline CreateBill sample_create_bill(std::vector<BillLineWish> lines = {sample_line()}) {
    CreateBill create;
    create.user_id = UserId{"kari"};
    create.vendor_id = VendorId{"dagbladet"};
    create.currency = sample_currency();
    create.items = std::move(lines);
    return create;
}

inline IssueBill sample_issue_bill() {
    IssueBill issue;
    issue.now = sample_start;
    issue.number_value = 7;
    issue.number_prefix = "D-";
    return issue;
}

inline ApplyPayment sample_payment(Minor amount = 34'900) {
    ApplyPayment payment;
    payment.transaction_id = TransactionId{"t1"};
    payment.amount = amount;
    payment.currency = sample_currency();
    payment.now = sample_start;
    return payment;
}

inline FailPayment sample_failure(bool is_retryable) {
    return {TransactionId{"t1"}, "insufficient_funds", is_retryable, sample_start};
}

// The events of commands one after the other, all of which have to be accepted.
template <Decider D>
std::vector<typename D::Event> events_of(const std::vector<typename D::Command>& commands) {
    std::vector<typename D::Event> past;
    for (const auto& command : commands) {
        const auto events = D::decide(fold<D>(past), command);
        assert(events);
        past.insert(past.end(), events->begin(), events->end());
    }
    return past;
}

template <>
struct Samples<BillDecider> {
    static std::vector<BillEvent> past(BillStatus status, std::string_view wish = {}) {
        const FailPayment failed = sample_failure(true);
        const FailPayment failed_for_good = sample_failure(false);
        std::vector<BillCommand> commands{sample_create_bill(), sample_issue_bill()};
        switch (status) {
            case BillStatus::absent: return {};
            case BillStatus::draft: commands.pop_back(); break;
            case BillStatus::pending: break;
            case BillStatus::retrying: commands.emplace_back(failed); break;
            case BillStatus::overdue: commands.emplace_back(failed_for_good); break;
            case BillStatus::paid:
                commands.emplace_back(sample_payment());
                if (wish == "VoidBill") commands.emplace_back(RecordRefund{34'900, {}});
                break;
            case BillStatus::canceled: commands.emplace_back(CancelBill{}); break;
            case BillStatus::expired:
                commands.emplace_back(failed_for_good);
                if (wish == "ReverseSettlement") commands.emplace_back(sample_payment(100));
                commands.emplace_back(WriteOffBill{});
                break;
            case BillStatus::deleted: commands.back() = DeleteBill{}; break;
            case BillStatus::voided: commands.emplace_back(VoidBill{"Wrong address."}); break;
        }
        if (wish == "ReverseSettlement" && open_bill.contains(status)) {
            commands.emplace_back(sample_payment(100));
        }
        if (wish == "MarkBillOverdue" && status == BillStatus::retrying) {
            commands.emplace_back(RequestPayment{sample_start + std::chrono::days{20}});
        }
        if (wish == "ExpireBill") std::get<IssueBill>(commands.at(1)).expires_at = sample_end;
        return events_of<BillDecider>(commands);
    }
    static std::vector<BillCommand> commands(BillStatus status) {
        UpdateBill update;
        update.discount_amount = change_to<Minor>(900);
        return {sample_create_bill(),
                update,
                DeleteBill{},
                sample_issue_bill(),
                StartPayment{TransactionId{"t1"}},
                sample_payment(),
                sample_failure(true),
                ReleasePayment{TransactionId{"t1"}},
                MarkBillOverdue{sample_end},
                RetryBill{.next_attempt_at = std::nullopt, .now = sample_start},
                CancelBill{},
                ExpireBill{sample_end},
                WriteOffBill{},
                ReinstateBill{},
                VoidBill{"Wrong address."},
                ReverseSettlement{TransactionId{"t1"}, status == BillStatus::paid ? 34'900 : 100,
                                  sample_start},
                RecordRefund{100, TransactionId{"t2"}},
                RequestPayment{sample_end},
                EndBillGrace{sample_end},
                PayBill{.amount = std::nullopt,
                        .provider = std::nullopt,
                        .provider_reference = std::nullopt,
                        .payment_method = std::nullopt,
                        .transaction_id = TransactionId{"t3"}}};
    }
};

}  // namespace domain
