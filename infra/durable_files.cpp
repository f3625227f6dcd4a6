#include "infra/durable_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace infra {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path, int error) {
    throw std::system_error(error, std::generic_category(), what + " " + path.string());
}

}  // namespace

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void sync_directory(const std::filesystem::path& directory) {
    const int file = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) fail("cannot open", directory, errno);
    const bool is_synced = fsync(file) == 0;
    const int error = errno;
    close(file);
    if (!is_synced) fail("cannot sync", directory, error);
}

void replace_file(const std::filesystem::path& file, std::string_view text) {
    const std::string temporary = file.string() + ".new";
    const int made = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (made < 0) fail("cannot make", temporary, errno);
    const bool is_written = write_all(made, text) && fsync(made) == 0;
    const int error = errno;
    if (close(made) != 0 || !is_written) fail("cannot write", temporary, error);
    if (rename(temporary.c_str(), file.c_str()) != 0) fail("cannot make", file, errno);
    sync_directory(file.parent_path());
}

}  // namespace infra
