#include "cli/ownership.hpp"

#include <algorithm>
#include <thread>

#include "cli/engine.hpp"
#include "infra/kafka/security.hpp"

namespace cli {
namespace {

using commands::Hint;
using std::chrono::steady_clock;

// Who was not heard of for a while may find that nobody has taken its shards.
Hint hint_of(infra::Share share) {
    switch (share) {
        case infra::Share::given: return Hint::mine;
        case infra::Share::lost: return Hint::mine_if_free;
        case infra::Share::taken: return Hint::not_mine;
    }
    return Hint::not_mine;
}

}  // namespace

Ownership::Ownership(const infra::Settings& settings, commands::Shards& shards,
                     journal::ShardNumber count, infra::Log& log)
    : shards_(shards), patience_(settings.kafka_handover_ms) {
    for (journal::ShardNumber shard = 0; shard < count; ++shard) {
        shards_.take_hint(shard, Hint::mine_if_free);
    }
    membership_ = std::make_unique<infra::KafkaMembership>(infra::KafkaMembershipOptions{
        .connection = infra::kafka_connection(settings),
        .group = settings.kafka_topic_prefix + ".writers",
        .topic = settings.kafka_topic_prefix + ".journal",
        .shards = count,
        .session_timeout = std::chrono::milliseconds(settings.kafka_session_timeout_ms),
        .changed = [this](journal::ShardNumber shard,
                          infra::Share share) { shards_.take_hint(shard, hint_of(share)); },
        .report = report_to(log, "writers")});
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
