// Files of the repository that tests keep in step with the code. A test compares; told to by the
// variable DAYBOOK_REGENERATE of the environment, it writes the file instead.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace tests::support {

inline bool regenerates() { return std::getenv("DAYBOOK_REGENERATE") != nullptr; }

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace tests::support
