// What the clock asks for: the command of each thing that is due.
#pragma once

#include <memory>

#include "commands/command.hpp"
#include "domain/due.hpp"

namespace commands {

std::unique_ptr<Command> clock_command(domain::ClockCommand command);

}  // namespace commands
