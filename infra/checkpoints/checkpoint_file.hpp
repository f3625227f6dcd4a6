// The checkpoints of a shard in a file of their own: signed notes, an empty line behind each, only
// ever appended to.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "journal/checkpoint.hpp"

namespace infra {

class CheckpointFile {
public:
    // Opens the file or makes one. What a crash left of a last note is cut off. Throws
    // std::runtime_error when the disk refuses, or when the file does not end with a checkpoint of
    // the shard that this key signed.
    CheckpointFile(std::filesystem::path path, journal::ShardNumber shard,
                   const journal::NoteVerifier& verifier);
    ~CheckpointFile();
    CheckpointFile(const CheckpointFile&) = delete;
    CheckpointFile& operator=(const CheckpointFile&) = delete;

    // The last one; nothing in a new file.
    const std::optional<journal::SignedCheckpoint>& last() const { return last_; }

    // True when it is on the disk. False when the disk is full: nothing was written. Throws
    // std::runtime_error when it is not known what is on the disk: the file takes nothing more.
    bool append(const journal::SignedCheckpoint& checkpoint);

private:
    std::string read_end() const;
    void find_last(journal::ShardNumber shard, const journal::NoteVerifier& verifier);
    void cut(std::uint64_t size);
    void keep(std::uint64_t size, bool is_whole);
    [[noreturn]] void fail(std::string_view what) const;

    std::filesystem::path path_;
    int file_ = -1;
    std::uint64_t size_ = 0;
    std::optional<journal::SignedCheckpoint> last_;
};

}  // namespace infra
