#include "commands/entitlement.hpp"

#include "commands/checks.hpp"
#include "commands/naming.hpp"

namespace commands {

using domain::EntitlementDecider;

namespace {

// Rights of contracts and bills end with these: by hand, nobody can give one that looks like them.
void check_source(Checks& checks, const domain::EntitlementSource& source) {
    constexpr auto code = "given_by_contracts_and_bills";
    constexpr auto detail = "contracts and bills give their rights themselves; leave it out";
    using Kind = domain::EntitlementSourceKind;
    if (source.kind == Kind::contract || source.kind == Kind::purchase) {
        checks.add("/source/kind", code, "use grant, share or import");
    }
    if (source.contract_id) checks.add("/source/contractId", code, detail);
    if (source.bill_id) checks.add("/source/billId", code, detail);
}

}  // namespace

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
    check_source(checks, wish.source);
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
