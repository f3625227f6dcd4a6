// Work: what one command does, all or nothing. A handler loads aggregates, asks deciders, and every
// event they give is taken into the entry at once; then policies react, in the same entry.
//
// A handler is a free function, one a command, declared in commands/<noun>.hpp:
//
//     Answer handle(Work& work, const Target& target, domain::IssueBill wish) {
//         const auto& bill = work.load<domain::BillDecider>(target.id());
//         const auto* vendor = work.find<domain::VendorDecider>(bill.state.vendor_id.view());
//         if (vendor == nullptr) return no_such("/vendorId", "vendor");
//         wish.now = work.now();
//         wish.number = work.next_number("bill-number/" + vendor->id);
//         return work.decide<domain::BillDecider>(target.id(), std::move(wish));
//     }
//
// `decide` refuses, in this order: what does not exist (404), what exists already (409), what the
// transition table forbids (409 with from, command, allowed), what the decider refuses, what claims
// something unique that another aggregate holds (409).
//
// Lives for one command on the shard's thread. References from `load` and `find` stay valid for the
// life of the Work, and show each aggregate as it is after the events so far.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/fault.hpp"
#include "domain/aggregates.hpp"
#include "domain/due.hpp"
#include "domain/zones.hpp"
#include "journal/entry.hpp"

namespace commands {

// What a command is about, and in which version its sender saw it.
struct Target {
    domain::Subject subject;  // The id is empty for a create that leaves it to the server.
    std::optional<std::vector<std::uint64_t>> expected_versions;  // One of them.
    std::string_view id() const { return subject.id; }
};

// The aggregate that the answer shows, or why nothing was done.
using Answer = domain::Result<domain::Subject, Fault>;

// Where aggregates come from: the shard's overlay over its state store.
class Aggregates {
public:
    virtual ~Aggregates() = default;
    // The aggregate, absent (version 0) if there is none.
    virtual std::shared_ptr<const domain::AnyAggregate> load(const domain::TenantId& tenant,
                                                             const domain::Subject& subject) = 0;
    // Who holds this unique key.
    virtual std::optional<domain::Subject> claimed_by(const domain::TenantId& tenant,
                                                      std::string_view key) = 0;
    // Who holds unique keys that begin with this, in no order.
    virtual std::vector<domain::Subject> claimed_under(const domain::TenantId& tenant,
                                                       std::string_view prefix) = 0;
    // The highest number used in this series, 0 if none was.
    virtual std::int64_t counter(const domain::TenantId& tenant, std::string_view key) = 0;
};

// Makes ids; a port, so that a run can be repeated.
using IdSource = std::function<std::string()>;

// The unique keys that an aggregate holds now.
std::vector<std::string> claims_of(const domain::AnyAggregate& aggregate);

class Work;

// Reacts to one event with further commands in the same entry; see commands/policies.cpp.
std::optional<Fault> react(Work& work, const domain::Subject& subject,
                           const domain::AnyEvent& event);

class Work {
public:
    // REQUIRES: `zones` is there unless the work only replays.
    Work(Aggregates& aggregates, domain::TenantId tenant, domain::Timestamp now,
         const IdSource& new_id, const domain::Zones* zones);

    // By the tenant's clock: of a sandbox another one than the world's.
    domain::Timestamp now() const { return now_; }
    // By the world's clock: for what must not be put off by moving a sandbox's.
    domain::Timestamp world_now() const { return world_now_; }
    void set_world_now(domain::Timestamp now) { world_now_ = now; }
    // Moves the tenant's clock on, to see what would be then. REQUIRES: nothing of it is kept.
    void pretend_it_is(domain::Timestamp then) { now_ = std::max(now_, then); }
    const domain::TenantId& tenant() const { return tenant_; }
    std::string new_id() { return new_id_(); }
    const domain::Zones& zones() const {
        assert(zones_ != nullptr);
        return *zones_;
    }

    // The aggregate as it is now; absent (version 0, status `absent`) if there is none.
    template <domain::Decider D>
    const domain::AggregateOf<D>& load(std::string_view id) {
        return std::get<domain::AggregateOf<D>>(aggregate({D::kind, std::string(id)}));
    }
    // The same, or null.
    template <domain::Decider D>
    const domain::AggregateOf<D>* find(std::string_view id) {
        const auto& found = load<D>(id);
        return found.version == 0 ? nullptr : &found;
    }

