#include "commands/vendor.hpp"

#include "commands/checks.hpp"
#include "commands/naming.hpp"

namespace commands {

using domain::VendorDecider;

namespace {

void check_zone(Checks& checks, const Work& work, const domain::TimeZoneName& zone) {
    if (work.zones().knows(zone.text)) return;
    checks.add("/timeZone", "unknown_time_zone",
               "the time zone database has no such zone; use an IANA name, such as Europe/Oslo");
}

}  // namespace

Answer handle(Work& work, const Target& target, domain::CreateVendor wish) {
    const std::string id = id_for(work, target, wish.id);
    Checks checks;
    check_zone(checks, work, wish.time_zone);
    if (checks.failed()) return checks.failure();
    return work.decide<VendorDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::UpdateVendor wish) {
    Checks checks;
    if (wish.time_zone.value) check_zone(checks, work, *wish.time_zone.value);
    if (checks.failed()) return checks.failure();
    return work.decide<VendorDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::SuspendVendor wish) {
    return work.decide<VendorDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ReinstateVendor wish) {
    return work.decide<VendorDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::CloseVendor wish) {
    return work.decide<VendorDecider>(target.id(), std::move(wish));
}

}  // namespace commands
