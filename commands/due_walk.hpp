// A walk over what is due of one tenant, in due order: what the overlay says over what the store
// has. It sees what the overlay takes in meanwhile. REQUIRES: the store is not written meanwhile.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "commands/overlay.hpp"
#include "commands/state_store.hpp"

namespace commands {

class DueWalk {
public:
    DueWalk(const Overlay& overlay, const domain::TenantId& tenant, std::string_view from)
        : overlay_(overlay), tenant_(tenant), rows_(overlay.store(), tenant, from) {}

    // The first key at or behind `from`. REQUIRES: what the store has before the `from` of an
    // earlier call is done, or not asked for again.
    std::optional<std::string> first(std::string_view from) {
        while (rows_.valid() && (rows_.key() < from || overlay_.is_done(tenant_, rows_.key()))) {
            rows_.next();
        }
        auto first = overlay_.first_due(tenant_, from);
        if (rows_.valid() && (!first || rows_.key() < *first)) first = std::string(rows_.key());
        return first;
    }

private:
    const Overlay& overlay_;
    domain::TenantId tenant_;
    StateStore::DueRows rows_;
};

}  // namespace commands
