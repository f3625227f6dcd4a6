// A temporary directory in memory where there is one, for tests that would wait for a disk.
#pragma once

#include <filesystem>

#include "tests/support/temporary_directory.hpp"

namespace tests::support {

inline std::filesystem::path fast_directory() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

class MemoryDirectory : public TemporaryDirectory {
public:
    MemoryDirectory() : TemporaryDirectory(fast_directory()) {}
};

}  // namespace tests::support
