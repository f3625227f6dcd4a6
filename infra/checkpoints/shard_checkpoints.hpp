// The checkpoints of one shard: signs what its tree has become, and never a tree that does not
// begin with the one that was signed before.
//
// A checkpoint is shown to others when it is in the file of checkpoints, on the disk. What was
// signed before comes from that file and, where several nodes sign, from where they publish: so it
// holds across restarts, restores and nodes. A tree that contradicts it is never signed, nor is any
// that comes after: somebody has to look.
//
// Threads: `sign` and `take_published` by one thread at a time; the rest by any.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infra/checkpoints/checkpoint_file.hpp"
#include "journal/checkpoint.hpp"
#include "journal/rows.hpp"
#include "projections/freshness.hpp"

namespace infra {

// Why nothing is signed. What is not for good is tried again.
enum class SigningFault : std::uint8_t {
    none,
    views_behind,     // Not for good: the views do not show yet what was signed.
    disk_full,        // Not for good.
    inconsistent,     // What was signed before is not the beginning of this journal.
    journal_shorter,  // The same: this journal ends before it.
    file_unusable,    // The file of checkpoints cannot be read, or written to.
    views_unreadable  // The rows of the tree fail: restart, and they are derived again.
};
constexpr auto describe(const SigningFault*) {
    return domain::wire_names("none", "views_behind", "disk_full", "inconsistent",
                              "journal_shorter", "file_unusable", "views_unreadable");
}

struct SigningStatus {
    std::uint64_t size = 0;  // Of the last checkpoint.
    SigningFault fault = SigningFault::none;
    bool is_stopped = false;  // For good.
    bool operator==(const SigningStatus&) const = default;
};

class ShardCheckpoints {
public:
    struct Parts {
        journal::ShardNumber shard = 0;
        const journal::Rows& rows;  // Of the views.
        const journal::NoteSigner& signer;
        std::filesystem::path file;
        // Takes a line for the log.
        std::function<void(std::string_view)> report = [](std::string_view) {};
    };
    explicit ShardCheckpoints(Parts parts);
    ShardCheckpoints(const ShardCheckpoints&) = delete;
    ShardCheckpoints& operator=(const ShardCheckpoints&) = delete;

    // The note that another node published last: the next that is signed has to begin with it, too.
    void take_published(std::string_view note);

    // Signs the tree if it has grown; the checkpoint, if it did. `has_all` says that the views show
    // everything that the journal has.
    std::shared_ptr<const journal::SignedCheckpoint> sign(bool has_all);

    // The last one; null if there is none.
    std::shared_ptr<const journal::SignedCheckpoint> latest() const;
    SigningStatus status() const;
    // How far they are, for who waits.
    projections::Freshness& covered() { return *covered_; }

private:
    std::shared_ptr<const journal::SignedCheckpoint> try_to_sign(bool has_all);
    void stop(SigningFault fault, std::string_view why);
    void set_fault(SigningFault fault);

    Parts parts_;
    journal::NoteVerifier verifier_;
    std::optional<CheckpointFile> file_;
    std::vector<journal::Checkpoint> before_;  // What the next one has to begin with.
    bool is_compared_ = false;                 // With the tree, since there is this program.

    mutable std::mutex mutex_;  // Of the two below.
    std::shared_ptr<const journal::SignedCheckpoint> latest_;
    SigningStatus status_;
    std::unique_ptr<projections::Freshness> covered_;
};

}  // namespace infra
