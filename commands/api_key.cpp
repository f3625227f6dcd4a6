#include "commands/api_key.hpp"

#include <cassert>

namespace commands {

using domain::ApiKeyDecider;

// Keys live by the world's clock: moving a sandbox's must not make them valid for longer.

Answer handle(Work& work, const Target& target, domain::IssueApiKey wish) {
    assert(!target.id().empty() && !wish.secret.text.empty());
    if (work.find<domain::TenantDecider>(work.tenant().text) == nullptr) {
        return no_such("/tenant", "tenant");
    }
    wish.tenant = work.tenant();
    wish.now = work.world_now();
    return work.decide<ApiKeyDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::RotateApiKey wish) {
    assert(!wish.secret.text.empty());
    wish.now = work.world_now();
    return work.decide<ApiKeyDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::RevokeApiKey wish) {
    return work.decide<ApiKeyDecider>(target.id(), std::move(wish));
}

}  // namespace commands
