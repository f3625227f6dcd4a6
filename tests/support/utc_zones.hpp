// Zones for tests that are not about time zones: there is UTC only.
#pragma once

#include "domain/zones.hpp"

namespace tests::support {

class UtcZones final : public domain::Zones {
public:
    bool knows(std::string_view zone) const override { return zone == "UTC"; }
    domain::LocalTime to_local(std::string_view, domain::Timestamp instant) const override {
        return domain::LocalTime(instant.time_since_epoch());
    }
    domain::Timestamp to_instant(std::string_view, domain::LocalTime local) const override {
        return domain::Timestamp(local.time_since_epoch());
    }
};

}  // namespace tests::support
