#include "tests/support/fault_file_system.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <utility>

namespace tests::support {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr std::uint64_t page_bytes = 4096;

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class AppendedFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    AppendedFile(std::unique_ptr<rocksdb::FSWritableFile> file, FaultFileSystem& disk,
                 std::string path)
        : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), path_(std::move(path)) {}

    using FSWritableFileOwnerWrapper::Append;
    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
        auto status = disk_.take_space(data.size());
        if (status.ok()) status = FSWritableFileOwnerWrapper::Append(data, options, debug);
        if (status.ok()) disk_.appended(path_, data.size());
        return status;
    }
    IOStatus Append(const Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo& /*checksum*/,
                    IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
        return disk_.sync(path_);
    }
    IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
        return disk_.sync(path_);
    }
    IOStatus RangeSync(std::uint64_t /*offset*/, std::uint64_t /*size*/,
                       const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
        return IOStatus::OK();
    }
    IOStatus Truncate(std::uint64_t /*size*/, const IOOptions& /*options*/,
                      IODebugContext* /*debug*/) override {
        return IOStatus::OK();  // RocksDB only cuts off what it had allocated ahead.
    }

private:
    FaultFileSystem& disk_;
    std::string path_;
};

class OverwrittenFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
public:
    OverwrittenFile(std::unique_ptr<rocksdb::FSRandomRWFile> file, FaultFileSystem& disk,
                    std::string path)
        : FSRandomRWFileOwnerWrapper(std::move(file)), disk_(disk), path_(std::move(path)) {}

    IOStatus Write(std::uint64_t position, const Slice& data, const IOOptions& options,
                   IODebugContext* debug) override {
        // It takes no space: its pages are there.
        auto status = disk_.take_space(0);
        if (status.ok()) disk_.overwritten(path_, position, data.ToString());
        if (status.ok()) {
            status = FSRandomRWFileOwnerWrapper::Write(position, data, options, debug);
        }
        return status;
    }
    IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
        return disk_.sync(path_);
    }
    IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
        return disk_.sync(path_);
    }

private:
    FaultFileSystem& disk_;
    std::string path_;
};

class SyncedDirectory final : public rocksdb::FSDirectoryWrapper {
public:
    SyncedDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, FaultFileSystem& disk,
                    std::string path)
        : FSDirectoryWrapper(std::move(directory)), disk_(disk), path_(std::move(path)) {}

    IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
        disk_.directory_synced(path_);
        return IOStatus::OK();
    }
    IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                                 const rocksdb::DirFsyncOptions& /*what*/) override {
        return Fsync(options, debug);
    }

private:
    FaultFileSystem& disk_;
    std::string path_;
};

}  // namespace

IOStatus FaultFileSystem::take_space(std::uint64_t bytes) {
    std::uint64_t left = space_;
    do {
        if (left < bytes) return IOStatus::NoSpace("While appending to file: No space left");
    } while (!space_.compare_exchange_weak(left, left - bytes));
    return IOStatus::OK();
}

void FaultFileSystem::appended(const std::string& path, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (!off_) files_[path].size += bytes;
}

void FaultFileSystem::overwritten(const std::string& path, std::uint64_t position,
                                  const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    if (!off_) files_[path].overwrites.push_back({position, bytes});
}

IOStatus FaultFileSystem::sync(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (off_) return IOStatus::OK();
    if (!failing_syncs_.empty() && path.find(failing_syncs_) != std::string::npos) {
        ++failed_syncs_;
        return IOStatus::IOError("While fdatasync: " + path, "Input/output error");
    }
    File& file = files_[path];
    file.synced_size = file.size;
    for (const Write& write : file.overwrites) {
        file.synced_image.replace(write.position, write.bytes.size(), write.bytes);
    }
    file.overwrites.clear();
    return IOStatus::OK();
}

