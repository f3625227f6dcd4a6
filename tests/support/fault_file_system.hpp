// A disk that fails as real ones do: it forgets what was not synced, refuses to sync, and is full.
//
// It lies over the operating system's files (use a directory in memory: nothing is really synced).
// A test ends a "process" so: `power_off()`, destroy the engine, `power_on(seed)`. Then each file
// written since has what was synced and, by the seed's choice, some of what was not.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tests::support {

class FaultFileSystem final : public rocksdb::FileSystemWrapper {
public:
    FaultFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

    // From here on nothing lasts. It seems to, though: RocksDB waits long after errors.
    void power_off();
    void power_on(std::uint64_t seed);

    // So many bytes can still be written; then the disk is full.
    void set_space(std::uint64_t bytes) { space_ = bytes; }
    // Each sync of a file whose path contains this fails; none if it is empty.
    void fail_syncs_of(std::string part_of_path);
    // How often a sync of such a file was tried since.
    int failed_syncs() const { return failed_syncs_; }

    const char* Name() const override { return "FaultFileSystem"; }
    rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* result,
                                      rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                      rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* result,
                                   rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                                 const rocksdb::IOOptions& options,
                                 rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                   std::uint64_t* free, rocksdb::IODebugContext* debug) override;

    // The disk's side of the files it has handed out.
    rocksdb::IOStatus take_space(std::uint64_t bytes);
    void appended(const std::string& path, std::uint64_t bytes);
    void overwritten(const std::string& path, std::uint64_t position, const std::string& bytes);
    rocksdb::IOStatus sync(const std::string& path);
    void directory_synced(const std::string& path);

private:
    struct Write {
        std::uint64_t position;
        std::string bytes;
    };
    struct File {
        std::uint64_t size = 0;
        std::uint64_t synced_size = 0;
        bool is_named = false;          // Its directory was synced since it was made.
        std::string synced_image;       // Of a file that is overwritten in place.
        std::vector<Write> overwrites;  // Since its last sync.
    };

    void forget_pages(const std::string& path, const File& file, std::uint64_t seed);

    std::atomic<std::uint64_t> space_ = std::uint64_t{1} << 40;
    std::atomic<int> failed_syncs_ = 0;
    std::mutex mutex_;  // Of all below.
    bool off_ = false;
    std::vector<std::string> made_while_off_;
    std::map<std::string, File> files_;
    std::string failing_syncs_;
};

}  // namespace tests::support
