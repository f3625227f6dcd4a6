// Samples of transactions.
#pragma once

#include "domain/transaction.hpp"
#include "tests/domain/samples.hpp"
#include "tests/domain/samples_bill.hpp"

namespace domain {

inline RecordTransaction sample_transaction(TransactionStatus status,
                                            TransactionType type = TransactionType::charge) {
    RecordTransaction record;
    record.self = TransactionId{"t1"};
    record.type = type;
    record.amount = 34'900;
    record.currency = sample_currency();
    record.user_id = UserId{"kari"};
    record.vendor_id = VendorId{"dagbladet"};
    record.provider = "nets";
    record.provider_reference = "4711";
    record.status = status;
    record.now = sample_start;
    return record;
}

inline ResolveTransaction sample_outcome(TransactionStatus status) {
    ResolveTransaction resolve;
    resolve.status = status;
    resolve.now = sample_start;
    return resolve;
}

inline ExtendChain sample_child(TransactionType type, Minor amount, std::string id = "t2") {
    return {{TransactionId{std::move(id)}, type, amount}, sample_currency(), UserId{"kari"}};
}

template <class Wish>
Wish sample_follow_up() {
    Wish wish;
    wish.self = TransactionId{"t3"};
    return wish;
}

template <>
struct Samples<TransactionDecider> {
    static std::vector<TransactionEvent> past(TransactionStatus status,
                                              std::string_view wish = {}) {
        if (status == TransactionStatus::absent) return {};
        const bool is_of_authorization = wish == "CaptureTransaction" || wish == "VoidTransaction";
        std::vector<TransactionCommand> commands{sample_transaction(
            status, is_of_authorization ? TransactionType::authorize : TransactionType::charge)};
        if (wish == "AdjustCredit" || wish == "AllocateCredit")
            commands.emplace_back(AllocateTransaction{{}, 0, 1});
        return events_of<TransactionDecider>(commands);
    }
    static std::vector<TransactionCommand> commands(TransactionStatus) {
        return {sample_transaction(TransactionStatus::pending),
                sample_outcome(TransactionStatus::succeeded),
                AllocateTransaction{BillId{"b1"}, 34'900, 1},
                sample_child(TransactionType::refund, 100),
                ReleaseChain{TransactionId{"t2"}},
                AdjustCredit{BillId{"b1"}, -100},
                sample_follow_up<CaptureTransaction>(),
                sample_follow_up<VoidTransaction>(),
                sample_follow_up<RefundTransaction>(),
                sample_follow_up<OpenChargeback>(),
                AllocateCredit{{{BillId{"b1"}, 100}}},
                WithdrawCredit{TransactionId{"t2"}, 100},
                PollTransaction{sample_end}};
    }
};

}  // namespace domain
