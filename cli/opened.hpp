// Makes a part of a node, and names it when that fails.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "cli/exit_code.hpp"
#include "infra/settings.hpp"

namespace cli {

template <class Make>
auto opened(std::string_view part, Make make) try {
    return make();
} catch (const Exit&) {
    throw;
} catch (const infra::SettingsError&) {
    throw;
} catch (const std::exception& fault) {
    throw Exit(ExitCode::data, std::string(part) + ": " + fault.what());
}

}  // namespace cli
