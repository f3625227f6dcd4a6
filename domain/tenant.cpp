#include "domain/tenant.hpp"

#include <cassert>
#include <utility>

namespace domain {
namespace {

// Times are written with years of four digits, and periods reach beyond the clock.
constexpr Timestamp clock_end{std::chrono::sys_days{std::chrono::year{2900} / 1 / 1}};

Decision<TenantDecider> handle(const Tenant&, const CreateTenant& command) {
    if (command.name.find_first_not_of(' ') == std::string::npos) {
        return Failure{TenantRejection::tenant_name_blank};
    }
    return std::vector<TenantEvent>{TenantCreated{command}};
}

Decision<TenantDecider> handle(const Tenant& tenant, const AdvanceClock& command) {
    using enum TenantRejection;
    if (!tenant.sandbox) return Failure{not_a_sandbox};
    if (command.to < command.now) return Failure{clock_goes_back};
    if (command.to >= clock_end) return Failure{clock_out_of_range};
    if (command.to == command.now) return std::vector<TenantEvent>{};
    return std::vector<TenantEvent>{ClockAdvanced{command.to}};
}

Tenant replay(Tenant tenant, const TenantCreated& event) {
    assert(tenant.status == TenantStatus::absent);
    static_cast<TenantDetails&>(tenant) = event;
    tenant.status = TenantStatus::active;
    return tenant;
}

Tenant replay(Tenant tenant, const ClockAdvanced& event) {
    assert(tenant.sandbox && (!tenant.clock || *tenant.clock < event.to));
    tenant.clock = event.to;
    return tenant;
}

}  // namespace

RefusalInfo info(TenantRejection refusal) {
    switch (refusal) {
        case TenantRejection::tenant_name_blank:
            return {RefusalKind::invalid, "/name", "must be more than spaces"};
        case TenantRejection::not_a_sandbox:
            return {RefusalKind::conflict, "",
                    "only a sandbox has a clock of its own; this tenant lives by the world's"};
        case TenantRejection::clock_goes_back:
            return {RefusalKind::conflict, "/to", "must not be earlier than what the clock shows"};
        case TenantRejection::clock_out_of_range:
            return {RefusalKind::invalid, "/to", "must be before the year 2900"};
    }
    return {};
}

Decision<TenantDecider> TenantDecider::decide(const Tenant& tenant, const TenantCommand& command) {
    assert(is_legal<TenantDecider>(tenant.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(tenant, one); }, command);
}

Tenant TenantDecider::evolve(Tenant tenant, const TenantEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(tenant), one); }, event);
}

std::optional<Timestamp> sandbox_clock(const Versioned<Tenant>& tenant) {
    if (!tenant.state.sandbox) return std::nullopt;
    return tenant.state.clock.value_or(tenant.created_at);
}

}  // namespace domain
