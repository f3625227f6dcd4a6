// given(past).when(wish).then(facts): a decider's specification as a sentence. It uses no store, no
// clock and no mock, because a decider needs none.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "domain/decider.hpp"

namespace tests::support {

template <domain::Decider D>
struct Outcome {
    typename D::State state;
    domain::Decision<D> decision;

    void then(const std::vector<typename D::Event>& expected) const {
        ASSERT_TRUE(decision) << "refused with " << name(decision.error());
        EXPECT_EQ(*decision, expected);
    }
    void then_nothing() const { then({}); }
    void then_refused(typename D::Rejection expected) const {
        ASSERT_FALSE(decision) << "was accepted";
        EXPECT_EQ(name(decision.error()), name(expected));
    }
    // What there is afterwards. REQUIRES: it was accepted.
    typename D::State after() const { return domain::fold<D>(*decision, state); }
};

template <domain::Decider D>
struct Given {
    typename D::State state;

    // REQUIRES: the table of transitions allows the command.
    Outcome<D> when(const typename D::Command& command) const {
        return {state, D::decide(state, command)};
    }
};

template <domain::Decider D>
Given<D> given(const std::vector<typename D::Event>& past) {
    return {domain::fold<D>(past)};
}

// One refusal: given the past, the wish is refused so.
template <domain::Decider D>
struct Refusal {
    typename D::Rejection refusal;
    std::vector<typename D::Event> past;
    typename D::Command wish;
};

template <domain::Decider D>
void expect_refusals(std::span<const Refusal<D>> rows) {
    for (const auto& row : rows) {
        SCOPED_TRACE(name(row.refusal));
        given<D>(row.past).when(row.wish).then_refused(row.refusal);
    }
}

// A refusal that no row shows, or that says nothing to the caller, fails.
template <domain::Decider D>
void expect_a_row_for_each_refusal(std::span<const Refusal<D>> rows) {
    using Rejection = D::Rejection;
    std::set<std::string_view> tested;
    for (const auto& row : rows) tested.insert(name(row.refusal));
    const auto names = describe(static_cast<const Rejection*>(nullptr));
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_TRUE(tested.contains(names[i])) << names[i];
        EXPECT_FALSE(info(static_cast<Rejection>(i)).detail.empty()) << names[i];
    }
}

}  // namespace tests::support
