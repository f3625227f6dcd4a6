#include "domain/vendor.hpp"

#include <algorithm>
#include <cassert>

#include "domain/claims.hpp"

namespace domain {
namespace {

using Events = std::vector<VendorEvent>;

const Events nothing;  // The wish is already true: a retry succeeds and records nothing.
Failure<VendorRejection> because(VendorRejection reason) { return Failure{reason}; }

std::optional<VendorRejection> fault_of(const VendorDetails& details) {
    using enum VendorRejection;
    const auto& days = details.dunning.retry_days;
    const bool rising =
        std::ranges::adjacent_find(days, std::ranges::greater_equal{}) == days.end();
    if (!rising) return retry_days_must_rise;
    if (details.dunning.cancel_after_days < details.dunning.grace_days) {
        return dunning_cancels_within_grace;
    }
    if (details.metadata.size() > metadata_keys_max) return too_many_metadata_keys;
    return std::nullopt;
}

Dunning changed(Dunning dunning, const Change<DunningChange>& change) {
    if (change.clears()) return {};
    if (!change.value) return dunning;
    dunning.retry_days = change.value->retry_days.or_else(std::move(dunning.retry_days));
    dunning.grace_days = change.value->grace_days.or_else(dunning.grace_days);
    dunning.cancel_after_days = change.value->cancel_after_days.or_else(dunning.cancel_after_days);
    return dunning;
}

VendorDetails changed(VendorDetails details, const UpdateVendor& change) {
    details.name = change.name.or_else(std::move(details.name));
    details.logo = change.logo.over(std::move(details.logo));
    details.website = change.website.over(std::move(details.website));
    details.country = change.country.over(std::move(details.country));
    details.currency = change.currency.over(details.currency);
    details.time_zone = change.time_zone.or_else(std::move(details.time_zone));
    details.number_prefix = change.number_prefix.over(std::move(details.number_prefix));
    details.dunning = changed(std::move(details.dunning), change.dunning);
    details.external_id = change.external_id.over(std::move(details.external_id));
    details.metadata = merged(std::move(details.metadata), change.metadata);
    return details;
}

Decision<VendorDecider> handle(const Vendor&, const CreateVendor& command) {
    if (const auto fault = fault_of(command)) return because(*fault);
    return Events{VendorCreated{command}};
}

Decision<VendorDecider> handle(const Vendor& vendor, const UpdateVendor& command) {
    const VendorDetails details = changed(vendor, command);
    if (details == static_cast<const VendorDetails&>(vendor)) return nothing;
    if (const auto fault = fault_of(details)) return because(*fault);
    return Events{VendorChanged{details}};
}

Decision<VendorDecider> handle(const Vendor&, const SuspendVendor&) {
    return Events{VendorSuspended{}};
}

Decision<VendorDecider> handle(const Vendor&, const ReinstateVendor&) {
    return Events{VendorReinstated{}};
}

Decision<VendorDecider> handle(const Vendor&, const CloseVendor&) { return Events{VendorClosed{}}; }

Vendor replay(Vendor vendor, const VendorCreated& event) {
    assert(vendor.status == VendorStatus::absent);
    static_cast<VendorDetails&>(vendor) = event;
    vendor.status = VendorStatus::active;
    return vendor;
}

Vendor replay(Vendor vendor, const VendorChanged& event) {
    assert(vendor.status != VendorStatus::absent && vendor.status != VendorStatus::closed);
    static_cast<VendorDetails&>(vendor) = event;
    return vendor;
}

Vendor replay(Vendor vendor, const VendorSuspended&) {
    assert(vendor.status == VendorStatus::active);
    vendor.status = VendorStatus::suspended;
    return vendor;
}

Vendor replay(Vendor vendor, const VendorReinstated&) {
    assert(vendor.status == VendorStatus::suspended);
    vendor.status = VendorStatus::active;
    return vendor;
}

Vendor replay(Vendor vendor, const VendorClosed&) {
    assert(vendor.status == VendorStatus::suspended);
    vendor.status = VendorStatus::closed;
    return vendor;
}

}  // namespace

RefusalInfo info(VendorRejection refusal) {
    using enum VendorRejection;
    using enum RefusalKind;
    switch (refusal) {
        case retry_days_must_rise:
            return {invalid, "/dunning/retryDays",
                    "each retry day must be later than the one before"};
        case dunning_cancels_within_grace:
            return {invalid, "/dunning/cancelAfterDays", "must not be less than graceDays"};
        case too_many_metadata_keys:
            return {invalid, "/metadata", "may have at most 50 keys; remove some first"};
    }
    return {};
}

std::vector<std::string> claims(const Vendor& vendor, std::string_view) {
    return external_claims("vendor", vendor.external_id);
}

Decision<VendorDecider> VendorDecider::decide(const Vendor& vendor, const VendorCommand& command) {
    assert(is_legal<VendorDecider>(vendor.status, type_name_of(command)));
    return std::visit([&](const auto& one) { return handle(vendor, one); }, command);
}

Vendor VendorDecider::evolve(Vendor vendor, const VendorEvent& event) {
    return std::visit([&](const auto& one) { return replay(std::move(vendor), one); }, event);
}

}  // namespace domain
