// What all bench programs begin and end with.
#pragma once

#include <exception>
#include <iostream>
#include <string_view>

namespace bench {

// For main: does the work, if the arguments are right. `usage` is the program's name and what it
// takes.
template <class F>
int run_program(std::string_view usage, bool has_arguments, F work) {
    if (!has_arguments) {
        std::cerr << "usage: " << usage << "\n";
        return 2;
    }
    try {
        work();
        return 0;
    } catch (const std::exception& fault) {
        std::cerr << usage.substr(0, usage.find(' ')) << ": " << fault.what() << "\n";
        return 1;
    }
}

}  // namespace bench
