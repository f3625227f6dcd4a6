#include "tests/commands/sequences.hpp"

#include <algorithm>
#include <ostream>
#include <ranges>

namespace commands::tests {

using namespace domain;
using std::chrono::days;
using std::chrono::hours;

namespace {

constexpr std::array users{"kari", "ola"};
constexpr std::array skus{"daily", "weekend", "crossword"};
constexpr std::array options{"monthly", "tendays", "free", "yearly", "once"};

NewPurchaseOption option(const std::string& id, Minor amount) {
    NewPurchaseOption made;
    made.id = PurchaseOptionId{id};
    made.name = id;
    made.purchase_type = id == "once" ? PurchaseType::one_time : PurchaseType::recurring;
    made.amount = id == "free" ? 0 : amount;
    made.currency = *Currency::parse("NOK");
    made.tax_rate = 2'500;
    if (id == "once") return made;
    made.recurring_time = id == "tendays" ? 10 : 1;
    made.recurring_interval = id == "tendays"  ? RecurringInterval::day
                              : id == "yearly" ? RecurringInterval::year
                                               : RecurringInterval::month;
    return made;
}

template <class List>
auto pick(const List& list, std::int64_t number) {
    return list.at(static_cast<std::size_t>(number) % list.size());
}

// Money mostly comes when it should.
TransactionStatus status_of(std::int64_t number) {
    using enum TransactionStatus;
    constexpr std::array all{succeeded, succeeded, succeeded, succeeded, failed,
                             failed,    pending,   unknown,   canceled,  requires_action};
    return pick(all, number);
}

}  // namespace

const std::vector<Publisher::Action>& Publisher::actions() {
    using P = Publisher;
    // What business is made of comes more often than the rest.
    static const std::vector<Action> all{
        {"sign a contract", &P::sign},
        {"pay a bill", &P::charge},
        {"pass days", &P::pass_days},
        {"pass hours", &P::pass_hours},
        {"draft a contract", &P::draft},
        {"confirm a contract", &P::confirm},
        {"discard a contract", &P::discard},
        {"cancel a contract", &P::cancel},
        {"withdraw a cancellation", &P::uncancel},
        {"pause a contract", &P::pause},
        {"resume a contract", &P::resume},
        {"change items", &P::change},
        {"change prices", &P::change_price},
        {"change the payer", &P::change_payer},
        {"change the address", &P::move_house},
        {"hand over an issue", &P::consume},
        {"import a contract", &P::import},
        {"create a bill", &P::create_bill},
        {"issue a bill", &P::issue_bill},
        {"update a bill", &P::update_bill},
        {"move a bill on", &P::move_bill},
        {"ask for a payment", &P::pay},
        {"bring money", &P::bring_money},
        {"resolve a payment", &P::resolve},
        {"follow a payment", &P::follow},
        {"give up a chargeback", &P::reverse_chargeback},
        {"use credit", &P::allocate},
        {"note a refund", &P::refund_by_hand},
        {"grant a right", &P::grant},
        {"move a right on", &P::move_right},
        {"sign a contract", &P::sign},
        {"pay a bill", &P::charge},
        {"pay a bill", &P::charge},
        {"pay a bill", &P::charge},
        {"pass days", &P::pass_days},
        {"move a bill on", &P::move_bill},
        {"resolve a payment", &P::resolve},
        {"follow a payment", &P::follow},
    };
    return all;
}

void showValue(const Step& step, std::ostream& out) {
    const auto& [first, second, third] = step.numbers;
    out << Publisher::actions().at(step.action).name << ' ' << first << ' ' << second << ' '
        << third << '\n';
}

Publisher::Publisher() {
    for (const std::string vendor : {"press", "forlag"}) {
        CreateVendor wish;
        wish.id = Slug{vendor};
        wish.name = vendor;
        wish.number_prefix = vendor.substr(0, 1) + "-";
        wish.time_zone = TimeZoneName{vendor == "press" ? "Europe/Oslo" : "UTC"};
        if (vendor == "press") wish.dunning = {{1, 3}, 5, 20};
        ask(Kind::vendors, vendor, wish);
    }
    publish("press", "daily");
    publish("press", "weekend");
    publish("forlag", "crossword");
    for (const std::string user : users) {
        CreateUser wish;
        wish.id = UserId{user};
        wish.email = Email{user + "@example.org"};
        ask(Kind::users, user, wish);
    }
}

void Publisher::publish(const std::string& vendor, const std::string& sku) {
    CreateProduct wish;
    wish.sku = Sku{sku};
    wish.type = ProductType::publication;
    wish.vendor_id = VendorId{vendor};
    wish.title = sku;
    for (const std::string id : options) {
        const Minor amount = id == "yearly" ? 36'011 : id == "tendays" ? 1'010 : 3'490;
        wish.purchase_options.push_back(option(id, sku == "weekend" ? amount / 3 : amount));
    }
    ask(Kind::products, sku, wish);
    ask(Kind::products, sku, PublishProduct{});
}

std::string Publisher::take(const Step& step) {
    (this->*actions().at(step.action).run)(step);
    return wrong_;
}

template <class Wish>
void Publisher::ask(Kind kind, const std::string& id, Wish wish) {
    if (books_.ask(kind, id, std::move(wish))) judge();
}

void Publisher::judge() {
    for (const std::string& event : books_.last_events) ++events_[event];
    if (wrong_.empty()) wrong_ = ledger_.take(books_.last_entry);
    if (wrong_.empty()) wrong_ = ledger_.judge(books_);
}

std::string Publisher::any(Kind kind, std::int64_t number) {
    const auto& made = ledger_.made(kind);
    if (made.empty()) return "none";
    // One of the last three, or any.
    const auto count = static_cast<std::int64_t>(made.size());
    const auto back =
        number % 4 == 3 ? number / 4 % count : number / 4 % std::min<std::int64_t>(3, count);
    return made.at(static_cast<std::size_t>(count - 1 - back));
}

std::string Publisher::open_bill(std::int64_t number) {
    std::vector<std::string> open;
    for (const auto& id : ledger_.made(Kind::bills)) {
        const auto status = books_.state<BillDecider>(id).status;
        if (domain::open_bill.contains(status)) open.push_back(id);
    }
    if (open.empty() || number % 8 == 7) return any(Kind::bills, number);
    return pick(open, static_cast<std::int64_t>(open.size()) - 1 - number % std::ssize(open));
}

// Contracts ---------------------------------------------------------------------------------------

void Publisher::draft(const Step& step) {
    const auto [first, second, third] = step.numbers;
    CreateContract wish;
    wish.user_id = UserId{pick(users, first)};
    wish.items = {{Sku{pick(skus, first / 2)}, PurchaseOptionId{pick(options, second)}, 1}};
    if (third % 2 == 1) wish.collection_method = CollectionMethod::send_invoice;
    if (third % 9 == 4) wish.trial_end = books_.now + days{second / 5 % 40 + 1};
    if (third % 7 == 3) wish.auto_renew = false;
    if (third % 11 == 5) wish.contract_duration = ContractDuration::renewable;
    if (third % 13 == 6) wish.issues_total = 2;
    if (third % 5 == 1) wish.applied_discounts = {{"A friend.", 101}};
    if (third % 17 == 8) wish.start_at = books_.now + days{second / 5 % 50};
    if (third % 6 == 2) wish.payer_id = UserId{"ola"};
    ask(Kind::contracts, "", std::move(wish));
}
void Publisher::sign(const Step& step) {
    draft(step);
    if (!ledger_.made(Kind::contracts).empty()) {
        ask(Kind::contracts, ledger_.made(Kind::contracts).back(), ConfirmContract{});
    }
}
void Publisher::confirm(const Step& step) {
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), ConfirmContract{});
}
void Publisher::discard(const Step& step) {
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), DiscardContract{});
}
void Publisher::cancel(const Step& step) {
    CancelContract wish;
    if (step.numbers[1] % 3 != 0) {
        wish.mode = CancelMode::immediate;
        wish.refund = static_cast<RefundMode>(step.numbers[2] % 3);
    }
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), wish);
}
void Publisher::uncancel(const Step& step) {
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), UncancelContract{});
}
void Publisher::pause(const Step& step) {
    PauseContract wish;
    if (step.numbers[2] % 2 == 1) wish.resumes_at = books_.now + days{step.numbers[1] % 70 + 1};
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), wish);
}
void Publisher::resume(const Step& step) {
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), ResumeContract{});
}
void Publisher::change(const Step& step) {
    const auto [first, second, third] = step.numbers;
    ChangeContract wish;
    wish.items = {{Sku{pick(skus, second % 2)}, PurchaseOptionId{pick(options, second / 2)},
                   second / 10 % 3 + 1}};
    if (second % 7 == 3) {
        wish.items.push_back({Sku{"weekend"}, PurchaseOptionId{pick(options, second / 2)}, 1});
    }
    const std::string id = any(Kind::contracts, first);
    if (second % 4 == 1) {  // What it has: a change to come is withdrawn.
        const auto contract = books_.state<ContractDecider>(id);
        wish.items.assign(contract.items.begin(), contract.items.end());
    }
    if (third % 4 == 3) wish.mode = ChangeMode::at_period_end;
    if (third % 4 == 2) wish.effective_at = books_.now + days{third / 4 % 30 + 1};
    if (third % 9 == 5) wish.anchor_at = books_.now + days{third / 9 % 20};
    ask(Kind::contracts, id, std::move(wish));
}
void Publisher::change_price(const Step& step) {
    const std::string id = any(Kind::contracts, step.numbers[0]);
    ChangeContractPrice wish;
    for (const auto& item : books_.state<ContractDecider>(id).items) {
        wish.prices.push_back({item.sku, item.purchase_option_id, step.numbers[1] * 3});
    }
    if (step.numbers[2] % 3 == 2) wish.effective_at = books_.now + days{step.numbers[2] % 60 + 1};
    ask(Kind::contracts, id, std::move(wish));
}
void Publisher::change_payer(const Step& step) {
    const ChangeContractPayer wish{UserId{pick(users, step.numbers[1])}, std::nullopt};
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), wish);
}
void Publisher::move_house(const Step& step) {
    ChangeDeliveryAddress wish;
    wish.delivery_address.street = Personal{"Storgata " + std::to_string(step.numbers[1])};
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), wish);
}
void Publisher::consume(const Step& step) {
    ConsumeContractIssue wish;
    wish.issue_code = "issue" + std::to_string(step.numbers[1] % 5);
    ask(Kind::contracts, any(Kind::contracts, step.numbers[0]), wish);
}
void Publisher::import(const Step& step) {
    const auto [first, second, third] = step.numbers;
    ImportContract wish;
    wish.user_id = UserId{pick(users, first)};
    ImportedItem item;
    item.sku = Sku{pick(skus, first / 2)};
    item.purchase_option_id = PurchaseOptionId{pick(options, second)};
    wish.items = {item};
    if (third % 4 != 3) {
        wish.current_period_start = books_.now - days{second % 9};
        wish.current_period_end = books_.now + days{third % 30 + 1};
    }
    if (third % 2 == 1) wish.collection_method = CollectionMethod::send_invoice;
    ask(Kind::contracts, "", std::move(wish));
}

