#include "infra/kafka/checkpoint_topic.hpp"

#include <cstdint>
#include <utility>

#include "infra/kafka/committed.hpp"

namespace infra {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds look_up_patience{10};

KafkaProducersOptions reporting_rarely(KafkaProducersOptions options) {
    options.report = rarely(std::move(options.report));
    return options;
}

}  // namespace

CheckpointTopic::CheckpointTopic(KafkaProducersOptions options)
    : options_(reporting_rarely(std::move(options))), producers_(options_) {
    events_.report = options_.report;
}

std::optional<std::string> CheckpointTopic::last(journal::ShardNumber shard) {
    const auto deadline = steady_clock::now() + look_up_patience;
    return last_committed(
        options_.connection, options_.topic, static_cast<std::int32_t>(shard),
        [this, deadline] { return !is_stopping_ && steady_clock::now() < deadline; }, events_);
}

// What is lost with a session is covered by the note that comes next.
void CheckpointTopic::publish(journal::ShardNumber shard, const std::string& note) {
    auto& session = sessions_[shard];
    if (session == nullptr || session->error()) session = producers_.open(shard, [] {});
    session->append({std::make_shared<const std::string>(note)});
}

}  // namespace infra
