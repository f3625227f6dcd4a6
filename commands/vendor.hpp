// Handlers of what may be asked of vendors.
#pragma once

#include "commands/work.hpp"
#include "domain/vendor.hpp"

namespace commands {

Answer handle(Work& work, const Target& target, domain::CreateVendor wish);
Answer handle(Work& work, const Target& target, domain::UpdateVendor wish);
Answer handle(Work& work, const Target& target, domain::SuspendVendor wish);
Answer handle(Work& work, const Target& target, domain::ReinstateVendor wish);
Answer handle(Work& work, const Target& target, domain::CloseVendor wish);

}  // namespace commands
