// Lives of bills: whatever is asked of a bill, in whatever order, its invariants hold (I4 to I6, I9
// and I10, and I1 to I3 on the way).
#include <array>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "domain/due.hpp"
#include "tests/domain/samples_bill.hpp"
#include "tests/support/property.hpp"

namespace domain {
namespace {

// Something that is asked of the bill: which command, from a list, and numbers that say the rest.
struct Step {
    std::size_t wish = 0;
    std::array<std::int64_t, 3> numbers = {};
    std::int64_t hours = 0;  // That pass before.
};

TransactionId transaction(std::int64_t number) { return {"t" + std::to_string(number % 4)}; }

std::vector<BillLineWish> lines(const Step& step) {
    std::vector<BillLineWish> made;
    const auto [count, amount, kind] = step.numbers;
    for (std::int64_t i = 0; i < count % 4; ++i) {
        BillLineWish line = sample_line(amount - 200 + 100 * i);
        line.quantity = kind % 3 + 1;
        line.tax_rate = kind / 3 % 3 * 1'250;
        made.push_back(std::move(line));
    }
    return made;
}

CreateBill create(const Step& step) {
    CreateBill wish = sample_create_bill(lines(step));
    wish.collection_method = static_cast<CollectionMethod>(step.numbers[2] % 2);
    wish.contract_id = ContractId{"c1"};
    return wish;
}

UpdateBill update(const Step& step) {
    UpdateBill wish;
    wish.items = change_to(lines(step));
    wish.discount_amount = change_to(step.numbers[1] % 500);
    wish.tax_behavior = change_to(static_cast<TaxBehavior>(step.numbers[2] % 2));
    return wish;
}

IssueBill issue(const Step& step, Timestamp now) {
    IssueBill wish = sample_issue_bill();
    wish.now = now;
    wish.credit_applied = step.numbers[0] % 3 * 100;
    wish.dunning.retry_days = {1, 3, 7};
    if (step.numbers[1] % 2 == 1) wish.expires_at = now + std::chrono::days(2);
    return wish;
}

ApplyPayment payment(const Step& step, Timestamp now) {
    ApplyPayment wish = sample_payment(step.numbers[1] + 1);
    wish.transaction_id = transaction(step.numbers[0]);
    wish.now = now;
    return wish;
}

// Payments, and what makes a bill, are asked for more often than the rest.
std::vector<BillCommand> commands(const Step& step, Timestamp now) {
    const auto [first, second, third] = step.numbers;
    const auto id = transaction(first);
    return {create(step),
            issue(step, now),
            payment(step, now),
            update(step),
            DeleteBill{},
            StartPayment{id},
            PayBill{{}, {}, {}, {}, id},
            FailPayment{id, std::nullopt, third % 4 != 3, now},
            ReleasePayment{id},
            MarkBillOverdue{now},
            RetryBill{std::nullopt, now},
            CancelBill{},
            ExpireBill{now},
            WriteOffBill{},
            ReinstateBill{},
            VoidBill{"Wrong."},
            ReverseSettlement{id, second % 500 + 1, now},
            RequestPayment{now},
            EndBillGrace{now},
            RecordRefund{second % 500 + 1, std::nullopt},
            create(step),
            issue(step, now),
            issue(step, now),
            payment(step, now),
            payment(step, now),
            payment(step, now)};
}
const std::size_t wishes = commands({}, {}).size();

void showValue(const Step& step, std::ostream& out) {
    out << "after " << step.hours << " h "
        << type_name_of(commands(step, sample_start).at(step.wish)) << " of " << step.numbers[0]
        << ", " << step.numbers[1] << ", " << step.numbers[2] << '\n';
}

// How often lives ended in each status: they are worth something only if they come everywhere.
std::map<BillStatus, int> ends;

// One bill, and what its events say in sum.
class Life {
public:
    // Tries one step; what is wrong after it.
    std::string live_on(const Step& step) {
        now_ += std::chrono::hours(step.hours);
        const BillCommand wish = commands(step, now_).at(step.wish);
        if (!is_legal<BillDecider>(bill_.status, type_name_of(wish))) return "";
        const Bill before = bill_;
        const auto events = BillDecider::decide(bill_, wish);
        if (!events) return "";
        for (const auto& event : *events) {
            count(event);
            bill_ = BillDecider::evolve(std::move(bill_), event);
            events_.push_back(event);
        }
        for (auto wrong : {wrong_lines(), wrong_sums(), wrong_change(before), wrong_due()}) {
            if (!wrong.empty()) return wrong;
        }
        return fold<BillDecider>(events_) == bill_ ? "" : "I10: the state is not its events' fold";
    }
    BillStatus status() const { return bill_.status; }

private:
    void count(const BillEvent& event) {
        if (const auto* applied = std::get_if<BillPaymentApplied>(&event)) {
            paid_ += applied->amount;
        } else if (const auto* reversed = std::get_if<BillPaymentReversed>(&event)) {
            paid_ -= reversed->amount;
        } else if (const auto* refunded = std::get_if<BillRefundRecorded>(&event)) {
            refunded_ += refunded->amount;
        }
    }

