#include "domain/contract.hpp"

#include <gmock/gmock.h>

#include "tests/domain/contract_stop_rows.hpp"
#include "tests/domain/samples_contract.hpp"
#include "tests/support/given.hpp"
#include "tests/support/utc_zones.hpp"

namespace domain {
namespace {

using Rows = tests::support::Refusal<ContractDecider>;
using enum ContractStatus;
const auto given = tests::support::given<ContractDecider>;
const tests::support::UtcZones utc;
using std::chrono::days;

std::vector<ContractEvent> past(ContractStatus status, std::string_view wish = {}) {
    return Samples<ContractDecider>::past(status, wish);
}

CreateContract with(void (*change)(CreateContract&)) {
    CreateContract create = sample_create_contract();
    change(create);
    return create;
}

CreateContract beside(void (*change)(Offer&)) {
    Offer second = sample_offer();
    change(second);
    return sample_create_contract({sample_offer(), second});
}

// A contract that was confirmed at the start.
Contract confirmed(const CreateContract& create) {
    const auto drafted = events_of<ContractDecider>({create});
    const Contract draft = fold<ContractDecider>(drafted);
    return given(drafted).when(confirm_at(sample_start, draft, utc)).after();
}

CancelContract cancel(CancelMode mode) {
    CancelContract wish = sample_cancel_contract(mode);
    wish.reason = "Moved away.";
    return wish;
}

TEST(Contract, IsNamedPaidAndTimedByDefaultAsItsItemAndVendor) {
    const Contract contract = fold<ContractDecider>(past(draft));
    EXPECT_EQ(contract.name, "Dagbladet, every day");
    EXPECT_EQ(contract.payer_id, UserId{"kari"});
    EXPECT_EQ(contract.time_zone.view(), "Europe/Oslo");
    EXPECT_EQ(contract.contract_duration, ContractDuration::recurring);
    EXPECT_EQ(contract.price, "349.00");
}

TEST(Contract, ItsDiscountsAreTakenOffItsPrice) {
    const CreateContract create = with([](CreateContract& wish) {
        wish.items[0].quantity = 2;
        wish.applied_discounts = {{"Student", 10'000}, {"Loyal", 800}};
    });
    EXPECT_EQ(confirmed(create).amount, 59'000);
}

TEST(Contract, ItsFirstPeriodBeginsAtTheStart) {
    const Contract contract = confirmed(sample_create_contract());
    EXPECT_EQ(contract.anchor_at, sample_start);
    EXPECT_EQ(contract.current_period_start, sample_start);
    EXPECT_EQ(contract.current_period_end, sample_end);
    EXPECT_EQ(contract.next_bill_at, sample_end);
    EXPECT_EQ(contract.next_price, "349.00");
}

TEST(Contract, AnAnchorBeforeTheStartSaysWhichPeriodIsTheFirst) {
    const Contract contract =
        confirmed(with([](CreateContract& wish) { wish.anchor_at = sample_start - days{17}; }));
    EXPECT_EQ(contract.current_period_start, sample_start - days{17});
    EXPECT_EQ(contract.current_period_end, sample_start + days{14});
}

TEST(Contract, ATrialIsAPeriodOfItsOwnAndItsEndTheAnchor) {
    const Contract contract =
        confirmed(with([](CreateContract& wish) { wish.trial_end = sample_start + days{14}; }));
    EXPECT_EQ(contract.current_period_end, sample_start + days{14});
    EXPECT_EQ(contract.anchor_at, sample_start + days{14});
}

TEST(Contract, ATrialThatIsOverIsNoPeriod) {
    CreateContract create = sample_create_contract();
    create.now = sample_start - days{20};
    create.trial_end = sample_start - days{10};
    const Contract contract = confirmed(create);
    EXPECT_EQ(contract.current_period_start, sample_start - days{10});
    EXPECT_EQ(contract.current_period_end, sample_start + days{21});
}

TEST(Contract, ThatWasBoughtOnceHasNoEnd) {
    const Contract contract =
        confirmed(sample_create_contract({sample_offer(PurchaseType::one_time)}));
    EXPECT_EQ(contract.contract_duration, ContractDuration::perpetual);
    EXPECT_EQ(contract.current_period_end, std::nullopt);
    EXPECT_EQ(contract.next_bill_at, std::nullopt);
}

TEST(Contract, ForARentalEndsWithItsTerm) {
    const Contract contract =
        confirmed(sample_create_contract({sample_offer(PurchaseType::rental)}));
    EXPECT_EQ(contract.contract_duration, ContractDuration::renewable);
    EXPECT_EQ(contract.expires_at, sample_end);
    EXPECT_EQ(contract.next_bill_at, std::nullopt);
}

TEST(Contract, ThatEndsWithItsPeriodIsNotBilledAgain) {
    EXPECT_EQ(
        confirmed(with([](CreateContract& wish) { wish.expires_at = sample_end; })).next_bill_at,
        std::nullopt);
    EXPECT_EQ(confirmed(with([](CreateContract& wish) { wish.auto_renew = false; })).next_bill_at,
              std::nullopt);
}

TEST(Contract, ACancellationWaitsForTheEndOfThePeriod) {
    const Contract contract = given(past(active)).when(cancel(CancelMode::at_period_end)).after();
    EXPECT_TRUE(contract.is_active);
    EXPECT_EQ(contract.will_cancel_at, sample_end);
    EXPECT_EQ(contract.next_bill_at, std::nullopt);
    given(past(active, "UncancelContract")).when(cancel(CancelMode::at_period_end)).then_nothing();
}

TEST(Contract, AWithdrawnCancellationLeavesNoTrace) {
    const Contract contract =
        given(past(active, "UncancelContract")).when(UncancelContract{sample_start}).after();
    EXPECT_EQ(contract, fold<ContractDecider>(past(active)));
}

TEST(Contract, AScheduledCancellationEndsItWhenItSaidItWould) {
    const Contract contract = given(past(active, "CompleteCancellation"))
                                  .when(CompleteCancellation{sample_end + days{1}})
                                  .after();
    EXPECT_EQ(contract.status, canceled);
    EXPECT_EQ(contract.ended_at, sample_end);
    EXPECT_FALSE(contract.is_active);
}

TEST(Contract, AnImmediateCancellationEndsItNow) {
    const Contract contract = given(past(active)).when(cancel(CancelMode::immediate)).after();
    EXPECT_EQ(contract.status, canceled);
    EXPECT_EQ(contract.cancel_reason, "Moved away.");
    EXPECT_EQ(contract.ended_at, sample_start);
}

TEST(Contract, ThatIsOverExpires) {
    CreateContract create = sample_create_contract();
    create.expires_at = sample_end;
    const auto running = events_of<ContractDecider>(
        {create, sample_confirm_contract(), ActivateContract{{}, sample_start}});
    const ExpireContract over{ContractExpiry::term_over, sample_end};
    EXPECT_EQ(given(running).when(over).after().status, expired);
}

TEST(Contract, TroubleWithPaymentIsTheWorstThatOneOfItsBillsSays) {
    using enum PaymentState;
    const BillId b1{"b1"};
    const BillId b2{"b2"};
    given(past(active)).when(NoteContractPayment{ok, b1}).then_nothing();
    auto events = past(active);
    const auto note = [&events](const NoteContractPayment& wish) {
        const auto outcome = given(events).when(wish);
        events.insert(events.end(), outcome.decision->begin(), outcome.decision->end());
        return outcome.after().payment_state;
    };
    EXPECT_EQ(note({overdue, b1}), overdue);
    EXPECT_EQ(note({retrying, b2}), overdue);
    given(events).when(NoteContractPayment{overdue, b1}).then_nothing();
    EXPECT_EQ(note({ok, b1}), retrying);
    EXPECT_EQ(note({ok, b2}), ok);
    EXPECT_EQ(fold<ContractDecider>(events).troubles.size(), 0U);
}

TEST(Contract, IsRenewedWhenItsPeriodHasEndedAndNotBefore) {
    const RenewContract renew{sample_end, sample_second_period, {EntitlementId{"e2"}}};
    const Contract contract = given(past(active)).when(renew).after();
    EXPECT_EQ(contract.current_period_start, sample_end);
    EXPECT_EQ(contract.next_bill_at, sample_second_period.end);
    EXPECT_EQ(contract.entitlement_ids, renew.entitlement_ids);
}

TEST(Contract, PeriodsGoOnFromTheAnchorThoughAMonthIsShort) {
    CreateContract create = sample_create_contract();
    create.start_at = sample_start + days{30};  // 31 January.
    Contract contract = confirmed(create);
    contract.status = active;
    const std::array ends{"2026-02-28T00:00:00.000Z", "2026-03-31T00:00:00.000Z",
                          "2026-04-30T00:00:00.000Z", "2026-05-31T00:00:00.000Z"};
    for (const std::string_view end : ends) {
        EXPECT_EQ(to_rfc3339(*contract.current_period_end), end);
        const RenewContract renew{*contract.current_period_end, next_period(contract, utc), {}};
        const auto renewed = ContractDecider::decide(contract, renew);
        ASSERT_TRUE(renewed);
        contract = fold<ContractDecider>(*renewed, contract);
    }
}

TEST(Contract, ThatDoesNotRenewEndsWithItsPeriod) {
    const Contract contract =
        confirmed(with([](CreateContract& wish) { wish.auto_renew = false; }));
    EXPECT_EQ(term_end(contract), sample_end);
    EXPECT_EQ(term_end(confirmed(sample_create_contract())), std::nullopt);
}

TEST(Contract, ThatIsCanceledForLaterThanItsTermEndsWithItsTerm) {
    Contract contract = confirmed(with([](CreateContract& wish) { wish.auto_renew = false; }));
    contract.will_cancel_at = sample_end + std::chrono::days{1};
    EXPECT_EQ(known_end(contract), sample_end);
    contract.will_cancel_at = sample_end - std::chrono::days{1};
    EXPECT_EQ(known_end(contract), contract.will_cancel_at);
}

TEST(Contract, APauseKeepsItsPeriodAndItsAnchor) {
    const Contract contract = fold<ContractDecider>(past(paused));
    EXPECT_FALSE(contract.is_active);
    EXPECT_EQ(contract.next_bill_at, std::nullopt);
    EXPECT_EQ(contract.resumes_at, sample_end);
    const ResumeContract at_once{.now = sample_start, .period = {}, .entitlement_ids = {}};
    EXPECT_EQ(given(past(paused)).when(at_once).after(), fold<ContractDecider>(past(active)));
}

TEST(Contract, ThatIsResumedLateGoesOnWithTheRestOfThePeriodThatRunsThen) {
    Contract contract = fold<ContractDecider>(past(paused));
    const Timestamp late = sample_end + days{35};
    const auto rest = rest_of_period(contract, late, utc);
    ASSERT_TRUE(rest);
    EXPECT_EQ(rest->start, late);
    EXPECT_EQ(to_rfc3339(rest->end), "2026-04-01T00:00:00.000Z");
    EXPECT_EQ(rest_of_period(contract, sample_start + days{1}, utc), std::nullopt);
    contract = given(past(paused)).when(ResumeContract{late, rest, {}}).after();
    EXPECT_EQ(contract.current_period_end, rest->end);
    EXPECT_EQ(to_rfc3339(whole_period(contract, utc)->start), "2026-03-01T00:00:00.000Z");
}

TEST(Contract, ClaimsItsExternalIdAndIsHeldForWhoReceivesAndWhoPays) {
    auto contract = confirmed(with([](CreateContract& wish) { wish.external_id = "x1"; }));
    EXPECT_THAT(claims(contract, "c1"),
                testing::ElementsAre("contract-external/x1", "held-for/kari/contracts/c1"));
    contract.payer_id = UserId{"ola"};
    EXPECT_THAT(claims(contract, "c1"),
                testing::ElementsAre("contract-external/x1", "held-for/kari/contracts/c1",
                                     "held-for/ola/contracts/c1"));
}

// The past of a contract with this many issues in all.
std::vector<ContractEvent> counted(std::int64_t issues) {
    CreateContract create = sample_create_contract();
    create.issues_total = issues;
    return events_of<ContractDecider>(
        {create, sample_confirm_contract(), ActivateContract{{}, sample_start}});
}

TEST(Contract, ThatCountsIssuesExpiresWithTheLastOne) {
    EXPECT_EQ(fold<ContractDecider>(counted(1)).issues_remaining, 1);
    const Contract contract =
        given(counted(1)).when(ConsumeContractIssue{"2026-01", sample_start}).after();
    EXPECT_EQ(contract.status, expired);
    EXPECT_EQ(contract.issues_remaining, 0);
}

TEST(Contract, TheSameIssueCountsOnce) {
    const ConsumeContractIssue consume{"2026-01", sample_start};
    auto events = counted(2);
    const auto consumed = given(events).when(consume);
    EXPECT_EQ(consumed.after().issues_remaining, 1);
    events.insert(events.end(), consumed.decision->begin(), consumed.decision->end());
    given(events).when(consume).then_nothing();
}

TEST(Contract, AnAddressMayHoldFromALaterIssueOn) {
    auto events = past(active);
    ChangeDeliveryAddress first = sample_change_address();
    first.effective_from_issue.reset();
    const auto moved = given(events).when(first);
    events.insert(events.end(), moved.decision->begin(), moved.decision->end());
    ChangeDeliveryAddress second = sample_change_address();
    second.delivery_address.street = Personal{"Kirkegata"};
    const Contract contract = given(events).when(second).after();
    EXPECT_EQ(contract.delivery_address, second.delivery_address);
    EXPECT_EQ(contract.former_address, first.delivery_address);
    EXPECT_EQ(contract.delivery_address_from_issue, "2026-07");
}

const std::vector<Rows> rows{
    {ContractRejection::contract_has_no_items, {}, sample_create_contract({})},
    {ContractRejection::unknown_purchase_option, {}, beside([](Offer& offer) {
         offer.option.reset();
     })},
    {ContractRejection::product_not_for_sale, {}, beside([](Offer& offer) {
         offer.is_for_sale = false;
     })},
    {ContractRejection::option_not_offered, {}, beside([](Offer& offer) {
         offer.option->valid_to = sample_start;
     })},
    {ContractRejection::vendors_differ, {}, beside([](Offer& offer) {
         offer.vendor_id = VendorId{"aftenposten"};
     })},
    {ContractRejection::currencies_differ, {}, beside([](Offer& offer) {
         offer.option->currency = *Currency::parse("EUR");
     })},
    {ContractRejection::periods_differ, {}, beside([](Offer& offer) {
         offer.option->recurring_time = 3;
     })},
    {ContractRejection::vendor_not_selling, {}, with([](CreateContract& wish) {
         wish.is_vendor_selling = false;
     })},
    {ContractRejection::unknown_time_zone, {}, with([](CreateContract& wish) {
         wish.is_time_zone_known = false;
     })},
    {ContractRejection::time_out_of_range, {}, with([](CreateContract& wish) {
         wish.anchor_at = Timestamp{days{-1}};
     })},
    {ContractRejection::time_out_of_range, {}, with([](CreateContract& wish) {
         wish.expires_at = parse_rfc3339("3000-01-01T00:00:00Z");
     })},
    {ContractRejection::ends_before_start, {}, with([](CreateContract& wish) {
         wish.trial_end = sample_start;
     })},
    {ContractRejection::ends_before_start, {}, with([](CreateContract& wish) {
         wish.expires_at = sample_start;
     })},
    {ContractRejection::ends_before_start,
     events_of<ContractDecider>(
         {with([](CreateContract& wish) { wish.expires_at = sample_start + days{1}; })}),
     ConfirmContract{sample_end, sample_end, sample_end, std::nullopt, std::nullopt}},
    {ContractRejection::duration_needs_period,
     {},
     [] {
         CreateContract wish = sample_create_contract({sample_offer(PurchaseType::one_time)});
         wish.contract_duration = ContractDuration::recurring;
         return wish;
     }()},
    {ContractRejection::amount_overflow, {}, with([](CreateContract& wish) {
         wish.offers[0].option->amount = std::numeric_limits<Minor>::max();
         wish.items[0].quantity = 2;
     })},
    {ContractRejection::discount_exceeds_amount, {}, with([](CreateContract& wish) {
         wish.applied_discounts = {{"Too much", 34'901}};
     })},
    {ContractRejection::not_started_yet, past(pending),
     ActivateContract{{}, sample_start - days{1}}},
    {ContractRejection::no_period_end,
     events_of<ContractDecider>(
         {sample_create_contract({sample_offer(PurchaseType::one_time)}),
          ConfirmContract{sample_start, sample_start, sample_start, std::nullopt, std::nullopt},
          ActivateContract{{}, sample_start}}),
     cancel(CancelMode::at_period_end)},
    {ContractRejection::not_being_canceled, past(active), UncancelContract{sample_start}},
    {ContractRejection::not_being_canceled, past(active, "UncancelContract"),
     UncancelContract{sample_end}},
    {ContractRejection::cancellation_not_due, past(active, "CompleteCancellation"),
     CompleteCancellation{sample_start}},
    {ContractRejection::cancellation_not_due, past(active), CompleteCancellation{sample_end}},
    {ContractRejection::refund_needs_immediate, past(active),
     [] {
         CancelContract wish = cancel(CancelMode::at_period_end);
         wish.refund = RefundMode::full;
         return wish;
     }()},
    {ContractRejection::renewal_not_due, past(active),
     RenewContract{sample_end - days{1}, sample_second_period, {}}},
    {ContractRejection::renewal_not_due, past(active), RenewContract{sample_end, {}, {}}},
    {ContractRejection::renewal_not_due, past(active, "UncancelContract"),
     RenewContract{sample_end, sample_second_period, {}}},
    {ContractRejection::resume_out_of_range, past(active),
     PauseContract{sample_start, std::nullopt, sample_start}},
    {ContractRejection::contract_is_ending, past(active, "UncancelContract"),
     PauseContract{std::nullopt, std::nullopt, sample_start}},
    {ContractRejection::change_needs_period,
     events_of<ContractDecider>(
         {sample_create_contract({sample_offer(PurchaseType::one_time)}),
          ConfirmContract{sample_start, sample_start, sample_start, std::nullopt, std::nullopt},
          ActivateContract{{}, sample_start}}),
     sample_change_contract()},
    {ContractRejection::period_not_paid, past(active),
     [] {
         ChangeContract wish = sample_change_contract();
         const Period whole{sample_start, sample_end};
         wish.moment.periods = ChangeMoment::Periods{whole, whole, whole, whole};
         wish.moment.is_period_paid = false;
         return wish;
     }()},
    {ContractRejection::change_out_of_range, past(active),
     [] {
         ChangeContract wish = sample_change_contract();
         wish.effective_at = sample_start;
         return wish;
     }()},
    {ContractRejection::change_out_of_range, past(active),
     [] {
         ChangeContract wish = sample_change_contract(ChangeMode::at_period_end);
         wish.effective_at = sample_end;
         return wish;
     }()},
    {ContractRejection::contract_is_ending, past(active, "UncancelContract"),
     sample_change_contract(ChangeMode::at_period_end)},
    {ContractRejection::currencies_differ, past(active),
     [] {
         ChangeContract wish = sample_change_contract();
         wish.items[0].sku = Sku{"weekly"};
         wish.offers[0].option->currency = *Currency::parse("EUR");
         return wish;
     }()},
    {ContractRejection::change_not_due, past(active), ApplyContractChange{{}, sample_end}},
    {ContractRejection::change_not_due, past(active, "ApplyContractChange"),
     ApplyContractChange{{}, sample_start}},
    {ContractRejection::unknown_item, past(active),
     [] {
         ChangeContractPrice wish = sample_change_price();
         wish.prices[0].sku = Sku{"weekly"};
         return wish;
     }()},
    {ContractRejection::not_counted_by_issues, past(active),
     ConsumeContractIssue{"2026-01", sample_start}},
    {ContractRejection::import_period_not_running,
     {},
     [] {
         ImportContract wish = sample_import_contract();
         wish.now = sample_end;
         return wish;
     }()},
    {ContractRejection::term_not_over, past(active),
     ExpireContract{ContractExpiry::term_over, sample_end}},
};

std::vector<Rows> all_rows() {
    std::vector<Rows> all = stop_rows();
    all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

TEST(Contract, Refuses) { tests::support::expect_refusals<ContractDecider>(all_rows()); }
TEST(Contract, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<ContractDecider>(all_rows());
}

}  // namespace
}  // namespace domain
