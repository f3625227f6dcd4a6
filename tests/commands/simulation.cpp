#include "tests/commands/simulation.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "codec/reflect.hpp"
#include "tests/commands/faulty_ports.hpp"

namespace tests::commands {
namespace {

using ::commands::Answer;
using ::commands::Outcome;
using ::commands::Shard;
using ::commands::ShardSettings;
using ::commands::Submission;
using ::commands::Target;
using ::commands::Work;
using domain::VendorDecider;
using domain::VendorStatus;
using support::MemoryRows;

const domain::TenantId tenant{"acme"};
constexpr std::array vendors{"alpha", "beta", "gamma"};

// Decides on the vendor as the real handlers do, without their look-ups.
class VendorCommand final : public ::commands::Command {
public:
    explicit VendorCommand(WishedCommand::Type type) : type_(type) {}
    std::string_view name() const override {
        switch (type_) {
            case WishedCommand::Type::create: return "CreateVendor";
            case WishedCommand::Type::suspend: return "SuspendVendor";
            case WishedCommand::Type::reinstate: return "ReinstateVendor";
        }
        return "";
    }
    Answer run(Work& work, const Target& target) const override {
        switch (type_) {
            case WishedCommand::Type::create: {
                domain::CreateVendor wish;
                wish.name = target.subject.id;
                return work.decide<VendorDecider>(target.id(), wish);
            }
            case WishedCommand::Type::suspend:
                return work.decide<VendorDecider>(target.id(), domain::SuspendVendor{});
            case WishedCommand::Type::reinstate:
                return work.decide<VendorDecider>(target.id(), domain::ReinstateVendor{});
        }
        return domain::Failure(::commands::Fault{});
    }

private:
    WishedCommand::Type type_;
};

bool is_refused(WishedCommand::Type type, VendorStatus status) {
    switch (type) {
        case WishedCommand::Type::create: return status != VendorStatus::absent;
        case WishedCommand::Type::suspend: return status != VendorStatus::active;
        case WishedCommand::Type::reinstate: return status != VendorStatus::suspended;
    }
    return false;
}

// A node: a shard and what it keeps on its disk.
struct Node {
    MemoryRows disk;
    std::unique_ptr<ForgetfulRows> forgetful;
    std::unique_ptr<FaultyJournal> faulty;
    std::unique_ptr<Shard> shard;
};

class World {
public:
    World(std::uint64_t seed, Mistake mistake)
        : random_(seed),
          mistake_(mistake),
          other_hint_(seed % 3 == 0 ? journal::Hint::mine_if_free : journal::Hint::not_mine),
          journal_({.seed = seed,
                    .shards = 1,
                    .pause_chance = 200,
                    .repeat_chance = 30,
                    .fail_before_chance = 10,
                    .fail_after_chance = 15}) {
        for (std::size_t i = 0; i < nodes_.size(); ++i) start(i);
        nodes_[1].shard->take_hint(journal::Hint::not_mine);
    }

    std::string run() {
        constexpr int steps = 1200;
        for (int i = 0; i < steps && attempts_.size() < 90; ++i) do_something();
        for (auto& node : nodes_) {
            node.shard->take_hint(journal::Hint::not_mine);
            node.faulty->thaw();
        }
        owner().take_hint(journal::Hint::mine);
        for (int i = 0; i < 400 && (i < 10 || !is_quiet()); ++i) {
            journal_.settle();
            clock_.pass(100);
            for (auto& node : nodes_) run_shard(*node.shard);
        }
        nodes_[1 - owner_].shard->close();
        return judge();
    }
    const std::string& trace() const { return trace_; }

private:
    bool by_chance(unsigned thousandths) { return random_() % 1000 < thousandths; }
    journal::Hint hint_of(std::size_t index) const {
        return index == owner_ ? journal::Hint::mine : other_hint_;
    }
    Shard& owner() { return *nodes_[owner_].shard; }

    void start(std::size_t index) {
        Node& node = nodes_[index];
        node.faulty = std::make_unique<FaultyJournal>(journal_, mistake_);
        const char forgotten = mistake_ == Mistake::lose_the_position ? 'P'
                               : mistake_ == Mistake::lose_the_keys   ? 'I'
                                                                      : '\0';
        node.forgetful = std::make_unique<ForgetfulRows>(node.disk, forgotten);
        ShardSettings settings;
        settings.node = "node" + std::to_string(index);
        settings.in_flight_max = 4;
        settings.cache_max = 2;
        node.shard = std::make_unique<Shard>(
            settings, ::commands::ShardPorts{*node.faulty, keys_, sealing_, *node.forgetful, clock_,
                                             [this] { return "id" + std::to_string(++ids_); }});
        node.shard->take_hint(hint_of(index));
    }

    // The process dies: who waits hears nothing, its disk and the log stay.
    void crash(std::size_t index) {
        note("crash of node " + std::to_string(index));
        ++life_;
        nodes_[index].shard.reset();
        if (mistake_ == Mistake::lose_what_was_durable) hidden_end_ = journal_.end(0);
        start(index);
    }

    void run_shard(Shard& shard) {
        for (int i = 0; i < 20 && shard.step(); ++i) {
        }
    }

