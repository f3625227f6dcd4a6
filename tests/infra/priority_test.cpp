#include "infra/priority.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace infra {
namespace {

int niceness() { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }

TEST(Priority, GivesWayForItsThreadAlone) {
    const int before = niceness();
    int of_thread = before;
    std::thread([&of_thread] {
        give_way();
        of_thread = niceness();
    }).join();
    EXPECT_EQ(of_thread, std::max(10, before));
    EXPECT_EQ(niceness(), before);
}

}  // namespace
}  // namespace infra
