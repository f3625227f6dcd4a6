// `daybook topics create`: makes the topics on Kafka with the settings that the journal needs.
#pragma once

#include "cli/exit_code.hpp"
#include "infra/settings.hpp"

namespace cli {

// Makes those that are missing, and checks all. Throws Exit (data) or SettingsError.
ExitCode create_topics(const infra::Settings& settings);

}  // namespace cli
