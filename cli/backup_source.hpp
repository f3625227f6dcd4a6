// What a directory of backups has, for restoring: its newest backup that is whole, judged to its
// end.
//
// All throws Exit (data) that names the file when it is not as it was stored.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/backup_files.hpp"
#include "cli/keys_file.hpp"

namespace cli {

// Up to where the journal is to be restored: all of it, of each shard up to a position, or up to a
// time.
struct Aim {
    std::vector<std::optional<journal::Seq>> seqs;  // By shard.
    std::optional<domain::Timestamp> time;
};
// Throws Exit (usage).
Aim parse_aim(const std::vector<std::string>& to, journal::ShardNumber shards);

// A prefix of each shard.
struct Cut {
    struct Shard {
        journal::LogState state;
        std::uint64_t lines = 0;
    };
    std::vector<Shard> shards;
    // Whom the journal erases, also behind the cut.
    std::vector<journal::Person> erased;

    std::vector<ShardEnd> ends() const;
    domain::Timestamp time() const;  // Of its last entry.
    std::string text() const;        // "0-17 1-4".
};

class BackupSource {
public:
    explicit BackupSource(std::filesystem::path directory);

    const Manifest& manifest() const { return manifest_; }
    journal::ShardNumber shards() const {
        return static_cast<journal::ShardNumber>(manifest_.shards);
    }
    // Who was erased when the newest backup was made.
    const std::vector<journal::Person>& erased() const { return erased_; }
    std::string end_text() const;

    // Reads all files, follows the chain to the end, and finds the place.
    Cut judge(const Aim& aim) const;
    // The backup that is of just this place; null if none is.
    const Backup* backup_at(const Cut& cut) const;

    // The lines up to the cut, one by one.
    std::function<bool(std::string&)> lines(const Cut& cut) const;
    void read_keys(const std::function<void(std::span<const infra::WrappedKey>)>& use) const;

private:
    Cut::Shard judge_shard(journal::ShardNumber shard, const Aim& aim,
                           std::vector<journal::Person>& erased) const;
    std::vector<std::filesystem::path> files_of(journal::ShardNumber shard) const;

    std::filesystem::path directory_;
    Manifest manifest_;
    std::uint64_t parts_ = 0;  // Of the newest backup.
    std::vector<journal::Person> erased_;
};

}  // namespace cli
