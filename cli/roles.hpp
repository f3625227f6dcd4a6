// What a node does, of what there is to do.
#pragma once

#include "infra/settings.hpp"

namespace cli {

struct Roles {
    bool write = false;  // Takes commands into the journal.
    bool query = false;  // Builds views and answers from them.
    bool relay = false;  // Publishes topics.
};

// Throws SettingsError when one is unknown, or when nobody would do what an embedded journal needs.
Roles roles_of(const infra::Settings& settings);

}  // namespace cli
