#include "cli/ownership.hpp"

#include <algorithm>
#include <thread>

#include "cli/group.hpp"

namespace cli {

using std::chrono::steady_clock;

Ownership::Ownership(const infra::Settings& settings, commands::Shards& shards,
                     journal::ShardNumber count, infra::Log& log)
    : shards_(shards), patience_(settings.kafka_handover_ms) {
    for (journal::ShardNumber shard = 0; shard < count; ++shard) {
        shards_.take_hint(shard, journal::Hint::mine_if_free);
    }
    membership_ = join_group(
        settings, "writers", count, log,
        [this](journal::ShardNumber shard, journal::Hint hint) { shards_.take_hint(shard, hint); });
}

void Ownership::hand_over() {
    constexpr std::chrono::milliseconds look_again{5};
    constexpr std::chrono::seconds question{1};
    const bool has_company = membership_->has_company(question);
    membership_->leave();
    if (!has_company) return;
    const auto deadline = steady_clock::now() + patience_;
    const auto serves = [](const commands::ShardStatus& status) { return status.is_serving; };
    while (steady_clock::now() < deadline && std::ranges::any_of(shards_.status(), serves)) {
        std::this_thread::sleep_for(look_again);
    }
}

}  // namespace cli
