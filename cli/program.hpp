// The command line: what `daybook` is asked to do, and how it ends. Every fault of a start ends
// here, as one line on standard error and an exit code.
#pragma once

#include "cli/exit_code.hpp"

namespace cli {

int run(int argc, const char* const* argv);

}  // namespace cli