    std::string wrong_lines() const {
        Minor amounts = 0;
        for (const BillLine& line : bill_.items) {
            if (line.amount != line.quantity * line.unit_amount - line.discount_amount) return "I1";
            amounts += line.amount;
        }
        const bool adds_tax = bill_.tax_behavior == TaxBehavior::exclusive;
        const bool is_right = bill_.subtotal - bill_.discount_total == amounts &&
                              bill_.total == amounts + (adds_tax ? bill_.tax_total : 0) &&
                              bill_.total >= 0;
        return is_right ? "" : "I2: the total is not what the lines say";
    }

    std::string wrong_sums() const {
        const bool adds_up = bill_.amount_due == bill_.total - bill_.credit_applied &&
                             bill_.amount_remaining == bill_.amount_due - bill_.amount_paid &&
                             bill_.amount_remaining >= 0;
        if (!adds_up) return "I4: what is due, or what remains, does not add up";
        if (bill_.amount_paid != paid_) return "I9: what is paid is not what payments brought";
        if (bill_.amount_refunded != refunded_ || refunded_ > paid_) return "refunds do not add up";
        // I5, for what is issued and has not ended.
        const bool is_paid = bill_.status == BillStatus::paid;
        const bool is_open = open_bill.contains(bill_.status);
        const bool is_right = (!is_paid && !is_open) || is_paid == (bill_.amount_remaining == 0);
        return is_right ? "" : "I5: paid, and something remains; or open, and nothing does";
    }

    std::string wrong_change(const Bill& before) const {
        if (!before.issued_at) return "";
        const bool is_same =
            static_cast<const BillContent&>(bill_) == static_cast<const BillContent&>(before) &&
            bill_.currency == before.currency && bill_.bill_to == before.bill_to &&
            bill_.number == before.number && bill_.dunning == before.dunning;
        return is_same ? "" : "I6: what was issued has changed";
    }

    // What the clock does next is accepted when it is due, and then something else is due.
    std::string wrong_due() const {
        const auto due = next_due(bill_);
        if (!due) return "";
        const BillCommand wish = wish_of_clock(due->command, due->at);
        const std::string name{type_name_of(wish)};
        if (!is_legal<BillDecider>(bill_.status, name)) return name + " is due and not legal";
        const auto events = BillDecider::decide(bill_, wish);
        if (!events) return name + " is due and refused";
        return next_due(fold<BillDecider>(*events, bill_)) == due ? name + " is due again" : "";
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

    Timestamp now_ = sample_start;
    Bill bill_;
    std::vector<BillEvent> events_;
    Minor paid_ = 0;
    Minor refunded_ = 0;
};

std::string wrong_in(const std::vector<Step>& steps) {
    Life life;
    for (const Step& step : steps) {
        if (auto wrong = life.live_on(step); !wrong.empty()) return wrong;
    }
    ++ends[life.status()];
    return "";
}

}  // namespace
}  // namespace domain

namespace rc {

template <>
struct Arbitrary<domain::Step> {
    static Gen<domain::Step> arbitrary() {
        const auto below = [](std::int64_t end) {
            return gen::resize(kNominalSize, gen::inRange<std::int64_t>(0, end));
        };
        return gen::build<domain::Step>(
            gen::set(&domain::Step::wish,
                     gen::resize(kNominalSize, gen::inRange<std::size_t>(0, domain::wishes))),
            gen::set(&domain::Step::numbers,
                     gen::map(gen::tuple(below(12), below(2'000), below(36)),
                              [](auto tuple) {
                                  const auto [first, second, third] = tuple;
                                  return std::array{first, second, third};
                              })),
            gen::set(&domain::Step::hours, below(60)));
    }
};

}  // namespace rc

namespace domain {
namespace {

TEST(BillLives, KeepTheInvariantsWhateverIsAsked) {
    tests::support::holds<std::vector<Step>>(1'500, wrong_in);
    for (std::size_t i = 1; i <= static_cast<std::size_t>(BillStatus::voided); ++i) {
        EXPECT_GT(ends[static_cast<BillStatus>(i)], 0) << name(static_cast<BillStatus>(i));
    }
}

}  // namespace
}  // namespace domain
