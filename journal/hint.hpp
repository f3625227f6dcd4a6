// The hint which node should do a shard's work. Who does it is what the log says, or Kafka: hints
// of two nodes may be the same for a moment.
#pragma once

#include <cstdint>

namespace journal {

enum class Hint : std::uint8_t {
    mine,          // Take it, and take it back.
    mine_if_free,  // Take it unless it is another node's. For who was not heard of, or just began.
    not_mine       // Do not take it.
};

}  // namespace journal
