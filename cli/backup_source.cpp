#include "cli/backup_source.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <utility>

#include "cli/exit_code.hpp"
#include "journal/erasure.hpp"
#include "journal/keyless_reader.hpp"
#include "projections/feed.hpp"

namespace cli {
namespace {

[[noreturn]] void refuse_position(const std::string& why) {
    throw Exit(ExitCode::usage, "--to: " + why);
}

// The lines of some files, one after another.
class Lines {
public:
    explicit Lines(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}

    bool next(std::string& line) {
        while (true) {
            if (file_.is_open() && std::getline(file_, line)) return true;
            if (file_.bad()) throw Exit(ExitCode::failure, "the backup cannot be read");
            if (next_file_ == files_.size()) return false;
            file_ = std::ifstream(files_[next_file_++], std::ios::binary);
            if (!file_) throw Exit(ExitCode::failure, "the backup cannot be read");
        }
    }

private:
    std::vector<std::filesystem::path> files_;
    std::size_t next_file_ = 0;
    std::ifstream file_;
};

bool is_within(const journal::LogState& state, const Aim& aim, journal::ShardNumber shard) {
    if (aim.time && state.time > *aim.time) return false;
    return !aim.seqs[shard] || state.seq <= *aim.seqs[shard];
}

void note_erased(const journal::Judged& judged, std::vector<journal::Person>& erased) {
    const auto* const entry = std::get_if<journal::Entry>(&judged.record);
    if (entry == nullptr || judged.verdict != journal::Verdict::valid) return;
    for (const auto& event : entry->events) {
        if (const auto user = journal::erased_by(event.subject, event.event)) {
            erased.push_back({entry->tenant, *user});
        }
    }
}

}  // namespace

Aim parse_aim(const std::vector<std::string>& to, journal::ShardNumber shards) {
    Aim aim;
    aim.seqs.resize(shards);
    for (const std::string& text : to) {
        if (const auto time = domain::parse_rfc3339(text)) {
            if (to.size() > 1) refuse_position("a time stands alone");
            aim.time = *time;
            continue;
        }
        const auto place = projections::parse_feed_place(text);
        if (!place || place->events != projections::FeedPlace::all_events) {
            refuse_position(text +
                            " is no position such as 0-1201, and no time such as "
                            "2027-01-31T00:00:00Z");
        }
        if (place->shard >= shards) {
            refuse_position("there is no shard " + std::to_string(place->shard));
        }
        if (aim.seqs[place->shard]) refuse_position("there is one position for a shard");
        aim.seqs[place->shard] = place->seq;
    }
    return aim;
}

std::vector<ShardEnd> Cut::ends() const {
    std::vector<ShardEnd> all;
    for (const Shard& shard : shards) all.push_back({shard.state.seq, shard.state.head});
    return all;
}

domain::Timestamp Cut::time() const {
    domain::Timestamp latest;
    for (const Shard& shard : shards) latest = std::max(latest, shard.state.time);
    return latest;
}

std::string Cut::text() const {
    std::vector<journal::LogState> states;
    for (const Shard& shard : shards) states.push_back(shard.state);
    return positions_of(states);
}

BackupSource::BackupSource(std::filesystem::path directory) : directory_(std::move(directory)) {
    auto found = read_manifest(directory_);
    if (!found || found->backups.empty() || !found->keys || !found->erased) {
        throw Exit(ExitCode::data, "there is no backup in " + directory_.string() +
                                       (found ? ", only one that was cut" : ""));
    }
    manifest_ = *std::move(found);
    parts_ = manifest_.backups.back().parts;
    check_file(directory_, *manifest_.keys);
    check_file(directory_, *manifest_.erased);
    erased_ = read_erased(directory_ / manifest_.erased->name);
}

std::string BackupSource::end_text() const {
    return positions_of(states_behind(manifest_, parts_));
}

std::vector<std::filesystem::path> BackupSource::files_of(journal::ShardNumber shard) const {
    std::vector<std::filesystem::path> files;
    for (std::uint64_t part = 0; part < parts_; ++part) {
        files.push_back(directory_ / manifest_.parts[part].shards[shard].file.name);
    }
    return files;
}

Cut BackupSource::judge(const Aim& aim) const {
    for (std::uint64_t part = 0; part < parts_; ++part) {
        for (const ShardPart& shard : manifest_.parts[part].shards) {
            check_file(directory_, shard.file);
        }
    }
    Cut cut;
    bool has_any = false;
    for (journal::ShardNumber shard = 0; shard < shards(); ++shard) {
        cut.shards.push_back(judge_shard(shard, aim, cut.erased));
        has_any = has_any || cut.shards.back().lines > 0;
    }
    if (!has_any) refuse_position("there was nothing at that time");
    return cut;
}

Cut::Shard BackupSource::judge_shard(journal::ShardNumber shard, const Aim& aim,
                                     std::vector<journal::Person>& erased) const {
    const journal::KeylessReader reader;
    journal::LogFold fold(shard, {});
    Lines lines(files_of(shard));
    Cut::Shard cut;
    std::uint64_t count = 0;
    for (std::string line; lines.next(line);) {
        ++count;
        const auto record = std::make_shared<const std::string>(std::move(line));
        const auto judged = fold.take({count, record}, reader.codec());
        if (!judged) {
            throw Exit(ExitCode::data, "record " + std::to_string(count) + " of shard " +
                                           std::to_string(shard) + " in the backup cannot be " +
                                           "read: " + std::string(domain::name(judged.error())));
        }
        note_erased(*judged, erased);
        if (judged->verdict != journal::Verdict::valid || !is_within(fold.state(), aim, shard)) {
            continue;
        }
        cut = {fold.state(), count};
    }
    const journal::LogState end = states_behind(manifest_, parts_)[shard];
    if (fold.state().seq != end.seq || fold.state().head != end.head) {
        throw Exit(ExitCode::data, "the chain of shard " + std::to_string(shard) +
                                       " in the backup does not end as its manifest says");
    }
    if (aim.seqs[shard] && *aim.seqs[shard] > end.seq) {
        refuse_position("the backup ends at " + end_text());
    }
    return cut;
}

const Backup* BackupSource::backup_at(const Cut& cut) const {
    for (const Backup& backup : manifest_.backups) {
        const auto states = states_behind(manifest_, backup.parts);
        bool is_there = true;
        for (std::size_t shard = 0; shard < states.size(); ++shard) {
            is_there = is_there && states[shard].seq == cut.shards[shard].state.seq;
        }
        if (is_there) return &backup;
    }
    return nullptr;
}

std::function<bool(std::string&)> BackupSource::lines(const Cut& cut) const {
    struct Walk {
        std::size_t shard = 0;
        std::uint64_t left = 0;
        std::optional<Lines> lines;
    };
    const auto walk = std::make_shared<Walk>();
    return [this, &cut, walk](std::string& line) {
        while (true) {
            if (walk->left > 0 && walk->lines->next(line)) {
                --walk->left;
                return true;
            }
            if (walk->shard == cut.shards.size()) return false;
            walk->lines.emplace(files_of(static_cast<journal::ShardNumber>(walk->shard)));
            walk->left = cut.shards[walk->shard++].lines;
        }
    };
}

void BackupSource::read_keys(
    const std::function<void(std::span<const infra::WrappedKey>)>& use) const {
    KeysFile(directory_ / manifest_.keys->name).read(use);
}

}  // namespace cli
