// The clock in a whole world: two nodes on one journal, and a clock that jumps by months. Either
// all goes wrong by chance, from one seed: the journal delays, repeats, loses and fails, and nodes
// crash. Or one thing goes wrong, once at each place of a billing run where it can. In the end the
// log itself is judged: nothing that was due was done twice, out of order, or not at all.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "commands/due_key.hpp"
#include "commands/handlers.hpp"
#include "tests/commands/simulation.hpp"
#include "tests/support/utc_zones.hpp"

namespace tests::commands {
namespace {

using namespace domain;
using ::commands::Outcome;
using ::commands::Shard;
using ::commands::ShardSettings;
using ::commands::Submission;
using std::chrono::days;

const TenantId live{"acme"};
const TenantId sandbox{"lab"};
constexpr Timestamp start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}};
constexpr Timestamp end = start + days{100};

struct Node {
    support::MemoryRows disk;
    std::unique_ptr<Shard> shard;
};

// What happens, once, to the node that writes.
enum class Trouble : std::uint8_t {
    crash,      // It starts again; of what was on its way a part has come.
    lose_disk,  // The same, with nothing but the journal.
    unknown,    // What it writes may come, or not, or late.
    takeover    // Another node is told to write, and it hears of it.
};

class World {
public:
    explicit World(std::uint64_t seed)
        : World(support::SimulationOptions{.seed = seed,
                                           .shards = 1,
                                           .pause_chance = 100,
                                           .repeat_chance = 20,
                                           .fail_before_chance = 3,
                                           .fail_after_chance = 5}) {
        is_rough_ = true;
    }
    // All goes well until the billing run has written so many records.
    World(Trouble trouble, std::size_t after)
        : World(support::SimulationOptions{.seed = after + 1,
                                           .shards = 1,
                                           .pause_chance = 100,
                                           .repeat_chance = 0,
                                           .fail_before_chance = 0,
                                           .fail_after_chance = 0}) {
        trouble_ = trouble;
        trouble_after_ = after;
    }

    void run() {
        for (const TenantId& tenant : {live, sandbox}) publish(tenant);
        run_begins_ = journal_.end(0);
        clock_.set(end);
        move_clock(start + days{50});
        move_clock(end);
        for (int i = 0; i < 20'000 && !is_quiet(); ++i) step(is_rough_ && i < 5'000);
        EXPECT_TRUE(is_quiet()) << "the clock has not caught up";
        judge();
    }
    bool had_trouble() const { return !is_rough_ && !trouble_; }

private:
    struct Attempt {
        bool is_answered = false;
        bool is_done = false;
        std::string code;
    };

    explicit World(support::SimulationOptions options) : random_(options.seed), journal_(options) {
        clock_.set(start);
        for (std::size_t i = 0; i < nodes_.size(); ++i) open(i);
    }

    journal::Hint hint_of(std::size_t index) const {
        return index == owner_ ? journal::Hint::mine : journal::Hint::not_mine;
    }
    void open(std::size_t index) {
        ShardSettings settings;
        settings.node = "node" + std::to_string(index);
        settings.in_flight_max = 16;
        settings.clock_step_max = 3;
        settings.clock_in_flight_max = 8;
        settings.cache_max = 4;
        settings.zones = &zones_;
        Node& node = nodes_[index];
        node.shard = std::make_unique<Shard>(
            settings, ::commands::ShardPorts{journal_, keys_, sealing_, node.disk, clock_,
                                             [this] { return "id" + std::to_string(++ids_); }});
        node.shard->take_hint(hint_of(index));
    }

    // One step of the world; with troubles, a crash or another owner now and then.
    void step(bool has_troubles) {
        const bool is_in_run = run_begins_ && trouble_;
        if (is_in_run && journal_.end(0) - *run_begins_ >= trouble_after_) meet_trouble();
        const auto choice = random_() % 1000;
        if (choice < 450) {
            journal_.step();
        } else if (choice < 950 || !has_troubles) {
            nodes_[random_() % 2].shard->step();
            clock_.pass(5);
        } else if (choice < 985) {
            clock_.pass(60);
        } else if (choice < 993) {
            hand_over();
        } else {
            const std::size_t index = random_() % 2;
            nodes_[index].shard.reset();
            open(index);
        }
    }

    void hand_over() {
        owner_ = 1 - owner_;
        for (std::size_t i = 0; i < nodes_.size(); ++i) nodes_[i].shard->take_hint(hint_of(i));
    }
    void meet_trouble() {
        Node& node = nodes_[owner_];
        const Trouble trouble = *std::exchange(trouble_, std::nullopt);
        switch (trouble) {
            case Trouble::crash:
            case Trouble::lose_disk:
                node.shard.reset();
                journal_.crash();
                if (trouble == Trouble::lose_disk) node.disk.erase_prefix("");
                open(owner_);
                break;
            case Trouble::unknown: journal_.fail_next(); break;
            case Trouble::takeover: hand_over(); break;
        }
    }

