// Samples of tenants.
#pragma once

#include "domain/tenant.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

template <>
struct Samples<TenantDecider> {
    static std::vector<TenantEvent> past(TenantStatus status) {
        if (status == TenantStatus::absent) return {};
        return {TenantCreated{{.name = "Acme Press", .sandbox = true}}};
    }
    static std::vector<TenantCommand> commands(TenantStatus) {
        return {CreateTenant{{.name = "Acme Press", .sandbox = true}, TenantId{"acme"}},
                AdvanceClock{.to = sample_end, .now = sample_start}};
    }
};

}  // namespace domain
