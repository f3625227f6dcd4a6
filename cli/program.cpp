#include "cli/program.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <system_error>

#include "cli/command_line.hpp"
#include "infra/settings.hpp"

namespace cli {
namespace {

constexpr const char* about =
    "Daybook keeps a publisher's subscription business as a book of what happened.";

constexpr const char* footer =
    "Examples:\n"
    "  daybook serve --data ./data --listen 127.0.0.1:8080\n"
    "  daybook tenants create acme --name \"Acme Press\" --data ./data\n"
    "  daybook keys create --tenant acme --name shop --scope bills:read --data ./data\n"
    "  daybook keys revoke 3fKq0Zb81LxV --reason leaked --data ./data\n\n"
    "keys and tenants work beside a running server and on the directory of one that is not.\n\n"
    "Exit codes:\n"
    "  0  done\n"
    "  1  something failed; the message says what\n"
    "  2  the command line is wrong\n"
    "  3  a setting is wrong\n"
    "  4  the data directory is in use, damaged or missing\n"
    "  5  the address cannot be listened on\n\n"
    "daybook settings prints all settings with their flags, variables and defaults.";

int fail(ExitCode code, const char* message) {
    std::cerr << "daybook: " << message << "\n";
    return static_cast<int>(code);
}

}  // namespace

int run(int argc, const char* const* argv) {
    CLI::App program(about, "daybook");
    program.footer(footer);
    program.require_subcommand(1);
    program.set_version_flag("--version", std::string("daybook ") + DAYBOOK_VERSION);
    Invocation invocation;
    add_commands(program, invocation);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
    }
    try {
        return static_cast<int>(invocation.run(invocation));
    } catch (const Exit& exit) {
        return fail(exit.code(), exit.what());
    } catch (const infra::SettingsError& error) {
        return fail(ExitCode::settings, error.what());
    } catch (const std::exception& fault) {
        return fail(ExitCode::failure, fault.what());
    }
}

}  // namespace cli
