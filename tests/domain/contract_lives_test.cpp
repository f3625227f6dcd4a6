// Random lives of contracts: whatever is asked of a contract, in whatever order and however late
// the clock is, its periods follow one another and what is due can be done.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

#include "domain/contract_change.hpp"
#include "domain/due.hpp"
#include "tests/domain/samples_contract.hpp"
#include "tests/support/utc_zones.hpp"

namespace domain {
namespace {

const tests::support::UtcZones utc;

class Life {
public:
    explicit Life(std::mt19937_64& random) : random_(random) {}

    bool has_ended() const { return legal_commands<ContractDecider>(contract_.status).empty(); }
    ContractStatus status() const { return contract_.status; }

    void live_on() {
        now_ += std::chrono::hours(below(400));
        const auto due = next_due(contract_);
        const bool is_clock = due && due->at <= now_ && below(3) > 0;
        const auto wishes = commands();
        const ContractCommand wish =
            is_clock
                ? wish_of_clock(due->command, now_)
                : wishes[static_cast<std::size_t>(below(static_cast<std::int64_t>(wishes.size())))];
        if (!is_legal<ContractDecider>(contract_.status, type_name_of(wish))) return;
        const auto events = ContractDecider::decide(contract_, wish);
        if (!events) return;
        for (const auto& event : *events) take(event);
        check_due();
    }

    // The state is what the events say, and nothing else.
    void check_fold() const { EXPECT_EQ(fold<ContractDecider>(events_), contract_); }

private:
    std::int64_t below(std::int64_t most) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most));
    }

    std::vector<ContractCommand> commands() {
        CreateContract create = sample_create_contract(
            {sample_offer(below(4) == 0 ? PurchaseType::rental : PurchaseType::recurring)});
        create.offers[0].option->recurring_interval = static_cast<RecurringInterval>(below(4));
        create.now = now_;
        create.auto_renew = below(4) > 0;
        create.vendor_time_zone = TimeZoneName{"UTC"};
        if (below(3) == 0) create.trial_end = now_ + std::chrono::days(14);
        if (below(4) == 0) create.expires_at = now_ + std::chrono::days(below(400) + 1);
        ConfirmContract confirm = sample_confirm_contract();
        if (contract_.status == ContractStatus::draft) confirm = confirm_at(now_, contract_, utc);
        CancelContract cancel = sample_cancel_contract(static_cast<CancelMode>(below(2)));
        cancel.now = now_;
        PauseContract pause{.resumes_at = std::nullopt, .reason = std::nullopt, .now = now_};
        if (below(2) == 0) pause.resumes_at = now_ + std::chrono::days(below(90) + 1);
        ChangeContract change = sample_change_contract(static_cast<ChangeMode>(below(2)));
        change.now = now_;
        change.items[0].quantity = below(3) + 1;
        if (below(2) == 0) {
            change.items[0].sku = Sku{"weekly"};
            change.offers[0].option->recurring_interval = static_cast<RecurringInterval>(below(4));
        }
        if (below(3) == 0) change.effective_at = now_ + std::chrono::hours(below(2000) + 1);
        if (below(5) == 0) change.anchor_at = now_ + std::chrono::hours(below(2000));
        const auto terms = changed_terms(contract_, change);
        if (terms) change.moment = moment_of(*terms, now_);
        ChangeContractPrice price = sample_change_price(below(50'000));
        price.now = now_;
        const auto state = static_cast<PaymentState>(below(3));
        return {create,
                confirm,
                ActivateContract{{}, now_},
                NoteFirstBillPaid{},
                NoteContractPayment{state, BillId{"b" + std::to_string(below(3))}},
                UncancelContract{now_},
                pause,
                cancel,
                change,
                price,
                below(20) == 0 ? ContractCommand(DiscardContract{now_}) : ContractCommand(confirm),
                wish_of_clock(ClockCommand::renew_contract, now_),
                wish_of_clock(ClockCommand::resume_contract, now_)};
    }

    ContractCommand wish_of_clock(ClockCommand command, Timestamp now) const {
        switch (command) {
            case ClockCommand::activate_contract: return ActivateContract{{}, now};
            case ClockCommand::complete_cancellation: return CompleteCancellation{now};
            case ClockCommand::expire_contract:
                return ExpireContract{ContractExpiry::term_over, now};
            case ClockCommand::renew_contract: return RenewContract{now, next_of_this(), {}};
            case ClockCommand::apply_contract_change:
                if (!contract_.planned_change) return ApplyContractChange{{}, now};
                return ApplyContractChange{
                    moment_of(*contract_.planned_change, contract_.planned_change->effective_at),
                    now};
            default: {
                const bool has_periods = contract_.anchor_at.has_value();
                return ResumeContract{
                    now, has_periods ? rest_of_period(contract_, now, utc) : std::nullopt, {}};
            }
        }
    }
    ChangeMoment moment_of(const ChangedTerms& terms, Timestamp at) const {
        ChangeMoment moment;
        moment.at = at;
        moment.periods = change_periods(contract_, terms, at, utc);
        moment.is_period_paid = contract_.troubles.empty();
        return moment;
    }
    std::optional<Period> next_of_this() const {
        return contract_.anchor_at ? next_period(contract_, utc) : std::nullopt;
    }

    // Periods never overlap, and begin where the one before ended, but after a pause.
    void take(const ContractEvent& event) {
        const Contract before = contract_;
        contract_ = ContractDecider::evolve(std::move(contract_), event);
        events_.push_back(event);
        const auto* renewed = std::get_if<ContractRenewed>(&event);
        if (renewed == nullptr) return;
        EXPECT_GE(renewed->period_start, *before.current_period_end);
        const bool is_resumed =
            std::holds_alternative<ContractResumed>(events_[events_.size() - 2]);
        if (!is_resumed) EXPECT_EQ(renewed->period_start, *before.current_period_end);
        const auto whole = whole_period(contract_, utc);
        EXPECT_EQ(whole->end, renewed->period_end);
        EXPECT_LE(whole->start, renewed->period_start);
    }

    void check_due() const {
        const auto due = next_due(contract_);
        if (!due) return;
        const ContractCommand wish = wish_of_clock(due->command, due->at);
        SCOPED_TRACE(type_name_of(wish));
        ASSERT_TRUE(is_legal<ContractDecider>(contract_.status, type_name_of(wish)));
        const auto events = ContractDecider::decide(contract_, wish);
        ASSERT_TRUE(events) << name(events.error());
        EXPECT_NE(next_due(fold<ContractDecider>(*events, contract_)), due);
    }

    std::mt19937_64& random_;
    Timestamp now_ = sample_start;
    Contract contract_;
    std::vector<ContractEvent> events_;
};

TEST(ContractLives, KeepTheirPeriodsWhateverIsAsked) {
    constexpr int commands = 20'000;
    std::mt19937_64 random(20'261'127);
    std::map<ContractStatus, int> ends;
    std::optional<Life> life(std::in_place, random);
    for (int i = 0; i < commands && !testing::Test::HasFailure(); ++i) {
        SCOPED_TRACE("command " + std::to_string(i));
        if (life->has_ended() || random() % 200 == 0) {
            life->check_fold();
            ++ends[life->status()];
            life.emplace(random);
        }
        life->live_on();
    }
    using enum ContractStatus;
    for (const auto status : {pending, active, paused, canceled, expired}) {
        EXPECT_GT(ends[status], 0) << name(status);
    }
}

}  // namespace
}  // namespace domain
