#include "commands/entitlement.hpp"

#include "commands/checks.hpp"
#include "commands/naming.hpp"

namespace commands {

using domain::EntitlementDecider;

Answer handle(Work& work, const Target& target, domain::GrantEntitlement wish) {
    const std::string id = id_for(work, target, wish.id);
    Checks checks;
    check_user(checks, work, wish.user_id, "/userId");
    const auto* product =
        checks.existing<domain::ProductDecider>(work, wish.sku.text, "/sku", "product");
    if (wish.scope && wish.scope->publication) {
        checks.existing<domain::ProductDecider>(work, wish.scope->publication->text,
                                                "/scope/publication", "product");
    }
    if (checks.failed()) return checks.failure();

    wish.product_type = product->state.type;
    wish.now = work.now();
    return work.decide<EntitlementDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::StartEntitlement wish) {
    wish.now = work.now();
    return work.decide<EntitlementDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::SuspendEntitlement wish) {
    return work.decide<EntitlementDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ReinstateEntitlement wish) {
    return work.decide<EntitlementDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ExtendEntitlement wish) {
    return work.decide<EntitlementDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ExpireEntitlement wish) {
    wish.now = work.now();
    return work.decide<EntitlementDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::RevokeEntitlement wish) {
    return work.decide<EntitlementDecider>(target.id(), std::move(wish));
}

}  // namespace commands
