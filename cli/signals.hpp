// The signals that end a server, as something to wait for.
//
// REQUIRES: made before any thread is, so that all threads leave the signals alone.
#pragma once

#include <chrono>

namespace cli {

class EndSignals {
public:
    // SIGTERM and SIGINT are held back from now on, and SIGPIPE and SIGHUP are ignored.
    EndSignals();
    // True when one came. Later ones have no effect: the end is under way.
    bool wait_for(std::chrono::milliseconds patience);
};

}  // namespace cli