// Bills -------------------------------------------------------------------------------------------

void Publisher::create_bill(const Step& step) {
    const auto [first, second, third] = step.numbers;
    CreateBill wish;
    wish.user_id = UserId{pick(users, first)};
    wish.vendor_id = VendorId{first % 4 == 3 ? "forlag" : "press"};
    wish.currency = *Currency::parse("NOK");
    for (std::int64_t i = 0; i < third % 3; ++i) {
        BillLineWish line;
        line.sku = Sku{pick(skus, second + i)};
        line.title = "A line.";
        line.unit_amount = second - 300 + 100 * i;
        line.quantity = third / 3 % 3 + 1;
        line.tax_rate = third / 9 % 2 * 1'500;
        if (third % 5 == 1) line.period_start = books_.now - days{second % 3};
        wish.items.push_back(std::move(line));
    }
    if (third % 4 == 3) wish.contract_id = ContractId{any(Kind::contracts, second)};
    if (third % 7 == 3) wish.discount_amount = second / 3;
    if (third % 2 == 1) wish.collection_method = CollectionMethod::send_invoice;
    ask(Kind::bills, "", std::move(wish));
}
void Publisher::update_bill(const Step& step) {
    UpdateBill wish;
    wish.discount_amount = change_to(step.numbers[1] / 2);
    wish.tax_behavior = change_to(static_cast<TaxBehavior>(step.numbers[2] % 2));
    if (step.numbers[2] % 3 == 2) wish.payment_provider = change_to(std::string("nets"));
    ask(Kind::bills, any(Kind::bills, step.numbers[0]), wish);
}
void Publisher::issue_bill(const Step& step) {
    const auto [first, second, third] = step.numbers;
    IssueBill wish;
    if (third % 3 == 1) wish.expires_at = books_.now + days{second % 5};
    if (third % 3 == 2) wish.due_at = books_.now + days{second % 40};
    ask(Kind::bills, any(Kind::bills, first), wish);
}
void Publisher::move_bill(const Step& step) {
    const auto [first, second, third] = step.numbers;
    const std::string id = third % 2 == 0 ? open_bill(first) : any(Kind::bills, first);
    RetryBill retry;
    if (second % 2 == 1) retry.next_attempt_at = books_.now + hours{second % 100};
    switch (third / 2 % 6) {
        case 0: return ask(Kind::bills, id, DeleteBill{});
        case 1: return ask(Kind::bills, id, CancelBill{});
        case 2: return ask(Kind::bills, id, VoidBill{"Wrong."});
        case 3: return ask(Kind::bills, id, WriteOffBill{});
        case 4: return ask(Kind::bills, id, ReinstateBill{});
        default: return ask(Kind::bills, id, retry);
    }
}
void Publisher::pay(const Step& step) {
    PayBill wish;
    if (step.numbers[1] % 3 == 0) wish.amount = step.numbers[1] + 1;
    ask(Kind::bills, open_bill(step.numbers[0]), wish);
}
void Publisher::refund_by_hand(const Step& step) {
    const std::string id = any(Kind::bills, step.numbers[0]);
    const auto bill = books_.state<BillDecider>(id);
    const bool is_all = step.numbers[2] % 2 == 0;
    ask(Kind::bills, id, RecordRefund{is_all ? bill.amount_paid : step.numbers[1] + 1, {}});
}

