// The last record of a partition that a transaction has committed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "infra/kafka/client.hpp"

namespace infra {

// Its value; nothing if there is none. Waits until no transaction is open in the partition, while
// `may_wait` says so, and then throws std::runtime_error. REQUIRES: all records of the partition
// have one key, so that compaction leaves the last one. Costs the same however long the topic is.
std::optional<std::string> last_committed(const KafkaConnection& connection,
                                          const std::string& topic, std::int32_t partition,
                                          const std::function<bool()>& may_wait,
                                          KafkaEvents& events);

}  // namespace infra
