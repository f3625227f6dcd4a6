// A tenant: one publisher with all that belongs to it. The id is the stream's and never changes.
//
// Events are stored for ever: add a field, never rename, retype or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/decider.hpp"
#include "domain/ids.hpp"

namespace domain {

struct TenantDetails {
    std::string name;
    bool sandbox = false;
    bool operator==(const TenantDetails&) const = default;
};
constexpr auto describe(const TenantDetails*) {
    return fields(
        field<&TenantDetails::name>("name", "The publisher's name.").required().length(1, 200),
        field<&TenantDetails::sandbox>("sandbox", "Whether it is for trying things out."));
}

struct CreateTenant : TenantDetails {
    TenantId id = {};
    bool operator==(const CreateTenant&) const = default;
};
constexpr auto describe(const CreateTenant*) {
    return std::tuple_cat(fields(field<&CreateTenant::id>("id", "The tenant's id.").required()),
                          describe(static_cast<const TenantDetails*>(nullptr)));
}
using TenantCommand = std::variant<CreateTenant>;

struct TenantCreated : TenantDetails {
    bool operator==(const TenantCreated&) const = default;
};
using TenantEvent = std::variant<TenantCreated>;

// A name of spaces only says nothing to anyone.
enum class TenantRejection : std::uint8_t { tenant_name_blank };
constexpr auto describe(const TenantRejection*) { return wire_names("tenant_name_blank"); }
RefusalInfo info(TenantRejection refusal);

enum class TenantStatus : std::uint8_t { absent, active };
constexpr auto describe(const TenantStatus*) { return wire_names("", "ACTIVE"); }

struct Tenant : TenantDetails {
    TenantStatus status = TenantStatus::absent;
    bool operator==(const Tenant&) const = default;
};
constexpr auto describe(const Tenant*) {
    return std::tuple_cat(describe(static_cast<const TenantDetails*>(nullptr)),
                          fields(field<&Tenant::status>("status", "Whether it is in use.")));
}

// A tenant claims nothing besides its id.
inline std::vector<std::string> claims(const Tenant&, std::string_view) { return {}; }

struct TenantDecider {
    using State = Tenant;
    using Command = TenantCommand;
    using Event = TenantEvent;
    using Rejection = TenantRejection;
    using Status = TenantStatus;

    static constexpr Kind kind = Kind::tenants;
    static constexpr std::array<Transition<Status>, 1> transitions{{
        {"CreateTenant", {Status::absent}, {Status::active}},
    }};

    static Decision<TenantDecider> decide(const Tenant& tenant, const TenantCommand& command);
    static Tenant evolve(Tenant tenant, const TenantEvent& event);
};

}  // namespace domain