    void do_something() {
        for (auto& node : nodes_) {
            if (node.faulty->is_frozen() && by_chance(20)) node.faulty->thaw();
        }
        tell_who_is_wanted();
        const auto choice = random_() % 100;
        if (choice < 45) {
            journal_.step();
        } else if (choice < 70) {
            nodes_[random_() % 2].shard->step();
        } else if (choice < 88) {
            send();
        } else if (choice < 92) {
            clock_.pass(static_cast<std::int64_t>(random_() % 200));
        } else if (choice < 95) {
            owner_ = 1 - owner_;
        } else if (choice < 97) {
            crash(random_() % 2);
        } else if (choice < 98) {
            nodes_[random_() % 2].disk.refuse_writes(2);
        } else if (choice < 99) {
            // A writer that is paused or cut off, and another one in its place.
            nodes_[owner_].faulty->freeze();
            owner_ = 1 - owner_;
        } else {
            const auto days = static_cast<int>(random_() % 61) - 30;
            clock_.set(clock_.now() + std::chrono::days(days));
        }
    }

    // Who hears nothing of the log does not hear the hint either.
    void tell_who_is_wanted() {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            if (!nodes_[i].faulty->is_frozen()) nodes_[i].shard->take_hint(hint_of(i));
        }
    }

    // A new command, or an old one again with its key; now and then to the node that is not wanted.
    void send() {
        std::size_t command = 0;
        if (!commands_.empty() && by_chance(300)) {
            command = random_() % commands_.size();
            if (commands_[command].key.empty()) return;
        } else {
            command = commands_.size();
            const auto type = static_cast<WishedCommand::Type>(random_() % 3);
            const bool has_key = by_chance(600);
            commands_.push_back({type, vendors[random_() % vendors.size()],
                                 has_key ? "key" + std::to_string(command) : ""});
        }
        const bool is_other_frozen = nodes_[1 - owner_].faulty->is_frozen();
        submit(command, by_chance(is_other_frozen ? 400 : 100) ? 1 - owner_ : owner_);
    }

    void submit(std::size_t command, std::size_t node) {
        const WishedCommand& wish = commands_[command];
        const std::size_t index = attempts_.size();
        Attempt attempt;
        attempt.command = command;
        attempt.end_at_request = journal_.end(0);
        attempts_.push_back(attempt);
        lives_.push_back(life_);

        Submission submission;
        submission.tenant = tenant;
        submission.target = Target{{domain::Kind::vendors, wish.vendor}, std::nullopt};
        submission.command = std::make_unique<VendorCommand>(wish.type);
        submission.actor = {"apiKey", "test"};
        submission.correlation_id = std::to_string(index);
        if (!wish.key.empty()) {
            submission.idempotency_key = wish.key;
            submission.fingerprint = wish.vendor;
        }
        if (by_chance(500)) submission.deadline = clock_.steady_milliseconds() + 3000;
        submission.done = [this, index](const Outcome& outcome) { heard(index, outcome); };
        if (!nodes_[node].shard->submit(std::move(submission))) {
            attempts_[index].said = Attempt::Said::not_done;
        }
    }

    void heard(std::size_t index, const Outcome& outcome) {
        Attempt& attempt = attempts_[index];
        attempt.end_at_answer = journal_.end(0);
        if (outcome) {
            attempt.said = Attempt::Said::ok;
            attempt.seq = outcome->seq;
            attempt.is_replayed = outcome->is_replayed;
        } else {
            attempt.code = outcome.error().code;
            switch (outcome.error().kind) {
                case ::commands::FaultKind::unavailable:
                case ::commands::FaultKind::moved:
                case ::commands::FaultKind::full: attempt.said = Attempt::Said::not_done; break;
                case ::commands::FaultKind::outcome_unknown:
                    attempt.said = Attempt::Said::unknown;
                    break;
                default: attempt.said = Attempt::Said::refused;
            }
        }
        note("attempt " + std::to_string(index) + " of command " + std::to_string(attempt.command) +
             ": " + std::to_string(static_cast<int>(attempt.said)) + " " + attempt.code);
    }

    bool is_quiet() const {
        for (const auto& node : nodes_) {
            const auto status = node.shard->status();
            if (status.in_flight + status.waiting > 0) return false;
        }
        const auto status = nodes_[owner_].shard->status();
        return status.is_serving && status.queued == 0;
    }

    void note(const std::string& line) { trace_ += line + "\n"; }

    // The oracle ------------------------------------------------------------------------------

    struct Landed {
        journal::Entry entry;
        journal::Offset offset = 0;
    };

