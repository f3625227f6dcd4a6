// The program `daybook`; all that it can do is in cli/.
#include <exception>
#include <iostream>

#include "cli/program.hpp"

int main(int argc, char** argv) {
    try {
        return cli::run(argc, argv);
    } catch (const std::exception& fault) {
        std::cerr << "daybook: " << fault.what() << "\n";
        return static_cast<int>(cli::ExitCode::failure);
    }
}
