// Books: what a tenant has, in memory, and commands done on it at once. For tests of handlers and
// policies, which need no shard and no journal.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "commands/clock.hpp"
#include "commands/due_key.hpp"
#include "commands/handlers.hpp"
#include "infra/zones.hpp"

namespace commands::tests {

class Books final : public Aggregates {
public:
    domain::Timestamp now = domain::parse_rfc3339("2026-01-31T10:00:00Z").value();

    std::shared_ptr<const domain::AnyAggregate> load(const domain::TenantId&,
                                                     const domain::Subject& subject) override {
        const auto found = aggregates_.find(subject);
        if (found != aggregates_.end()) return found->second;
        return std::make_shared<domain::AnyAggregate>(domain::absent_aggregate(subject));
    }
    std::optional<domain::Subject> claimed_by(const domain::TenantId&,
                                              std::string_view key) override {
        const auto found = claims_.find(key);
        return found == claims_.end() ? std::nullopt : found->second;
    }
    std::vector<domain::Subject> claimed_under(const domain::TenantId&,
                                               std::string_view prefix) override {
        std::vector<domain::Subject> holders;
        for (auto at = claims_.lower_bound(prefix);
             at != claims_.end() && at->first.starts_with(prefix); ++at) {
            if (at->second) holders.push_back(*at->second);
        }
        return holders;
    }
    std::int64_t counter(const domain::TenantId&, std::string_view key) override {
        const auto found = counters_.find(key);
        return found == counters_.end() ? 0 : found->second;
    }

    // Handles the wish for the aggregate with this id; the answer's id, or the fault. What is
    // refused changes nothing.
    template <class Wish>
    domain::Result<std::string, Fault> ask(domain::Kind kind, std::string id, Wish wish) {
        return run(*make_command(std::move(wish)), {kind, std::move(id)});
    }
    domain::Result<std::string, Fault> run(const Command& command, domain::Subject subject) {
        Work work(*this, domain::TenantId{"acme"}, now, new_id_, &zones_);
        const auto answer = command.run(work, {std::move(subject), std::nullopt});
        if (!answer) return domain::Failure(answer.error());
        last_entry = work.events();
        last_events.clear();
        for (const auto& recorded : last_entry) {
            last_events.emplace_back(domain::event_name(recorded.event));
        }
        const auto changes = work.changes();
        for (const auto& [changed, aggregate] : changes.aggregates) {
            aggregates_[changed] = aggregate;
        }
        for (const auto& [key, holder] : changes.claims) claims_[key] = holder;
        for (const auto& [key, value] : changes.counters) counters_[key] = value;
        return answer->id;
    }
    // The same, of which the test expects that it is done.
    template <class Wish>
    std::string done(domain::Kind kind, std::string id, Wish wish) {
        const auto answer = ask(kind, std::move(id), std::move(wish));
        EXPECT_TRUE(answer) << answer.error().code << ": " << answer.error().detail;
        return answer.value_or("");
    }
    // The code with which it is refused; empty if it is not.
    template <class Wish>
    std::string refusal(domain::Kind kind, std::string id, Wish wish) {
        const auto answer = ask(kind, std::move(id), std::move(wish));
        return answer ? "" : answer.error().code;
    }

    // Lets time pass: all that is due until then is done, in due order.
    void pass_until(domain::Timestamp end) {
        while (const auto wrong = do_next(end)) ASSERT_EQ(*wrong, "");
    }
    // Does the first thing that is due until then, and says what is wrong with it, if anything is.
    // Nothing if nothing is due any more: it is then by now.
    std::optional<std::string> do_next(domain::Timestamp end) {
        const auto due = first_due(end);
        if (!due) {
            now = end;
            return std::nullopt;
        }
        const auto& [at, subject, command] = *due;
        now = std::max(now, at);
        const auto answer = run(*clock_command(command), subject);
        if (!answer) return domain::to_text(subject) + ": " + answer.error().code;
        const bool is_due_again =
            domain::next_due(*aggregates_.at(subject)) == domain::Due{at, command};
        return is_due_again ? domain::to_text(subject) + " is due again" : "";
    }

    template <domain::Decider D>
    typename D::State state(const std::string& id) {
        return std::get<domain::AggregateOf<D>>(*load({}, {D::kind, id})).state;
    }
    template <domain::Decider D>
    std::vector<typename D::State> all() const {
        std::vector<typename D::State> states;
        for (const auto& [subject, aggregate] : aggregates_) {
            if (subject.kind != D::kind) continue;
            states.push_back(std::get<domain::AggregateOf<D>>(*aggregate).state);
        }
        return states;
    }

    // Of the last command that was done.
    std::vector<std::string> last_events;
    std::vector<journal::RecordedEvent> last_entry;

private:
    struct DueSubject {
        domain::Timestamp at;
        domain::Subject subject;
        domain::ClockCommand command;
    };
    std::optional<DueSubject> first_due(domain::Timestamp end) const {
        std::optional<DueSubject> first;
        std::string first_key;
        for (const auto& [subject, aggregate] : aggregates_) {
            const auto due = domain::next_due(*aggregate);
            if (!due || due->at > end) continue;
            const std::string key = due_key(due->at, subject);
            if (first && first_key <= key) continue;
            first = DueSubject{due->at, subject, due->command};
            first_key = key;
        }
        return first;
    }

    std::map<domain::Subject, std::shared_ptr<const domain::AnyAggregate>> aggregates_;
    std::map<std::string, std::optional<domain::Subject>, std::less<>> claims_;
    std::map<std::string, std::int64_t, std::less<>> counters_;
    infra::SystemZones zones_;
    int ids_ = 0;
    IdSource new_id_ = [this] { return "id" + std::to_string(++ids_); };
};

}  // namespace commands::tests