    std::optional<domain::Subject> claimed_by(std::string_view key);
    // The ids of what is held for a user, of one kind.
    std::vector<std::string> held_for(const domain::UserId& user, domain::Kind kind);
    // Who holds a claim that is `prefix` and its holder's own name.
    std::set<domain::Subject> held_under(std::string_view prefix);
    // The number after the highest used one in the series; used up by an event with a counter().
    std::int64_t next_number(std::string_view series);

    // Decides, and takes the events in. The answer is the aggregate.
    template <domain::Decider D>
    Answer decide(std::string_view id, const typename D::Command& command) {
        const auto& before = load<D>(id);
        if (auto problem =
                transition_fault<D>(before.state.status, domain::type_name_of(command))) {
            return domain::Failure(*std::move(problem));
        }
        auto events = D::decide(before.state, command);
        if (!events) return domain::Failure(refused(events.error()));
        domain::Subject subject{D::kind, std::string(id)};
        const std::size_t first = events_.size();
        for (auto& event : *events) {
            if (auto problem = take(subject, std::move(event))) {
                return domain::Failure(*std::move(problem));
            }
        }
        // Policies see the aggregate as it is after all of the events.
        for (std::size_t i = first; i < first + events->size(); ++i) {
            if (auto problem = react(*this, subject, domain::AnyEvent(events_[i].event))) {
                return domain::Failure(*std::move(problem));
            }
        }
        return subject;
    }

    const std::vector<journal::RecordedEvent>& events() const { return events_; }
    const domain::AnyAggregate& aggregate(const domain::Subject& subject);

    // When the clock does something with an aggregate, before and after.
    struct DueChange {
        domain::Subject subject;
        std::optional<domain::Timestamp> before;
        std::optional<domain::Timestamp> after;
    };
    // What changed, for the shard's overlay. Keys without a holder were given up.
    struct Changes {
        std::map<domain::Subject, std::shared_ptr<const domain::AnyAggregate>> aggregates;
        std::map<std::string, std::optional<domain::Subject>, std::less<>> claims;
        std::map<std::string, std::int64_t, std::less<>> counters;
        std::vector<DueChange> dues;
    };
    Changes changes() const;

    // What an entry of the log changes, whoever decided it.
    static Changes replay(Aggregates& aggregates, const journal::Entry& entry);

private:
    template <domain::Decider D>
    std::optional<Fault> transition_fault(domain::StatusOf<D> status, std::string_view command) {
        if (domain::is_legal<D>(status, command)) return std::nullopt;
        std::vector<std::string> allowed;
        for (const auto legal : domain::legal_commands<D>(status)) allowed.emplace_back(legal);
        return illegal_transition(D::kind, name(status), command, std::move(allowed),
                                  domain::is_legal<D>(domain::StatusOf<D>{}, command));
    }
    static Fault illegal_transition(domain::Kind kind, std::string_view from,
                                    std::string_view command, std::vector<std::string> allowed,
                                    bool creates);
    std::optional<Fault> take(const domain::Subject& subject, domain::AnyEvent event);
    void erase(const domain::UserId& user);
    std::optional<Fault> move_claims(const domain::Subject& subject,
                                     const std::vector<std::string>& before,
                                     const std::vector<std::string>& after);

    Aggregates& source_;
    domain::TenantId tenant_;
    domain::Timestamp now_;
    domain::Timestamp world_now_;
    const IdSource& new_id_;
    const domain::Zones* zones_;
    // The Work's own copy of each aggregate that it loaded, so that references stay valid.
    struct Touched {
        std::shared_ptr<domain::AnyAggregate> aggregate;
        bool is_changed = false;
        std::optional<domain::Timestamp> due_before;
    };
    std::map<domain::Subject, Touched> touched_;
    std::map<std::string, std::optional<domain::Subject>, std::less<>> claims_;
    std::map<std::string, std::int64_t, std::less<>> counters_;
    std::vector<journal::RecordedEvent> events_;
};

// Faults that many handlers share.
inline domain::Failure<Fault> no_such(std::string pointer, std::string_view noun) {
    return domain::Failure(
        field_fault(std::move(pointer), "unknown_" + std::string(noun),
                    "no " + std::string(noun) + " has this id; create it first"));
}

}  // namespace commands
