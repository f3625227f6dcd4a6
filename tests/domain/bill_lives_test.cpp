// Random lives of bills: whatever is asked of a bill, in whatever order, its invariants hold.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

#include "domain/due.hpp"
#include "tests/domain/samples_bill.hpp"

namespace domain {
namespace {

// One bill, and what its events say in sum.
class Life {
public:
    explicit Life(std::mt19937_64& random) : random_(random) {}

    bool has_ended() const { return legal_commands<BillDecider>(bill_.status).empty(); }

    // Tries one command, most often one that is legal.
    void live_on() {
        now_ += std::chrono::hours(below(60));
        const auto wishes = commands();
        const BillCommand& wish =
            wishes[static_cast<std::size_t>(below(static_cast<std::int64_t>(wishes.size())))];
        if (!is_legal<BillDecider>(bill_.status, type_name_of(wish))) return;
        const Bill before = bill_;
        const auto events = BillDecider::decide(bill_, wish);
        if (!events) return;
        for (const auto& event : *events) {
            count(event);
            bill_ = BillDecider::evolve(std::move(bill_), event);
            events_.push_back(event);
        }
        check_sums();
        check_against(before);
        check_due();
    }

    // I10: the state is what the events say, and nothing else.
    void check_fold() const { EXPECT_EQ(fold<BillDecider>(events_), bill_); }

