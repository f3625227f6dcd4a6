#include "cli/signals.hpp"

#include <csignal>

namespace cli {
namespace {

sigset_t ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

}  // namespace

EndSignals::EndSignals() {
    const sigset_t signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN);
}

bool EndSignals::wait_for(std::chrono::milliseconds patience) {
    const sigset_t signals = ending_signals();
    const timespec wait{.tv_sec = patience.count() / 1000,
                        .tv_nsec = patience.count() % 1000 * 1'000'000};
    return sigtimedwait(&signals, nullptr, &wait) > 0;
}

}  // namespace cli
