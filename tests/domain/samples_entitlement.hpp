// Samples of entitlements.
#pragma once

#include "domain/entitlement.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

inline EntitlementGranted sample_entitlement() {
    EntitlementGranted granted;
    granted.user_id = UserId{"kari"};
    granted.sku = Sku{"daily"};
    granted.product_type = ProductType::publication;
    granted.starts_at = sample_start;
    granted.ends_at = sample_end;
    return granted;
}

template <>
struct Samples<EntitlementDecider> {
    static std::vector<EntitlementEvent> past(EntitlementStatus status) {
        EntitlementGranted granted = sample_entitlement();
        switch (status) {
            case EntitlementStatus::absent: return {};
            case EntitlementStatus::pending: granted.status = status; return {granted};
            case EntitlementStatus::active: return {granted};
            case EntitlementStatus::suspended: return {granted, EntitlementSuspended{}};
            case EntitlementStatus::expired: return {granted, EntitlementExpired{}};
            case EntitlementStatus::revoked: return {granted, EntitlementRevoked{}};
        }
        return {};
    }
    static std::vector<EntitlementCommand> commands(EntitlementStatus) {
        GrantEntitlement grant;
        grant.user_id = UserId{"kari"};
        grant.sku = Sku{"daily"};
        grant.now = sample_start;
        return {grant,
                StartEntitlement{sample_start},
                SuspendEntitlement{},
                ReinstateEntitlement{},
                ExtendEntitlement{.ends_at = sample_end + std::chrono::days{28}},
                ExpireEntitlement{sample_end},
                RevokeEntitlement{}};
    }
};

}  // namespace domain
