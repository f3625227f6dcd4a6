// The commands that need the node: serve, init, and what the operator asks.
#pragma once

#include "cli/exit_code.hpp"
#include "cli/operator.hpp"
#include "infra/settings.hpp"

namespace cli {

// Serves until SIGTERM or SIGINT, then drains: whoever asks whether it is ready hears no, what has
// arrived is answered, and then everything is written and ends. Throws Exit. REQUIRES: the process
// has one thread.
ExitCode serve(const infra::Settings& settings);

// Makes the data directory with its first tenant and key, and prints the key. Throws Exit.
ExitCode init(const infra::Settings& settings);

// Prints what the views of each kind come to in each shard, once they show all of the journal. A
// shard is not taken for that. Throws Exit.
ExitCode digest_views(const infra::Settings& settings);

// Asks the server that has the data directory, or opens the directory itself. Throws Exit.
ExitCode operate(const infra::Settings& settings, const OperatorRequest& request);

}  // namespace cli