// Money -------------------------------------------------------------------------------------------

RecordTransaction Publisher::notice(const Step& step, TransactionType type) {
    const auto [first, second, third] = step.numbers;
    RecordTransaction wish;
    wish.type = type;
    wish.status = status_of(third);
    wish.amount = second + 1;
    wish.currency = *Currency::parse("NOK");
    wish.user_id = UserId{pick(users, first)};
    wish.vendor_id = VendorId{"press"};
    wish.provider = "nets";
    // Some notices come twice.
    if (third % 23 != 22) ++references_;
    wish.provider_reference = "ref" + std::to_string(references_);
    if (third % 3 == 2) wish.retryable = false;
    return wish;
}
void Publisher::charge(const Step& step) {
    const std::string id = open_bill(step.numbers[0]);
    const auto bill = books_.state<BillDecider>(id);
    RecordTransaction wish = notice(step, TransactionType::charge);
    wish.vendor_id.reset();
    wish.bill_id = BillId{id};
    wish.user_id = bill.user_id;
    // All that remains, or more, or any amount.
    if (step.numbers[2] % 7 < 5) wish.amount = bill.amount_remaining;
    if (step.numbers[2] % 7 == 5) wish.amount += bill.amount_remaining;
    ask(Kind::transactions, "", std::move(wish));
}
void Publisher::bring_money(const Step& step) {
    const bool is_authorize = step.numbers[2] % 4 == 3;
    const auto type = is_authorize ? TransactionType::authorize : TransactionType::charge;
    ask(Kind::transactions, "", notice(step, type));
}
void Publisher::resolve(const Step& step) {
    std::vector<std::string> open;
    for (const auto& id : ledger_.made(Kind::transactions)) {
        const auto status = books_.state<TransactionDecider>(id).status;
        if (is_legal<TransactionDecider>(status, "ResolveTransaction")) open.push_back(id);
    }
    if (open.empty()) return;
    ResolveTransaction wish;
    wish.status = status_of(step.numbers[2]);
    ask(Kind::transactions, pick(open, step.numbers[0]), wish);
}
void Publisher::follow(const Step& step) {
    const auto [first, second, third] = step.numbers;
    const std::string id = any(Kind::transactions, first);
    FollowUp wish;
    if (second % 3 == 2) wish.amount = second + 1;
    wish.status = status_of(third);
    const auto type = books_.state<TransactionDecider>(id).type;
    if (type == TransactionType::authorize) {
        if (third % 3 == 2) return ask(Kind::transactions, id, VoidTransaction{wish});
        return ask(Kind::transactions, id, CaptureTransaction{wish});
    }
    if (third % 3 == 2) return ask(Kind::transactions, id, OpenChargeback{wish});
    RefundTransaction refund{wish, std::nullopt};
    if (third % 5 == 1) refund.bill_id = BillId{any(Kind::bills, second)};
    ask(Kind::transactions, id, std::move(refund));
}
void Publisher::reverse_chargeback(const Step& step) {
    std::vector<std::string> chargebacks;
    for (const auto& id : ledger_.made(Kind::transactions)) {
        const auto type = books_.state<TransactionDecider>(id).type;
        if (type == TransactionType::chargeback) chargebacks.push_back(id);
    }
    if (chargebacks.empty()) return;
    RecordTransaction wish = notice(step, TransactionType::chargeback_reversal);
    const std::string parent = pick(chargebacks, step.numbers[0]);
    const auto chargeback = books_.state<TransactionDecider>(parent);
    wish.parent_transaction_id = TransactionId{parent};
    wish.vendor_id.reset();
    wish.user_id = chargeback.user_id;
    if (step.numbers[1] % 4 != 3) wish.amount = chargeback.amount;
    ask(Kind::transactions, "", std::move(wish));
}
void Publisher::allocate(const Step& step) {
    AllocateCredit wish;
    wish.allocations.push_back({BillId{open_bill(step.numbers[1])}, std::nullopt});
    if (step.numbers[2] % 3 == 2) wish.allocations.front().amount = step.numbers[2] + 1;
    ask(Kind::transactions, any(Kind::transactions, step.numbers[0]), std::move(wish));
}

