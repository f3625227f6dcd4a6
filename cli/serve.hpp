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

// Writes the journal of a directory that nobody serves to standard output: see journal_export.hpp.
// Throws Exit.
ExitCode export_journal(const infra::Settings& settings);

// Prints the digests of the views of a directory that nobody serves: see view_digests.hpp. Throws
// Exit.
ExitCode print_view_digests(const infra::Settings& settings);

// Asks the server that has the data directory, or opens the directory itself. Throws Exit.
ExitCode operate(const infra::Settings& settings, const OperatorRequest& request);

}  // namespace cli