    // Asks until it is done, with one idempotency key, as a client does.
    template <class Wish>
    void ask(const TenantId& tenant, Kind kind, const std::string& id, const Wish& wish) {
        const std::string key = "key" + std::to_string(++ids_);
        for (int tries = 0; tries < 400; ++tries) {
            const auto attempt = std::make_shared<Attempt>();
            Submission submission{.tenant = tenant,
                                  .target = {{kind, id}, std::nullopt},
                                  .command = ::commands::make_command(Wish(wish)),
                                  .actor = {"apiKey", "test"},
                                  .done = [attempt](const Outcome& outcome) {
                                      attempt->is_answered = true;
                                      attempt->is_done = outcome.has_value();
                                      if (!outcome) attempt->code = outcome.error().code;
                                  }};
            submission.idempotency_key = key;
            submission.fingerprint = key;
            submission.deadline = clock_.steady_milliseconds() + 3'000;
            nodes_[owner_].shard->submit(std::move(submission));
            for (int i = 0; i < 2'000 && !attempt->is_answered; ++i) step(is_rough_);
            if (attempt->is_done) return;
        }
        FAIL() << "a client was never answered";
    }

    void publish(const TenantId& tenant) {
        ask(tenant, Kind::tenants, tenant.text,
            CreateTenant{{tenant.text, tenant == sandbox}, tenant});
        CreateVendor vendor;
        vendor.id = Slug{"press"};
        vendor.name = "Press";
        ask(tenant, Kind::vendors, "press", vendor);
        CreateProduct product;
        product.sku = Sku{"daily"};
        product.type = ProductType::publication;
        product.vendor_id = VendorId{"press"};
        product.title = "Daily";
        for (const Minor amount : {0, 100}) {
            NewPurchaseOption option;
            option.id = PurchaseOptionId{amount == 0 ? "free" : "paid"};
            option.name = option.id->text;
            option.purchase_type = PurchaseType::recurring;
            option.amount = amount;
            option.currency = *Currency::parse("NOK");
            option.recurring_interval = RecurringInterval::month;
            option.recurring_time = 1;
            product.purchase_options.push_back(option);
        }
        ask(tenant, Kind::products, "daily", product);
        CreateUser user;
        user.id = UserId{"kari"};
        user.email = Email{"kari@example.org"};
        ask(tenant, Kind::users, "kari", user);
        for (const std::string id : {"free1", "free2", "paid1", "paid2"}) subscribe(tenant, id);
    }

    void subscribe(const TenantId& tenant, const std::string& id) {
        CreateContract contract;
        contract.id = ContractId{id};
        contract.user_id = UserId{"kari"};
        contract.collection_method = CollectionMethod::send_invoice;
        contract.items = {{Sku{"daily"}, PurchaseOptionId{id.substr(0, 4)}, 1}};
        ask(tenant, Kind::contracts, id, contract);
        ask(tenant, Kind::contracts, id, ConfirmContract{});
    }

    void move_clock(Timestamp to) {
        ask(sandbox, Kind::tenants, sandbox.text, AdvanceClock{.to = to});
    }

    bool is_quiet() const {
        const auto status = nodes_[owner_].shard->status();
        return status.is_serving && status.in_flight == 0 && status.queued == 0 &&
               status.clock_late_ms == 0;
    }

    // The judgement ---------------------------------------------------------------------------

    void judge() {
        journal::EntryCodec codec(keys_, sealing_);
        journal::LogFold fold(0, {});
        const auto records = journal_.read(0, 0, 1U << 30U);
        for (const auto& record : *records) {
            const auto judged = fold.take(record, codec);
            ASSERT_TRUE(judged);
            if (judged->verdict != journal::Verdict::valid) continue;
            if (const auto* entry = std::get_if<journal::Entry>(&judged->record)) take(*entry);
        }
        for (const TenantId& tenant : {live, sandbox}) judge_tenant(tenant);
    }

    void take(const journal::Entry& entry) {
        EXPECT_TRUE(command_ids_.insert(entry.command.id).second) << entry.command.id << " twice";
        for (const auto& event : entry.events) {
            auto& aggregate = books_[entry.tenant.text]
                                  .try_emplace(event.subject, absent_aggregate(event.subject))
                                  .first->second;
            advance(aggregate, event.event, event.occurred_at);
            if (entry.tenant == sandbox) judge_time(event);
        }
    }

    // By a sandbox's clock everything happens when it is due.
    void judge_time(const journal::RecordedEvent& event) {
        EXPECT_GE(event.occurred_at, last_time_) << "the sandbox's clock went back";
        last_time_ = event.occurred_at;
        const auto* of_contract = std::get_if<ContractEvent>(&event.event);
        if (of_contract == nullptr) return;
        if (const auto* renewed = std::get_if<ContractRenewed>(of_contract)) {
            EXPECT_EQ(event.occurred_at, renewed->period_start);
        }
    }

    void judge_tenant(const TenantId& tenant) {
        SCOPED_TRACE(tenant.text);
        std::set<std::pair<std::string, Timestamp>> periods;
        std::map<std::string, int> bills;
        for (const auto& [subject, aggregate] : books_[tenant.text]) {
            const auto due = next_due(aggregate);
            EXPECT_TRUE(!due || due->at > end) << to_text(subject) << " was left behind";
            if (const auto* bill = std::get_if<AggregateOf<BillDecider>>(&aggregate)) {
                const auto& contract = bill->state.contract_id->text;
                ++bills[contract];
                EXPECT_TRUE(periods.emplace(contract, *bill->state.items.at(0).period_start).second)
                    << contract << " is billed twice for a period";
            }
        }
        // 31 January, 28 February, 31 March, 30 April; who pays nothing is given up after 44 days.
        const std::map<std::string, int> expected{
            {"free1", 4}, {"free2", 4}, {"paid1", 2}, {"paid2", 2}};
        EXPECT_EQ(bills, expected);
        for (const auto& [id, count] : expected) {
            const auto& contract = std::get<AggregateOf<ContractDecider>>(
                books_[tenant.text].at({Kind::contracts, id}));
            EXPECT_EQ(contract.state.status,
                      count == 4 ? ContractStatus::active : ContractStatus::expired);
        }
    }

    std::mt19937_64 random_;
    support::SimulatedJournal journal_;
    support::PlainKeys keys_;
    support::PlainSealing sealing_;
    support::UtcZones zones_;
    WorldClock clock_;
    std::uint64_t ids_ = 0;
    std::size_t owner_ = 0;
    std::array<Node, 2> nodes_;
    bool is_rough_ = false;
    std::optional<Trouble> trouble_;  // Still to come.
    std::size_t trouble_after_ = 0;
    std::optional<journal::Offset> run_begins_;

    std::map<std::string, std::map<Subject, AnyAggregate>> books_;
    std::set<std::string> command_ids_;
    Timestamp last_time_;
};

class ClockWorlds : public testing::TestWithParam<std::uint64_t> {};

// Split, so that the parts run beside each other.
TEST_P(ClockWorlds, WhatIsDueIsDoneOnceAndInOrderWhateverHappens) {
    constexpr std::uint64_t seeds = 3;
    for (std::uint64_t seed = GetParam() * seeds + 1; seed <= (GetParam() + 1) * seeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World(seed).run();
        if (HasFailure()) return;
    }
}
INSTANTIATE_TEST_SUITE_P(Seeds, ClockWorlds, testing::Range<std::uint64_t>(0, 8));

class BillingRuns : public testing::TestWithParam<Trouble> {};

TEST_P(BillingRuns, BillEverybodyOnceWhereverTheyAreBroken) {
    for (std::size_t after = 0; !HasFailure(); ++after) {
        SCOPED_TRACE("after " + std::to_string(after) + " records");
        World world(GetParam(), after);
        world.run();
        if (world.had_trouble()) continue;
        EXPECT_GT(after, 20U) << "there was hardly a run";
        return;
    }
}
INSTANTIATE_TEST_SUITE_P(All, BillingRuns,
                         testing::Values(Trouble::crash, Trouble::lose_disk, Trouble::unknown,
                                         Trouble::takeover));

TEST(DueKey, IsInTheOrderOfTimeAndThenOfTheSubject) {
    const Subject contract{Kind::contracts, "c"};
    const Subject right{Kind::entitlements, "a"};
    const std::array times{Timestamp(std::chrono::milliseconds(-5)), Timestamp(), start, end};
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto key = ::commands::due_key(times[i], contract);
        EXPECT_EQ(::commands::due_time(key), times[i]);
        EXPECT_EQ(::commands::due_subject(key), contract);
        EXPECT_LT(key, ::commands::due_key(times[i], right));
        if (i > 0) EXPECT_LT(::commands::due_key(times[i - 1], right), key);
    }
}

}  // namespace
}  // namespace tests::commands
