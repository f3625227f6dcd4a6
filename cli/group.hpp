// The groups in which nodes share the shards of a journal on Kafka: one a kind of work.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "infra/kafka/membership.hpp"
#include "infra/log.hpp"
#include "infra/settings.hpp"

namespace cli {

// Joins the group PREFIX.<work>. See KafkaMembership.
std::unique_ptr<infra::KafkaMembership> join_group(
    const infra::Settings& settings, std::string_view work, journal::ShardNumber shards,
    infra::Log& log, std::function<void(journal::ShardNumber, journal::Hint)> changed);

}  // namespace cli
