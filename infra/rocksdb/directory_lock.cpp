#include "infra/rocksdb/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace infra {
namespace {

std::string text_of(int file) {
    std::array<char, 32> text{};
    const ssize_t size = pread(file, text.data(), text.size(), 0);
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "unknown";
}

}  // namespace

DirectoryLock::DirectoryLock(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory);
    const auto path = directory / "owner";
    // The lock is the kernel's and ends with the process; the file only says who holds it.
    file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) {
        throw std::system_error(errno, std::generic_category(), "cannot open " + path.string());
    }
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
        const std::string owner = text_of(file_);
        close(file_);
        throw std::runtime_error(directory.string() + " is in use by process " + owner);
    }
    const std::string own = std::to_string(getpid());
    if (ftruncate(file_, 0) != 0 || pwrite(file_, own.data(), own.size(), 0) < 0) {
        // A full disk: the lock holds all the same, only its message will be poorer.
    }
}

DirectoryLock::~DirectoryLock() { close(file_); }

}  // namespace infra
