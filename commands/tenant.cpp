#include "commands/tenant.hpp"

#include <cassert>

namespace commands {

Answer handle(Work& work, const Target&, domain::CreateTenant wish) {
    assert(wish.id == work.tenant());
    const std::string id = wish.id.text;
    return work.decide<domain::TenantDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target&, domain::AdvanceClock wish) {
    wish.now = work.now();
    return work.decide<domain::TenantDecider>(work.tenant().text, wish);
}

}  // namespace commands
