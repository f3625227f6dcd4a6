// One shard on a journal that never fails, with a clock that moves when a test says so.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "commands/handlers.hpp"
#include "commands/shard.hpp"
#include "tests/commands/simulation.hpp"
#include "tests/support/utc_zones.hpp"

namespace tests::commands {

class LoneShard : public testing::Test {
protected:
    // A node that begins, on what is there.
    void open(::commands::ShardSettings settings = {}) {
        settings.zones = &zones_;
        shard_ = std::make_unique<::commands::Shard>(
            settings, ::commands::ShardPorts{journal_, keys_, sealing_, rows_, clock_,
                                             [this] { return "id" + std::to_string(++ids_); }});
    }

    // Whether it was done, once it is known.
    template <class Wish>
    std::shared_ptr<std::optional<bool>> submit(domain::Subject subject, Wish wish) {
        auto is_done = std::make_shared<std::optional<bool>>();
        ::commands::Submission submission{.tenant = tenant_,
                                          .target = {std::move(subject), std::nullopt},
                                          .command = ::commands::make_command(std::move(wish)),
                                          .actor = {"apiKey", "test"},
                                          .done = [is_done](const ::commands::Outcome& outcome) {
                                              *is_done = outcome.has_value();
                                          }};
        EXPECT_TRUE(shard_->submit(std::move(submission)));
        return is_done;
    }
    template <class Wish>
    void done(domain::Subject subject, Wish wish) {
        const auto is_done = submit(std::move(subject), std::move(wish));
        run();
        ASSERT_EQ(*is_done, true);
    }

    // More steps than there is to do, each of which takes so long.
    void run(std::int64_t milliseconds = 0) {
        for (int i = 0; i < 200; ++i) {
            journal_.step();
            shard_->step();
            clock_.pass(milliseconds);
        }
    }

    const domain::TenantId tenant_{"acme"};
    support::SimulatedJournal journal_{
        {.repeat_chance = 0, .fail_before_chance = 0, .fail_after_chance = 0}};
    support::PlainKeys keys_;
    support::PlainSealing sealing_;
    support::MemoryRows rows_;
    WorldClock clock_;
    support::UtcZones zones_;
    int ids_ = 0;
    std::unique_ptr<::commands::Shard> shard_;
};

}  // namespace tests::commands
