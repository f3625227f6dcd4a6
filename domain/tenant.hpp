// A tenant: one publisher with all that belongs to it. The id is the stream's and never changes.
//
// A sandbox has a clock of its own: it shows the moment at which the sandbox was made until it is
// moved, and never goes back. All that belongs to a sandbox happens by its clock.
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
        field<&TenantDetails::sandbox>("sandbox",
                                       "Is it for trying things out, with a clock of its own?"));
}

struct CreateTenant : TenantDetails {
    TenantId id = {};
    bool operator==(const CreateTenant&) const = default;
};
constexpr auto describe(const CreateTenant*) {
    return std::tuple_cat(fields(field<&CreateTenant::id>("id", "The tenant's id.").required()),
                          describe(static_cast<const TenantDetails*>(nullptr)));
}

// Moves a sandbox's clock forward. Everything that is due until then happens before.
struct AdvanceClock {
    Timestamp to = {};
    Timestamp now = {};  // What the sandbox's clock shows.
    bool operator==(const AdvanceClock&) const = default;
};
constexpr auto describe(const AdvanceClock*) {
    return fields(field<&AdvanceClock::to>("to", "What the clock is to show.").required());
}
using TenantCommand = std::variant<CreateTenant, AdvanceClock>;

struct TenantCreated : TenantDetails {
    bool operator==(const TenantCreated&) const = default;
};

struct ClockAdvanced {
    Timestamp to;
    bool operator==(const ClockAdvanced&) const = default;
};
constexpr auto describe(const ClockAdvanced*) {
    return fields(field<&ClockAdvanced::to>("to", "What the clock shows now.").required());
}
using TenantEvent = std::variant<TenantCreated, ClockAdvanced>;

enum class TenantRejection : std::uint8_t {
    tenant_name_blank,
    not_a_sandbox,
    clock_goes_back,
    clock_out_of_range
};
constexpr auto describe(const TenantRejection*) {
    return wire_names("tenant_name_blank", "not_a_sandbox", "clock_goes_back",
                      "clock_out_of_range");
}
RefusalInfo info(TenantRejection refusal);

enum class TenantStatus : std::uint8_t { absent, active };
constexpr auto describe(const TenantStatus*) { return wire_names("", "ACTIVE"); }

struct Tenant : TenantDetails {
    TenantStatus status = TenantStatus::absent;
    std::optional<Timestamp> clock;  // Of a sandbox, once it was moved.
    bool operator==(const Tenant&) const = default;
};
constexpr auto describe(const Tenant*) {
    return std::tuple_cat(describe(static_cast<const TenantDetails*>(nullptr)),
                          fields(field<&Tenant::status>("status", "Whether it is in use."),
                                 field<&Tenant::clock>("clock", "What a sandbox's clock shows.")));
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
    static constexpr std::array<Transition<Status>, 2> transitions{{
        {"CreateTenant", {Status::absent}, {Status::active}},
        {"AdvanceClock", {Status::active}, {Status::active}},
    }};

    static Decision<TenantDecider> decide(const Tenant& tenant, const TenantCommand& command);
    static Tenant evolve(Tenant tenant, const TenantEvent& event);
};

// What the clock of a sandbox shows; empty for a tenant that lives by the clock of the world.
std::optional<Timestamp> sandbox_clock(const Versioned<Tenant>& tenant);

}  // namespace domain
