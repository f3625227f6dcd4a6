#include "cli/data_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "cli/exit_code.hpp"

namespace cli {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::filesystem::path& path, int error) {
    throw Exit(ExitCode::data,
               what + " " + path.string() + ": " + std::generic_category().message(error));
}

std::filesystem::path made(std::filesystem::path root) {
    std::error_code error;
    if (std::filesystem::exists(root, error)) return root;
    std::filesystem::create_directories(root.parent_path(), error);
    if (mkdir(root.c_str(), 0700) != 0 && errno != EEXIST) refuse("cannot make", root, errno);
    return root;
}

std::filesystem::path without_end_slash(const std::filesystem::path& path) {
    return path.has_filename() ? path : path.parent_path();
}

void sync_directory(const std::filesystem::path& path) {
    const int directory = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) refuse("cannot open", path, errno);
    const bool is_synced = fsync(directory) == 0;
    const int error = errno;
    close(directory);
    if (!is_synced) refuse("cannot sync", path, error);
}

infra::DirectoryLock locked(const std::filesystem::path& root) try {
    return infra::DirectoryLock(root);
} catch (const std::runtime_error& fault) {
    throw Exit(ExitCode::data, fault.what());
}

// The id in the file, or a new one.
std::string node_of(const std::filesystem::path& path, infra::Ids& ids) {
    std::string node;
    if (std::ifstream file(path); file >> node) return node;
    node = ids.next();
    write_private_file(path, node + "\n");
    return node;
}

}  // namespace

DataDirectory::DataDirectory(const std::filesystem::path& root, infra::Ids& ids)
    : root_(made(without_end_slash(std::filesystem::absolute(root).lexically_normal()))),
      lock_(locked(root_)),
      node_(node_of(root_ / "node", ids)) {}

bool DataDirectory::has_journal(const std::filesystem::path& root) {
    std::error_code error;
    return std::filesystem::exists(root / "journal", error);
}

bool DataDirectory::has_keys_copy() const {
    std::error_code error;
    return std::filesystem::exists(keys_copy(), error);
}

bool DataDirectory::is_used(const std::filesystem::path& root) {
    std::error_code error;
    return std::filesystem::exists(root / "node", error);
}

void DataDirectory::refuse_unused(const std::filesystem::path& root) {
    if (is_used(root)) return;
    throw Exit(ExitCode::data,
               "there is no data in " + root.string() +
                   "; give the directory with --data, or make it with `daybook init`");
}

bool DataDirectory::is_made(const std::filesystem::path& root) {
    std::error_code error;
    return std::filesystem::exists(root / "made", error);
}

void DataDirectory::set_made() const { write_private_file(root_ / "made", ""); }

bool DataDirectory::is_importing() const {
    std::error_code error;
    return !is_restoring_ && std::filesystem::exists(root_ / "importing", error);
}

void DataDirectory::begin_restore() {
    set_importing(true);
    is_restoring_ = true;
}

void DataDirectory::set_importing(bool is_importing) const {
    const std::filesystem::path path = root_ / "importing";
    if (is_importing) return write_private_file(path, "");
    if (unlink(path.c_str()) != 0) refuse("cannot remove", path, errno);
    sync_directory(root_);
}

void write_private_file(const std::filesystem::path& path, const std::string& text) {
    const std::string temporary = path.string() + ".new";
    const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) refuse("cannot make", temporary, errno);
    const bool is_written =
        write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        fsync(file) == 0;
    const int error = errno;
    close(file);
    if (!is_written) refuse("cannot write", temporary, error);
    if (rename(temporary.c_str(), path.c_str()) != 0) refuse("cannot make", path, errno);
    sync_directory(path.parent_path());
}

}  // namespace cli
