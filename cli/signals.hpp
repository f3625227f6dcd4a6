// The signals that a server heeds, as something to wait for.
//
// REQUIRES: made before any thread is, so that all threads leave the signals alone.
#pragma once

#include <chrono>
#include <cstdint>

namespace cli {

enum class Signal : std::uint8_t {
    none,    // None came in time.
    reload,  // SIGHUP: read the files again that may change.
    end      // SIGTERM or SIGINT. Later ones have no effect: the end is under way.
};

class Signals {
public:
    // SIGTERM, SIGINT and SIGHUP are held back from now on, and SIGPIPE is ignored.
    Signals();
    Signal wait_for(std::chrono::milliseconds patience);
};

}  // namespace cli
