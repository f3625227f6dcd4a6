// A directory for one process alone, held until the end of this object or of the process.
#pragma once

#include <filesystem>

namespace infra {

class DirectoryLock {
public:
    // Makes the directory if there is none. Throws std::runtime_error that names the other process
    // if one holds the directory.
    explicit DirectoryLock(const std::filesystem::path& directory);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

private:
    int file_ = -1;
};

}  // namespace infra