// Rights and time ---------------------------------------------------------------------------------

void Publisher::grant(const Step& step) {
    const auto [first, second, third] = step.numbers;
    GrantEntitlement wish;
    wish.user_id = UserId{pick(users, first)};
    wish.sku = Sku{pick(skus, second)};
    if (third % 3 == 1) wish.starts_at = books_.now + days{third % 20};
    if (third % 2 == 1) wish.ends_at = books_.now + days{third % 50 + 20};
    ask(Kind::entitlements, "", std::move(wish));
}
void Publisher::move_right(const Step& step) {
    const auto [first, second, third] = step.numbers;
    const std::string id = any(Kind::entitlements, first);
    const auto right = books_.state<EntitlementDecider>(id);
    if (right.source.contract_id) {
        const auto status = books_.state<ContractDecider>(right.source.contract_id->text).status;
        // Who moves on what an ended contract gave means to give access.
        if (status == ContractStatus::canceled || status == ContractStatus::expired) return;
    }
    ExtendEntitlement extend;
    if (right.ends_at) extend.ends_at = *right.ends_at + days{second % 30};
    // What the contract's own rights are suspended for is the contract's matter.
    const std::int64_t choice = right.source.contract_id ? third % 2 : third % 4;
    switch (choice) {
        case 0: return ask(Kind::entitlements, id, RevokeEntitlement{});
        case 1: return ask(Kind::entitlements, id, extend);
        case 2: return ask(Kind::entitlements, id, SuspendEntitlement{});
        default: return ask(Kind::entitlements, id, ReinstateEntitlement{});
    }
}
void Publisher::pass_hours(const Step& step) { pass(hours{step.numbers[1] % 60}); }
void Publisher::pass_days(const Step& step) { pass(days{step.numbers[1] % 45}); }

void Publisher::pass(hours time) {
    const auto end = books_.now + time;
    while (wrong_.empty()) {
        const auto wrong = books_.do_next(end);
        if (!wrong) return;
        if (!wrong->empty()) wrong_ = *wrong;
        if (wrong_.empty()) judge();
    }
}

}  // namespace commands::tests
