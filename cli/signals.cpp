#include "cli/signals.hpp"

#include <csignal>

namespace cli {
namespace {

sigset_t heeded_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    return signals;
}

}  // namespace

Signals::Signals() {
    const sigset_t signals = heeded_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

Signal Signals::wait_for(std::chrono::milliseconds patience) {
    const sigset_t signals = heeded_signals();
    const timespec wait{.tv_sec = patience.count() / 1000,
                        .tv_nsec = patience.count() % 1000 * 1'000'000};
    const int signal = sigtimedwait(&signals, nullptr, &wait);
    if (signal <= 0) return Signal::none;
    return signal == SIGHUP ? Signal::reload : Signal::end;
}

}  // namespace cli
