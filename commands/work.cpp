#include "commands/work.hpp"

#include <algorithm>
#include <cassert>

#include "domain/claims.hpp"
#include "journal/erasure.hpp"

namespace commands {
namespace {

std::optional<domain::Counter> counter_of(const domain::AnyEvent& event) {
    return std::visit(
        [](const auto& of_kind) {
            return std::visit(
                [](const auto& one) -> std::optional<domain::Counter> {
                    if constexpr (requires { one.counter(); }) {
                        return one.counter();
                    } else {
                        return std::nullopt;
                    }
                },
                of_kind);
        },
        event);
}

std::optional<domain::Timestamp> due_at(const domain::AnyAggregate& aggregate) {
    const auto due = domain::next_due(aggregate);
    return due ? std::optional(due->at) : std::nullopt;
}

Fault claimed(std::string_view key) {
    const auto* about = domain::find_claim_refusal(key);
    assert(about != nullptr && "every family of claims has its refusal");
    Fault made = fault(FaultKind::conflict, std::string(about->code), std::string(about->detail));
    made.errors.push_back(
        {std::string(about->pointer), std::string(about->code), std::string(about->detail)});
    return made;
}

}  // namespace

std::vector<std::string> claims_of(const domain::AnyAggregate& aggregate) {
    return std::visit(
        [](const auto& one) -> std::vector<std::string> {
            if constexpr (requires { claims(one.state, one.id); }) {
                if (one.version == 0) return {};
                return claims(one.state, one.id);
            } else {
                return {};
            }
        },
        aggregate);
}

Work::Work(Aggregates& aggregates, domain::TenantId tenant, domain::Timestamp now,
           const IdSource& new_id, const domain::Zones* zones)
    : source_(aggregates),
      tenant_(std::move(tenant)),
      now_(now),
      world_now_(now),
      new_id_(new_id),
      zones_(zones) {}

const domain::AnyAggregate& Work::aggregate(const domain::Subject& subject) {
    auto found = touched_.find(subject);
    if (found == touched_.end()) {
        auto copy = std::make_shared<domain::AnyAggregate>(*source_.load(tenant_, subject));
        found = touched_.emplace(subject, Touched{std::move(copy), false, {}}).first;
    }
    return *found->second.aggregate;
}

std::optional<domain::Subject> Work::claimed_by(std::string_view key) {
    if (const auto found = claims_.find(key); found != claims_.end()) return found->second;
    return source_.claimed_by(tenant_, key);
}

std::int64_t Work::next_number(std::string_view series) {
    if (const auto found = counters_.find(series); found != counters_.end()) {
        return found->second + 1;
    }
    return source_.counter(tenant_, series) + 1;
}

Fault Work::illegal_transition(domain::Kind kind, std::string_view from, std::string_view command,
                               std::vector<std::string> allowed, bool creates) {
    std::string noun(name(kind));
    noun.pop_back();  // The kinds' names are plain plurals: bills, keys, entitlements.
    if (from.empty()) {
        return fault(FaultKind::not_found, "not_found", "no " + noun + " has this id");
    }
    if (creates) {
        return fault(FaultKind::conflict, noun + "_exists",
                     "a " + noun + " with this id exists already; choose another id");
    }
    Fault made = fault(
        FaultKind::conflict, "illegal_transition",
        std::string(command) + " is not possible while the " + noun + " is " + std::string(from));
    made.from = from;
    made.command = command;
    made.allowed = std::move(allowed);
    return made;
}

std::optional<Fault> Work::take(const domain::Subject& subject, domain::AnyEvent event) {
    aggregate(subject);
    Touched& touched = touched_.at(subject);
    if (!touched.is_changed) touched.due_before = due_at(*touched.aggregate);
    touched.is_changed = true;
    const auto before = claims_of(*touched.aggregate);
    domain::advance(*touched.aggregate, event, now_);
    const auto after = claims_of(*touched.aggregate);
    if (auto problem = move_claims(subject, before, after)) return problem;
    if (const auto used = counter_of(event)) {
        auto& highest =
            counters_.try_emplace(used->key, source_.counter(tenant_, used->key)).first->second;
        highest = std::max(highest, used->value);
    }
    const auto sequence = domain::version_of(*touched.aggregate);
    if (const auto user = journal::erased_by(subject, event)) erase(*user);
    events_.push_back({subject, sequence, now_, std::move(event)});
    return std::nullopt;
}

// What tells about the person is told without it from now on, as after a replay.
void Work::erase(const domain::UserId& user) {
    for (const domain::Subject& subject : held_under(domain::held_for(user))) {
        if (!journal::may_tell_about_users(subject.kind)) continue;
        aggregate(subject);
        Touched& touched = touched_.at(subject);
        if (!touched.is_changed) touched.due_before = due_at(*touched.aggregate);
        touched.is_changed = journal::erase_from(*touched.aggregate, user) || touched.is_changed;
    }
}

std::set<domain::Subject> Work::held_under(std::string_view prefix) {
    std::set<domain::Subject> held;
    for (auto& subject : source_.claimed_under(tenant_, prefix)) held.insert(std::move(subject));
    for (const auto& [key, holder] : claims_) {
        if (!key.starts_with(prefix)) continue;
        const auto subject = domain::parse_subject(std::string_view(key).substr(prefix.size()));
        if (holder) {
            held.insert(*holder);
        } else if (subject) {
            held.erase(*subject);
        }
    }
    return held;
}

std::vector<std::string> Work::held_for(const domain::UserId& user, domain::Kind kind) {
    std::vector<std::string> ids;
    for (const domain::Subject& subject : held_under(domain::held_for(user))) {
        if (subject.kind == kind) ids.push_back(subject.id);
    }
    return ids;
}

std::optional<Fault> Work::move_claims(const domain::Subject& subject,
                                       const std::vector<std::string>& before,
                                       const std::vector<std::string>& after) {
    for (const auto& key : after) {
        if (std::ranges::find(before, key) != before.end()) continue;
        const auto holder = claimed_by(key);
        if (holder && *holder != subject) return claimed(key);
        claims_[key] = subject;
    }
    for (const auto& key : before) {
        if (std::ranges::find(after, key) == after.end()) claims_[key] = std::nullopt;
    }
    return std::nullopt;
}

Work::Changes Work::changes() const {
    Changes changes{.aggregates = {}, .claims = claims_, .counters = counters_, .dues = {}};
    for (const auto& [subject, touched] : touched_) {
        if (!touched.is_changed) continue;
        changes.aggregates.emplace(subject, touched.aggregate);
        const auto due = due_at(*touched.aggregate);
        if (due != touched.due_before) changes.dues.push_back({subject, touched.due_before, due});
    }
    return changes;
}

Work::Changes Work::replay(Aggregates& aggregates, const journal::Entry& entry) {
    static const IdSource no_ids = [] { return std::string(); };
    Work work(aggregates, entry.tenant, entry.time, no_ids, nullptr);
    for (const auto& recorded : entry.events) {
        work.now_ = recorded.occurred_at;
        const auto problem = work.take(recorded.subject, recorded.event);
        assert(!problem && "a valid entry breaks a claim");
        assert(work.events_.back().sequence == recorded.sequence && "a stream has a gap");
    }
    return work.changes();
}

}  // namespace commands
