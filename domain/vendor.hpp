// A vendor: a publisher's company or brand that sells, and in whose name bills are numbered.
//
// ACTIVE ↔ SUSPENDED → CLOSED. A suspended vendor is read as before, but gets no new contracts.
// The rules are in vendor.cpp. The vendor's id is the stream's.
//
// Events are stored for ever: add a field, never rename, retype or reuse one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/change.hpp"
#include "domain/decider.hpp"
#include "domain/metadata.hpp"
#include "domain/money.hpp"
#include "domain/personal.hpp"
#include "domain/text_types.hpp"

namespace domain {

// What is done about a bill that is not paid. The schedule is copied into each bill at issue.
struct Dunning {
    std::vector<std::int64_t> retry_days{3, 5, 7};
    std::int64_t grace_days = 14;
    std::int64_t cancel_after_days = 30;
    bool operator==(const Dunning&) const = default;
};
constexpr auto describe(const Dunning*) {
    return fields(
        field<&Dunning::retry_days>(
            "retryDays", "Days after the due date on which a charge is tried again; rising.")
            .items(20)
            .range(0, 365),
        field<&Dunning::grace_days>("graceDays",
                                    "Days after the due date for which access is kept.")
            .range(0, 365),
        field<&Dunning::cancel_after_days>(
            "cancelAfterDays", "Days after the due date on which the contract is given up.")
            .range(0, 365));
}

struct VendorDetails {
    std::string name;
    std::optional<Url> logo;
    std::optional<Url> website;
    std::optional<CountryCode> country;
    std::optional<Currency> currency;
    TimeZoneName time_zone{"UTC"};
    std::optional<std::string> number_prefix;
    Dunning dunning;
    std::optional<std::string> external_id;
    Metadata metadata;
    bool operator==(const VendorDetails&) const = default;
};
constexpr auto describe(const VendorDetails*) {
    return fields(
        field<&VendorDetails::name>("name", "The name as customers know it.")
            .required()
            .length(1, 200),
        field<&VendorDetails::logo>("logo", "Address of the logo."),
        field<&VendorDetails::website>("website", "Address of the website."),
        field<&VendorDetails::country>("country", "Country of the business, ISO 3166."),
        field<&VendorDetails::currency>("currency", "Currency the vendor usually sells in."),
        field<&VendorDetails::time_zone>(
            "timeZone", "IANA time zone in which the vendor's days begin and end."),
        field<&VendorDetails::number_prefix>("numberPrefix", "What bill numbers begin with.")
            .length(1, 12),
        field<&VendorDetails::dunning>("dunning", "What is done about bills that are not paid."),
        field<&VendorDetails::external_id>("externalId", "The id in another system; unique.")
            .length(1, 128),
        field<&VendorDetails::metadata>("metadata", "Values of your own.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max));
}

// Commands ----------------------------------------------------------------------------------------

struct CreateVendor : VendorDetails {
    std::optional<Slug> id = {};
    bool operator==(const CreateVendor&) const = default;
};
constexpr auto describe(const CreateVendor*) {
    return std::tuple_cat(
        fields(field<&CreateVendor::id>("id", "The vendor's id; made if left out.")),
        describe(static_cast<const VendorDetails*>(nullptr)));
}

struct DunningChange {
    Change<std::vector<std::int64_t>> retry_days = {};
    Change<std::int64_t> grace_days = {};
    Change<std::int64_t> cancel_after_days = {};
    bool operator==(const DunningChange&) const = default;
};
constexpr auto describe(const DunningChange*) {
    return fields(field<&DunningChange::retry_days>("retryDays", "Replaced as a whole.")
                      .required()
                      .items(20)
                      .range(0, 365),
                  field<&DunningChange::grace_days>("graceDays", "Days for which access is kept.")
                      .required()
                      .range(0, 365),
                  field<&DunningChange::cancel_after_days>("cancelAfterDays",
                                                           "Days until the contract is given up.")
                      .required()
                      .range(0, 365));
}

struct UpdateVendor {
    Change<std::string> name = {};
    Change<Url> logo = {};
    Change<Url> website = {};
    Change<CountryCode> country = {};
    Change<Currency> currency = {};
    Change<TimeZoneName> time_zone = {};
    Change<std::string> number_prefix = {};
    Change<DunningChange> dunning = {};
    Change<std::string> external_id = {};
    Change<Metadata> metadata = {};
    std::optional<std::string> reason = {};
    bool operator==(const UpdateVendor&) const = default;
};
constexpr auto describe(const UpdateVendor*) {
    return fields(
        field<&UpdateVendor::name>("name", "The name as customers know it.")
            .required()
            .length(1, 200),
        field<&UpdateVendor::logo>("logo", "Address of the logo."),
        field<&UpdateVendor::website>("website", "Address of the website."),
        field<&UpdateVendor::country>("country", "Country of the business, ISO 3166."),
        field<&UpdateVendor::currency>("currency", "Currency the vendor usually sells in."),
        field<&UpdateVendor::time_zone>("timeZone", "IANA time zone.").required(),
        field<&UpdateVendor::number_prefix>("numberPrefix", "What bill numbers begin with.")
            .length(1, 12),
        field<&UpdateVendor::dunning>("dunning",
                                      "Merged field by field; null restores the default."),
        field<&UpdateVendor::external_id>("externalId", "The id in another system; unique.")
            .length(1, 128),
        field<&UpdateVendor::metadata>("metadata", "Merged key by key; null removes a key.")
            .items(metadata_keys_max)
            .length(0, metadata_value_length_max),
        field<&UpdateVendor::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct SuspendVendor {
    std::optional<std::string> reason = {};
    bool operator==(const SuspendVendor&) const = default;
};
constexpr auto describe(const SuspendVendor*) {
    return fields(
        field<&SuspendVendor::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct ReinstateVendor {
    std::optional<std::string> reason = {};
    bool operator==(const ReinstateVendor&) const = default;
};
constexpr auto describe(const ReinstateVendor*) {
    return fields(
        field<&ReinstateVendor::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct CloseVendor {
    std::optional<std::string> reason = {};
    bool operator==(const CloseVendor&) const = default;
};
constexpr auto describe(const CloseVendor*) {
    return fields(
        field<&CloseVendor::reason>("reason", "Why; kept in the history.").length(0, 500));
}

using VendorCommand =
    std::variant<CreateVendor, UpdateVendor, SuspendVendor, ReinstateVendor, CloseVendor>;

// Events ------------------------------------------------------------------------------------------

struct VendorCreated : VendorDetails {
    bool operator==(const VendorCreated&) const = default;
};
// All details as they are after the change.
struct VendorChanged : VendorDetails {
    bool operator==(const VendorChanged&) const = default;
};
struct VendorSuspended {
    bool operator==(const VendorSuspended&) const = default;
};
constexpr auto describe(const VendorSuspended*) { return fields(); }
struct VendorReinstated {
    bool operator==(const VendorReinstated&) const = default;
};
constexpr auto describe(const VendorReinstated*) { return fields(); }
struct VendorClosed {
    bool operator==(const VendorClosed&) const = default;
};
constexpr auto describe(const VendorClosed*) { return fields(); }

using VendorEvent =
    std::variant<VendorCreated, VendorChanged, VendorSuspended, VendorReinstated, VendorClosed>;

// Refusals ----------------------------------------------------------------------------------------

enum class VendorRejection : std::uint8_t {
    retry_days_must_rise,
    dunning_cancels_within_grace,
    too_many_metadata_keys
};
constexpr auto describe(const VendorRejection*) {
    return wire_names("retry_days_must_rise", "dunning_cancels_within_grace",
                      "too_many_metadata_keys");
}
RefusalInfo info(VendorRejection refusal);

// State -------------------------------------------------------------------------------------------

enum class VendorStatus : std::uint8_t { absent, active, suspended, closed };
constexpr auto describe(const VendorStatus*) {
    return wire_names("", "ACTIVE", "SUSPENDED", "CLOSED");
}

struct Vendor : VendorDetails {
    VendorStatus status = VendorStatus::absent;
    bool operator==(const Vendor&) const = default;
};
constexpr auto describe(const Vendor*) {
    return std::tuple_cat(describe(static_cast<const VendorDetails*>(nullptr)),
                          fields(field<&Vendor::status>("status", "Whether the vendor sells.")));
}

// Keys that no other vendor of the tenant may have; see claims.hpp.
std::vector<std::string> claims(const Vendor& vendor, std::string_view id);

struct VendorDecider {
    using State = Vendor;
    using Command = VendorCommand;
    using Event = VendorEvent;
    using Rejection = VendorRejection;
    using Status = VendorStatus;

    static constexpr Kind kind = Kind::vendors;
    static constexpr std::array<Transition<Status>, 6> transitions{{
        {"CreateVendor", {Status::absent}, {Status::active}},
        {"UpdateVendor", {Status::active}, {Status::active}},
        {"UpdateVendor", {Status::suspended}, {Status::suspended}},
        {"SuspendVendor", {Status::active}, {Status::suspended}},
        {"ReinstateVendor", {Status::suspended}, {Status::active}},
        {"CloseVendor", {Status::suspended}, {Status::closed}},
    }};

    static Decision<VendorDecider> decide(const Vendor& vendor, const VendorCommand& command);
    static Vendor evolve(Vendor vendor, const VendorEvent& event);
};

}  // namespace domain