void FaultFileSystem::directory_synced(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (off_) return;
    for (auto& [name, file] : files_) {
        if (std::filesystem::path(name).parent_path() == std::filesystem::path(path)) {
            file.is_named = true;
        }
    }
}

void FaultFileSystem::power_off() {
    const std::lock_guard lock(mutex_);
    off_ = true;
}

void FaultFileSystem::fail_syncs_of(std::string part_of_path) {
    const std::lock_guard lock(mutex_);
    failing_syncs_ = std::move(part_of_path);
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& path,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* result,
                                          IODebugContext* debug) {
    auto status = FileSystemWrapper::NewWritableFile(path, options, result, debug);
    if (!status.ok()) return status;
    const std::lock_guard lock(mutex_);
    if (off_) {
        made_while_off_.push_back(path);
    } else {
        files_[path] = {};
    }
    *result = std::make_unique<AppendedFile>(std::move(*result), *this, path);
    return status;
}

IOStatus FaultFileSystem::NewRandomRWFile(const std::string& path,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                          IODebugContext* debug) {
    auto status = FileSystemWrapper::NewRandomRWFile(path, options, result, debug);
    if (!status.ok()) return status;
    const std::lock_guard lock(mutex_);
    File& file = files_[path];
    file.synced_image = contents(path);
    file.size = file.synced_size = file.synced_image.size();
    file.is_named = true;
    *result = std::make_unique<OverwrittenFile>(std::move(*result), *this, path);
    return status;
}

IOStatus FaultFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                       std::unique_ptr<rocksdb::FSDirectory>* result,
                                       IODebugContext* debug) {
    auto status = FileSystemWrapper::NewDirectory(path, options, result, debug);
    if (status.ok()) {
        *result = std::make_unique<SyncedDirectory>(std::move(*result), *this, path);
    }
    return status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& path, const IOOptions& options,
                                     IODebugContext* debug) {
    const std::lock_guard lock(mutex_);
    if (off_) return IOStatus::OK();
    files_.erase(path);
    return FileSystemWrapper::DeleteFile(path, options, debug);
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to,
                                     const IOOptions& options, IODebugContext* debug) {
    const std::lock_guard lock(mutex_);
    if (off_) return IOStatus::OK();
    auto status = FileSystemWrapper::RenameFile(from, to, options, debug);
    if (status.ok() && files_.contains(from)) {
        files_[to] = std::move(files_[from]);
        files_.erase(from);
    }
    return status;
}

IOStatus FaultFileSystem::GetFreeSpace(const std::string& /*path*/, const IOOptions& /*options*/,
                                       std::uint64_t* free, IODebugContext* /*debug*/) {
    *free = space_;
    return IOStatus::OK();
}

// Each page holds what was synced or some later write, and the pages do not agree on which.
void FaultFileSystem::forget_pages(const std::string& path, const File& file, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::string image = file.synced_image;
    for (std::uint64_t page = 0; page * page_bytes < image.size(); ++page) {
        const std::size_t kept = random() % (file.overwrites.size() + 1);
        for (std::size_t i = 0; i < kept; ++i) {
            const Write& write = file.overwrites[i];
            if (write.position / page_bytes != page) continue;
            image.replace(write.position, write.bytes.size(), write.bytes);
        }
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << image;
}

void FaultFileSystem::power_on(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const std::lock_guard lock(mutex_);
    for (const auto& [path, file] : files_) {
        if (!std::filesystem::exists(path)) continue;
        if (!file.synced_image.empty()) {
            forget_pages(path, file, random());
        } else if (!file.is_named && random() % 2 == 0) {
            std::filesystem::remove(path);
        } else {
            const std::uint64_t unsynced = file.size - file.synced_size;
            std::filesystem::resize_file(path, file.synced_size + random() % (unsynced + 1));
        }
    }
    for (const auto& path : made_while_off_) std::filesystem::remove(path);
    made_while_off_.clear();
    files_.clear();
    off_ = false;
}

}  // namespace tests::support
