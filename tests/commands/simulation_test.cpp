#include "tests/commands/simulation.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tests::commands {
namespace {

class Worlds : public testing::TestWithParam<std::uint64_t> {};

// Split, so that the parts run beside each other.
TEST_P(Worlds, EveryAnswerIsTrue) {
    constexpr std::uint64_t seeds = 250;
    for (std::uint64_t seed = GetParam() * seeds + 1; seed <= (GetParam() + 1) * seeds; ++seed) {
        std::string trace;
        const std::string wrong = run_world(seed, Mistake::none, &trace);
        ASSERT_EQ(wrong, "") << "seed " << seed << "\n" << trace;
    }
}
INSTANTIATE_TEST_SUITE_P(Seeds, Worlds, testing::Range<std::uint64_t>(0, 4));

TEST(World, TheSameSeedGivesTheSameTrace) {
    std::string first;
    std::string second;
    run_world(42, Mistake::none, &first);
    run_world(42, Mistake::none, &second);
    EXPECT_EQ(first, second);
    EXPECT_FALSE(first.empty());
}

class PlantedMistakesDeathTest : public testing::TestWithParam<Mistake> {};

// By the oracle or by an assertion: either way the run ends there. In a process of its own.
TEST_P(PlantedMistakesDeathTest, AreFoundWithin200Seeds) {
    const auto look = [] {
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            if (!run_world(seed, GetParam()).empty()) std::abort();
        }
    };
    EXPECT_DEATH(look(), "");
}
INSTANTIATE_TEST_SUITE_P(All, PlantedMistakesDeathTest,
                         testing::Values(Mistake::lose_what_was_durable,
                                         Mistake::read_what_is_not_durable,
                                         Mistake::lose_the_position, Mistake::lose_the_keys,
                                         Mistake::hide_openings, Mistake::claim_to_be_exclusive));

}  // namespace
}  // namespace tests::commands
