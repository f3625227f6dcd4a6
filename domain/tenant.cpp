#include "domain/tenant.hpp"

#include <cassert>

namespace domain {
namespace {

Decision<TenantDecider> handle(const CreateTenant& command) {
    if (command.name.find_first_not_of(' ') == std::string::npos) {
        return Failure{TenantRejection::tenant_name_blank};
    }
    return std::vector<TenantEvent>{TenantCreated{command}};
}

}  // namespace

RefusalInfo info(TenantRejection refusal) {
    switch (refusal) {
        case TenantRejection::tenant_name_blank:
            return {RefusalKind::invalid, "/name", "must be more than spaces"};
    }
    return {};
}

Decision<TenantDecider> TenantDecider::decide(const Tenant& tenant, const TenantCommand& command) {
    assert(is_legal<TenantDecider>(tenant.status, type_name_of(command)));
    return handle(std::get<CreateTenant>(command));
}

Tenant TenantDecider::evolve(Tenant tenant, const TenantEvent& event) {
    assert(tenant.status == TenantStatus::absent);
    static_cast<TenantDetails&>(tenant) = std::get<TenantCreated>(event);
    tenant.status = TenantStatus::active;
    return tenant;
}

}  // namespace domain
