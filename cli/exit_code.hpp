// How the program ends, for scripts and service managers. The numbers are a contract.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace cli {

enum class ExitCode : std::uint8_t {
    ok = 0,
    failure = 1,   // Something failed at run time; the message says what.
    usage = 2,     // The command line is wrong: see --help.
    settings = 3,  // A setting is wrong: the message names it and its source.
    data = 4,      // The data directory is in use, damaged or missing.
    listen = 5     // The address cannot be listened on: taken, or not of this machine.
};

// A fault that ends the program; caught in `run` alone.
class Exit : public std::runtime_error {
public:
    Exit(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
    ExitCode code() const { return code_; }

private:
    ExitCode code_;
};

}  // namespace cli
