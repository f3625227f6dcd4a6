// A workplace: the aggregates of one tenant in memory, on which commands are done one after another
// by their real handlers and policies, without a journal.
//
//     Workplace workplace;
//     ASSERT_TRUE(workplace.run(domain::CreateVendor{…}));
//     EXPECT_EQ(workplace.code_of(domain::CloseVendor{}, "acme"), "illegal_transition");
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "commands/work.hpp"
#include "tests/support/utc_zones.hpp"

namespace tests::support {

template <class Wish, class Command>
inline constexpr bool is_among = false;
template <class Wish, class... C>
inline constexpr bool is_among<Wish, std::variant<C...>> = (std::is_same_v<Wish, C> || ...);

template <class Wish>
domain::Kind kind_of_wish() {
    domain::Kind kind{};
    domain::Deciders::for_each([&]<class D>(std::type_identity<D>) {
        if (is_among<Wish, typename D::Command>) kind = D::kind;
    });
    return kind;
}

class Workplace final : public commands::Aggregates {
public:
    domain::TenantId tenant{"acme-press"};
    domain::Timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

    // Does the command, all or nothing. REQUIRES: its handler's header is included.
    template <class Wish>
    commands::Answer run(Wish wish, const std::string& id = {}) {
        commands::Work work(*this, tenant, now, ids_, &zones_);
        const commands::Target target{{kind_of_wish<Wish>(), id}, std::nullopt};
        commands::Answer answer = handle(work, target, std::move(wish));
        events_ = work.events();
        if (answer) keep(work.changes());
        return answer;
    }
    // The code of the fault, or empty if it was done.
    template <class Wish>
    std::string code_of(Wish wish, const std::string& id = {}) {
        const auto answer = run(std::move(wish), id);
        return answer ? std::string() : answer.error().code;
    }
    // The last command's events by name, in order, with commas between.
    std::string events() const {
        std::string names;
        for (const auto& recorded : events_) {
            if (!names.empty()) names += ", ";
            names += domain::event_name(recorded.event);
        }
        return names;
    }
    // REQUIRES: it exists.
    template <domain::Decider D>
    const D::State& state(const std::string& id) const {
        return std::get<domain::AggregateOf<D>>(*aggregates_.at({D::kind, id})).state;
    }

    std::shared_ptr<const domain::AnyAggregate> load(const domain::TenantId&,
                                                     const domain::Subject& subject) override {
        const auto found = aggregates_.find(subject);
        if (found != aggregates_.end()) return found->second;
        return std::make_shared<const domain::AnyAggregate>(domain::absent_aggregate(subject));
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

private:
    void keep(const commands::Work::Changes& changes) {
        for (const auto& [subject, one] : changes.aggregates) aggregates_[subject] = one;
        for (const auto& [key, holder] : changes.claims) claims_[key] = holder;
        for (const auto& [key, highest] : changes.counters) counters_[key] = highest;
    }

    UtcZones zones_;
    int ids_made_ = 0;
    commands::IdSource ids_ = [this] { return "made-" + std::to_string(++ids_made_); };
    std::map<domain::Subject, std::shared_ptr<const domain::AnyAggregate>> aggregates_;
    std::map<std::string, std::optional<domain::Subject>, std::less<>> claims_;
    std::map<std::string, std::int64_t, std::less<>> counters_;
    std::vector<journal::RecordedEvent> events_;
};

}  // namespace tests::support
