#include "cli/roles.hpp"

#include <ranges>
#include <string>
#include <string_view>

#include "cli/engine.hpp"

namespace cli {

Roles roles_of(const infra::Settings& settings) {
    Roles roles;
    for (const auto part : std::views::split(std::string_view(settings.roles), ',')) {
        const std::string_view role(part.begin(), part.end());
        if (role == "write") {
            roles.write = true;
        } else if (role == "query") {
            roles.query = true;
        } else if (role == "relay") {
            roles.relay = true;
        } else {
            throw infra::SettingsError("roles: \"" + std::string(role) +
                                       "\" is none; give some of write,query,relay, with commas");
        }
    }
    if (!is_on_kafka(settings) && !(roles.write && roles.query)) {
        throw infra::SettingsError(
            "roles: no other node can share an embedded journal; leave it at write,query,relay, or "
            "give --journal kafka");
    }
    return roles;
}

}  // namespace cli
