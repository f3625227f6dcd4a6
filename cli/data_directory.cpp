#include "cli/data_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "cli/exit_code.hpp"
#include "infra/durable_files.hpp"

namespace cli {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::filesystem::path& path, int error) {
    throw Exit(ExitCode::data,
               what + " " + path.string() + ": " + std::generic_category().message(error));
}

template <class F>
void or_refuse(F use) try {
    use();
} catch (const std::system_error& failure) {
    throw Exit(ExitCode::data, failure.what());
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
    or_refuse([this] { infra::sync_directory(root_); });
}

void write_private_file(const std::filesystem::path& path, const std::string& text) {
    or_refuse([&] { infra::replace_file(path, text); });
}

}  // namespace cli
