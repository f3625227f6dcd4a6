#include "cli/backup.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "cli/backup_files.hpp"
#include "cli/exit_code.hpp"
#include "cli/journal_walk.hpp"
#include "cli/keys_file.hpp"
#include "cli/opened.hpp"
#include "cli/private_file.hpp"
#include "cli/view_digests.hpp"
#include "infra/keys/sealing.hpp"
#include "infra/rocksdb/directory_lock.hpp"
#include "journal/keyless_reader.hpp"
#include "projections/row_keys.hpp"

namespace cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds progress_interval{1};

// What the views showed at one moment.
struct Aim {
    std::vector<journal::LogState> states;  // By shard.
    Backup backup;
};

Aim aim_of(const Node& node) {
    Aim aim;
    const auto snapshot = node.view_rows().snapshot();
    for (journal::ShardNumber shard = 0; shard < node.journal().shards(); ++shard) {
        const auto text = snapshot->get(projections::position_key(shard));
        const auto state = text ? journal::parse_log_state(*text) : journal::LogState{};
        if (!state) throw Exit(ExitCode::failure, "the position of the views cannot be read");
        aim.states.push_back(*state);
    }
    aim.backup.time = node.clock().now();
    if (!node.roles().query) return aim;
    aim.backup.layout = snapshot->get(projections::layout_key).value_or("");
    aim.backup.digests = view_digests(*snapshot, node.journal().shards());
    return aim;
}

// What was signed last; empty where nothing was.
std::vector<std::string> checkpoints_of(const Node& node) {
    std::vector<std::string> notes;
    if (node.checkpoints() == nullptr) return notes;
    for (journal::ShardNumber shard = 0; shard < node.journal().shards(); ++shard) {
        const auto last = node.checkpoints()->of(shard).latest();
        notes.push_back(last == nullptr ? "" : last->note);
    }
    return notes;
}

// A file to be made in the place of one that a backup left that was cut.
std::filesystem::path emptied(const std::filesystem::path& path) {
    std::filesystem::remove(path);
    return path;
}

class BackupRun {
public:
    BackupRun(Node& node, std::filesystem::path directory, Console& console,
              const BackupLimits& limits)
        : node_(node), directory_(std::move(directory)), console_(console), limits_(limits) {}

    void run() {
        std::filesystem::create_directories(directory_);
        std::filesystem::permissions(directory_, std::filesystem::perms::owner_all);
        const infra::DirectoryLock lock(directory_);
        begin();
        auto checkpoints = checkpoints_of(node_);  // Before, so that they are of what is copied.
        Aim aim = aim_of(node_);
        while (is_behind(aim.states)) {
            manifest_.parts.push_back(next_part(aim.states));
            write_manifest(directory_, manifest_);
        }
        refuse_other_journal(aim.states);
        if (!checkpoints.empty()) manifest_.checkpoints = std::move(checkpoints);
        finish(std::move(aim.backup));
    }

private:
    void begin() {
        if (auto found = read_manifest(directory_)) manifest_ = *std::move(found);
        const bool is_new = manifest_.check.empty();
        if (is_new) {
            manifest_.shards = node_.journal().shards();
            manifest_.check = infra::to_base64(node_.key_check());
        }
        const auto check = infra::from_base64(manifest_.check);
        if (!check || !node_.opens(*check) || manifest_.shards != node_.journal().shards()) {
            refuse("is of another installation: its key-encryption key is another one");
        }
        remove_leftovers(directory_, manifest_);
        states_ = states_behind(manifest_, manifest_.parts.size());
    }

    bool is_behind(const std::vector<journal::LogState>& aim) const {
        for (std::size_t shard = 0; shard < aim.size(); ++shard) {
            if (states_[shard].offset < aim[shard].offset) return true;
        }
        return false;
    }

    JournalPart next_part(const std::vector<journal::LogState>& aim) {
        JournalPart part;
        std::uint64_t left = limits_.part_bytes_max;
        for (std::size_t shard = 0; shard < aim.size(); ++shard) {
            part.shards.push_back(
                next_part_of(static_cast<journal::ShardNumber>(shard), aim[shard].offset, left));
        }
        return part;
    }

