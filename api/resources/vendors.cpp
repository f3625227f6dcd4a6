#include "api/resources/vendors.hpp"

#include "api/route_docs.hpp"
#include "commands/vendor.hpp"

namespace api {

using namespace domain;

std::vector<http::Route> vendor_routes(const Reads& read, const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    constexpr Kind kind = Kind::vendors;
    return {
        {get, "/management/vendors", vendors_read, read.list(kind),
         lists(kind, "listVendors", "Vendors, the newest first.")},
        {post, "/management/vendors", vendors_write, write.command<CreateVendor>(),
         creates<CreateVendor>("createVendor", "Create a vendor.")},
        {get, "/management/vendors/{id}", vendors_read, read.get(kind),
         gets(kind, "getVendor", "A vendor.")},
        {patch, "/management/vendors/{id}", vendors_write, write.command<UpdateVendor>(),
         changes<UpdateVendor>("updateVendor", "Change a vendor by a JSON merge patch.")},
        {post, "/management/vendors/{id}/suspend", vendors_write, write.command<SuspendVendor>(),
         changes<SuspendVendor>("suspendVendor", "Stop selling: no new contracts.")},
        {post, "/management/vendors/{id}/reinstate", vendors_write,
         write.command<ReinstateVendor>(),
         changes<ReinstateVendor>("reinstateVendor", "Sell again.")},
        {post, "/management/vendors/{id}/close", vendors_write, write.command<CloseVendor>(),
         changes<CloseVendor>("closeVendor", "Close a suspended vendor for ever.")},
    };
}

}  // namespace api
