// Samples of vendors.
#pragma once

#include "domain/vendor.hpp"
#include "tests/domain/samples.hpp"

namespace domain {

template <>
struct Samples<VendorDecider> {
    static std::vector<VendorEvent> past(VendorStatus status) {
        VendorCreated created;
        created.name = "Dagbladet";
        switch (status) {
            case VendorStatus::absent: return {};
            case VendorStatus::active: return {created};
            case VendorStatus::suspended: return {created, VendorSuspended{}};
            case VendorStatus::closed: return {created, VendorSuspended{}, VendorClosed{}};
        }
        return {};
    }
    static std::vector<VendorCommand> commands(VendorStatus) {
        CreateVendor create;
        create.name = "Dagbladet";
        return {create, UpdateVendor{.name = change_to<std::string>("Morgenbladet")},
                SuspendVendor{}, ReinstateVendor{}, CloseVendor{}};
    }
};

}  // namespace domain
