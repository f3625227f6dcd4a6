#include "infra/priority.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace infra {

void give_way() {
    // Of Linux's scheduler: about a tenth of the share of a thread that has not asked for less.
    constexpr int niceness = 10;
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
}

}  // namespace infra
