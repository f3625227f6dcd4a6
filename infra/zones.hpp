// Adapter: the IANA time zones of the system (package tzdata), read with Abseil.
//
// Threads: all functions may be called from any thread. Zones are loaded once and kept.
#pragma once

#include <functional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "domain/zones.hpp"

namespace infra {

class SystemZones final : public domain::Zones {
public:
    bool knows(std::string_view zone) const override;
    domain::LocalTime to_local(std::string_view zone, domain::Timestamp instant) const override;
    domain::Timestamp to_instant(std::string_view zone, domain::LocalTime local) const override;

private:
    mutable std::shared_mutex mutex_;
    // Found before: every vendor's command asks, and a look into the file system is a tenth of it.
    mutable std::set<std::string, std::less<>> known_;
};

}  // namespace infra
