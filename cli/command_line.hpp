// The command line as CLI11 reads it: commands, flags out of the table of settings, help.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/operator.hpp"
#include "cli/restore.hpp"
#include "infra/settings.hpp"

namespace cli {

// What was asked. `run` is set by the command that was named.
struct Invocation {
    infra::SettingsSources sources;
    OperatorRequest request;
    std::string expires_at;
    std::string keys_file;
    std::string lines_file;
    RestoreRequest restore;
    std::function<ExitCode(Invocation&)> run;
};

// The flag of each setting, and --config. `invocation` outlives the parse.
void add_settings(CLI::App& command, Invocation& invocation);

// All commands below `program`. `invocation` outlives the parse.
void add_commands(CLI::App& program, Invocation& invocation);

}  // namespace cli
