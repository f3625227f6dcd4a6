#include "cli/console.hpp"

#include <iostream>

namespace cli {

void Terminal::print(std::string_view line) { std::cout << line << '\n'; }

void Terminal::tell(std::string_view line) { std::cerr << line << std::endl; }

}  // namespace cli