    ShardPart next_part_of(journal::ShardNumber shard, journal::Offset end, std::uint64_t& left) {
        const std::string name = "journal-" + std::to_string(manifest_.parts.size() + 1) + "-" +
                                 std::to_string(shard) + ".ndjson";
        PrivateFile file(emptied(directory_ / name));
        journal::LogFold fold(shard, std::move(states_[shard]));
        if (left > 0) {
            walk_journal(node_.journal(), shard, fold.state().offset, end,
                         [&](const journal::Record& record) {
                             add(fold, record, file);
                             return file.bytes() < left;
                         });
        }
        StoredFile stored = file.finish();
        left -= std::min(left, stored.bytes);
        states_[shard] = fold.state();
        return {std::move(stored), journal::to_text(fold.state())};
    }

    void add(journal::LogFold& fold, const journal::Record& record, PrivateFile& file) {
        const auto judged = fold.take(record, reader_.codec());
        if (!judged) {
            throw Exit(ExitCode::failure, "record " + std::to_string(record.offset) +
                                              " of the journal cannot be read: " +
                                              std::string(domain::name(judged.error())));
        }
        file.add(*record.bytes);
        ++records_;
        if (console_.is_canceled()) throw Exit(ExitCode::failure, "it was canceled");
        if (steady_clock::now() - told_ < progress_interval) return;
        console_.tell(std::to_string(records_) + " records backed up");
        told_ = steady_clock::now();
    }

    // Judged from what was backed up before, the journal comes to what the views have judged.
    void refuse_other_journal(const std::vector<journal::LogState>& aim) const {
        for (std::size_t shard = 0; shard < aim.size(); ++shard) {
            if (states_[shard].seq == aim[shard].seq && states_[shard].head == aim[shard].head) {
                continue;
            }
            refuse(
                "does not go on with this journal, which is another one or was restored to an "
                "earlier position");
        }
    }
    [[noreturn]] void refuse(const std::string& why) const {
        throw Exit(ExitCode::data,
                   directory_.string() + " " + why + ": back up into another directory");
    }

    // Keys are made before the entries that need them, so all that are needed are there now.
    void finish(Backup backup) {
        const std::string number = std::to_string(manifest_.backups.size() + 1);
        std::vector<ShardEnd> ends;
        for (const auto& state : states_) ends.push_back({state.seq, state.head});
        std::vector<journal::Person> erased;
        const std::string keys = "keys-" + number + ".ndjson";
        manifest_.keys = write_keys_file(emptied(directory_ / keys), node_.key_check(),
                                         node_.wrapped_keys(), ends, &erased);
        const std::string list = "erased-" + number + ".ndjson";
        emptied(directory_ / list);
        manifest_.erased = write_erased(directory_, list, erased);
        manifest_.root_key = node_.wrapped_root_key();
        backup.parts = manifest_.parts.size();
        const std::string time = domain::to_rfc3339(backup.time);
        manifest_.backups.push_back(std::move(backup));
        write_manifest(directory_, manifest_);
        remove_leftovers(directory_, manifest_);
        console_.print("backup " + number + " of " + positions_of(states_) + " at " + time + ": " +
                       std::to_string(records_) + " records more, " +
                       std::to_string(erased.size()) + " persons erased by now");
    }

    Node& node_;
    std::filesystem::path directory_;
    Console& console_;
    BackupLimits limits_;
    journal::KeylessReader reader_;
    Manifest manifest_;
    std::vector<journal::LogState> states_;  // Behind all parts.
    std::uint64_t records_ = 0;
    steady_clock::time_point told_ = steady_clock::now();
};

}  // namespace

void back_up(Node& node, const std::filesystem::path& directory, Console& console,
             const BackupLimits& limits) {
    opened("the backup", [&] {
        BackupRun(node, directory, console, limits).run();
        return true;
    });
}

}  // namespace cli
