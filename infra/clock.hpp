// The clocks of this machine, as the ports want them. Threads: any.
#pragma once

#include "commands/shard.hpp"
#include "domain/time.hpp"

namespace infra {

class SystemClock final : public commands::Clock {
public:
    domain::Timestamp now() const override;
    std::int64_t steady_milliseconds() const override;
};

}  // namespace infra