    std::string judge() {
        if (!is_quiet()) return "the owner does not serve in the end";
        journal::EntryCodec codec(keys_, sealing_);
        journal::LogFold fold(0, {});
        auto records = journal_.read(0, 0, 1U << 30U);
        if (mistake_ == Mistake::lose_what_was_durable && hidden_end_ > 0) {
            records->erase(records->begin() + static_cast<std::ptrdiff_t>(hidden_end_) - 1);
        }
        std::map<std::string, VendorStatus> now;
        states_.assign(1, now);  // By offset.
        for (const auto& record : *records) {
            const auto judged = fold.take(record, codec);
            if (!judged) return "an entry cannot be read";
            if (judged->verdict == journal::Verdict::valid) {
                if (const auto* entry = std::get_if<journal::Entry>(&judged->record)) {
                    if (auto wrong = take(*entry, record.offset, now); !wrong.empty()) return wrong;
                }
            }
            states_.push_back(now);
        }
        for (std::size_t i = 0; i < attempts_.size(); ++i) {
            if (auto wrong = judge_attempt(i); !wrong.empty()) {
                return "attempt " + std::to_string(i) + ": " + wrong;
            }
        }
        return judge_stores(fold.state());
    }

    std::string take(const journal::Entry& entry, journal::Offset offset,
                     std::map<std::string, VendorStatus>& now) {
        if (entry.time < last_time_) return "time went back in the log";
        last_time_ = entry.time;
        if (entry.command.type == "Heartbeat") return "";
        const auto attempt = std::stoul(entry.command.correlation_id.value_or("999999"));
        if (attempt >= attempts_.size()) return "an entry that nobody asked for";
        const WishedCommand& wish = commands_[attempts_[attempt].command];
        if (!landed_.emplace(attempts_[attempt].command, Landed{entry, offset}).second) {
            return "command " + std::to_string(attempts_[attempt].command) + " took effect twice";
        }
        if (is_refused(wish.type, now[wish.vendor])) return "decided on a state that was not there";
        switch (wish.type) {
            case WishedCommand::Type::create:
            case WishedCommand::Type::reinstate: now[wish.vendor] = VendorStatus::active; break;
            case WishedCommand::Type::suspend: now[wish.vendor] = VendorStatus::suspended; break;
        }
        for (const auto& event : entry.events) {
            auto& sequence = sequences_[event.subject.id];
            if (event.sequence != ++sequence) return "a stream has a gap";
        }
        return "";
    }

    std::string judge_attempt(std::size_t index) {
        const Attempt& attempt = attempts_[index];
        const auto landed = landed_.find(attempt.command);
        const bool took_effect = landed != landed_.end();
        const bool by_this =
            took_effect && landed->second.entry.command.correlation_id == std::to_string(index);
        switch (attempt.said) {
            case Attempt::Said::ok:
                if (!took_effect) return "acknowledged, but not in the log";
                if (landed->second.entry.seq != attempt.seq) return "acknowledged with another seq";
                return "";
            case Attempt::Said::refused: {
                if (by_this) return "refused, but in the log";
                const WishedCommand& wish = commands_[attempt.command];
                for (auto at = attempt.end_at_request; at <= attempt.end_at_answer; ++at) {
                    const auto& state = states_[std::min<std::size_t>(at, states_.size() - 1)];
                    const auto found = state.find(wish.vendor);
                    const auto status = found == state.end() ? VendorStatus::absent : found->second;
                    if (is_refused(wish.type, status)) return "";
                }
                return "refused by a state that was not there while the client waited";
            }
            case Attempt::Said::not_done: return by_this ? "said not done, but in the log" : "";
            case Attempt::Said::unknown: return "";
            case Attempt::Said::nothing:
                return lives_[index] == life_ && !took_effect ? "never answered" : "";
        }
        return "";
    }

    // What a node keeps is what the log says up to its position.
    std::string judge_stores(const journal::LogState& end) {
        ::commands::StateStore store(nodes_[owner_].disk, 0);
        if (mistake_ != Mistake::lose_the_position && store.position().seq != end.seq) {
            return "the owner's store is not at the end";
        }
        for (const auto& [vendor, status] : states_.back()) {
            const auto loaded = store.load(tenant, {domain::Kind::vendors, vendor});
            const auto& held = std::get<domain::AggregateOf<VendorDecider>>(*loaded);
            if (held.state.status != status) return "the store has another status of " + vendor;
            if (held.version != sequences_[vendor]) return "the store has another version";
        }
        return "";
    }

    std::mt19937_64 random_;
    Mistake mistake_;
    journal::Hint other_hint_;  // Of the node that is not to own the shard.
    support::SimulatedJournal journal_;
    support::PlainKeys keys_;
    support::PlainSealing sealing_;
    WorldClock clock_;
    std::uint64_t ids_ = 0;
    std::size_t owner_ = 0;
    std::array<Node, 2> nodes_;
    std::vector<WishedCommand> commands_;
    std::vector<Attempt> attempts_;
    std::vector<int> lives_;  // Which life of the world each attempt was made in: crashes end one.
    int life_ = 0;
    journal::Offset hidden_end_ = 0;
    std::map<std::size_t, Landed> landed_;
    std::vector<std::map<std::string, VendorStatus>> states_;
    std::map<std::string, std::uint64_t> sequences_;
    domain::Timestamp last_time_;
    std::string trace_;
};

}  // namespace

std::string run_world(std::uint64_t seed, Mistake mistake, std::string* trace) {
    World world(seed, mistake);
    std::string wrong = world.run();
    if (trace != nullptr) *trace = world.trace();
    return wrong;
}

}  // namespace tests::commands