    const Bill& bill() const { return bill_; }

private:
    std::int64_t below(std::int64_t most) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most));
    }
    TransactionId transaction() { return {"t" + std::to_string(below(4))}; }

    std::vector<BillLineWish> lines() {
        std::vector<BillLineWish> made;
        for (auto i = below(4); i > 0; --i) {
            BillLineWish line = sample_line(below(2'000) - 200);
            line.quantity = below(3) + 1;
            line.tax_rate = below(3) * 1'250;
            made.push_back(std::move(line));
        }
        return made;
    }

    std::vector<BillCommand> commands() {
        CreateBill create = sample_create_bill(lines());
        create.collection_method = static_cast<CollectionMethod>(below(2));
        UpdateBill update;
        update.items = change_to(lines());
        update.discount_amount = change_to(below(500));
        update.tax_behavior = change_to(static_cast<TaxBehavior>(below(2)));
        IssueBill issue = sample_issue_bill();
        issue.now = now_;
        issue.credit_applied = below(3) * 100;
        issue.dunning.retry_days = {1, 3, 7};
        create.contract_id = ContractId{"c1"};
        if (below(2) == 0) issue.expires_at = now_ + std::chrono::days(2);
        ApplyPayment payment = sample_payment(below(1'500) + 1);
        payment.transaction_id = transaction();
        payment.now = now_;
        const FailPayment failure{transaction(), std::nullopt, below(4) != 0, now_};
        return {create,
                update,
                DeleteBill{},
                issue,
                issue,
                StartPayment{transaction()},
                payment,
                payment,
                payment,
                failure,
                ReleasePayment{transaction()},
                MarkBillOverdue{now_},
                RetryBill{std::nullopt, now_},
                CancelBill{},
                ExpireBill{now_},
                WriteOffBill{},
                ReinstateBill{},
                VoidBill{"Wrong."},
                ReverseSettlement{transaction(), below(500), now_},
                RequestPayment{now_},
                EndBillGrace{now_},
                RecordRefund{below(500), std::nullopt}};
    }

    void count(const BillEvent& event) {
        if (const auto* applied = std::get_if<BillPaymentApplied>(&event)) {
            paid_ += applied->amount;
        } else if (const auto* reversed = std::get_if<BillPaymentReversed>(&event)) {
            paid_ -= reversed->amount;
        } else if (const auto* refunded = std::get_if<BillRefundRecorded>(&event)) {
            refunded_ += refunded->amount;
        }
    }

    void check_sums() const {
        Minor amounts = 0;
        for (const BillLine& line : bill_.items) {
            EXPECT_EQ(line.amount, line.quantity * line.unit_amount - line.discount_amount);  // I1
            amounts += line.amount;
        }
        const bool adds_tax = bill_.tax_behavior == TaxBehavior::exclusive;
        EXPECT_EQ(bill_.subtotal - bill_.discount_total, amounts);
        EXPECT_EQ(bill_.total, amounts + (adds_tax ? bill_.tax_total : 0));  // I2
        EXPECT_GE(bill_.total, 0);
        EXPECT_EQ(bill_.amount_due, bill_.total - bill_.credit_applied);  // I4
        EXPECT_EQ(bill_.amount_remaining, bill_.amount_due - bill_.amount_paid);
        EXPECT_GE(bill_.amount_remaining, 0);
        EXPECT_EQ(bill_.amount_paid, paid_);  // I9
        EXPECT_EQ(bill_.amount_refunded, refunded_);
        EXPECT_LE(bill_.amount_refunded, bill_.amount_paid);
        // I5, for what is issued and has not ended.
        const bool is_settled = bill_.status == BillStatus::paid;
        if (is_settled || open_bill.contains(bill_.status)) {
            EXPECT_EQ(is_settled, bill_.amount_remaining == 0) << name(bill_.status);
        }
    }

    // What the clock does next is accepted when it is due, and then something else is due.
    void check_due() const {
        const auto due = next_due(bill_);
        if (!due) return;
        const BillCommand wish = wish_of_clock(due->command, due->at);
        SCOPED_TRACE(type_name_of(wish));
        ASSERT_TRUE(is_legal<BillDecider>(bill_.status, type_name_of(wish)));
        const auto events = BillDecider::decide(bill_, wish);
        ASSERT_TRUE(events) << name(events.error());
        EXPECT_NE(next_due(fold<BillDecider>(*events, bill_)), due);
    }
    static BillCommand wish_of_clock(ClockCommand command, Timestamp now) {
        switch (command) {
            case ClockCommand::expire_bill: return ExpireBill{now};
            case ClockCommand::mark_bill_overdue: return MarkBillOverdue{now};
            case ClockCommand::request_payment: return RequestPayment{now};
            case ClockCommand::end_bill_grace: return EndBillGrace{now};
            default: return WriteOffBill{};
        }
    }

    void check_against(const Bill& before) const {
        if (!before.issued_at) return;
        // I6
        EXPECT_EQ(static_cast<const BillContent&>(bill_), static_cast<const BillContent&>(before));
        EXPECT_EQ(bill_.currency, before.currency);
        EXPECT_EQ(bill_.bill_to, before.bill_to);
        EXPECT_EQ(bill_.number, before.number);
        EXPECT_EQ(bill_.dunning, before.dunning);
    }

    std::mt19937_64& random_;
    Timestamp now_ = sample_start;
    Bill bill_;
    std::vector<BillEvent> events_;
    Minor paid_ = 0;
    Minor refunded_ = 0;
};

TEST(BillLives, KeepTheInvariantsWhateverIsAsked) {
    constexpr int commands = 20'000;
    std::mt19937_64 random(20'261'126);
    std::map<BillStatus, int> ends;
    std::optional<Life> life(std::in_place, random);
    for (int i = 0; i < commands && !testing::Test::HasFailure(); ++i) {
        SCOPED_TRACE("command " + std::to_string(i));
        // A bill that is paid could go on for ever.
        const bool is_done = life->has_ended() || random() % 100 == 0;
        if (is_done) {
            life->check_fold();
            ++ends[life->bill().status];
            life.emplace(random);
        }
        life->live_on();
    }
    // The lives are worth something only if they come everywhere.
    for (std::size_t i = 1; i <= static_cast<std::size_t>(BillStatus::voided); ++i) {
        EXPECT_GT(ends[static_cast<BillStatus>(i)], 0) << name(static_cast<BillStatus>(i));
    }
}

}  // namespace
}  // namespace domain
