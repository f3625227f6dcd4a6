#include "cli/backup_files.hpp"

#include <sodium.h>

#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "cli/data_directory.hpp"
#include "cli/exit_code.hpp"
#include "cli/private_file.hpp"

namespace cli {
namespace {

constexpr std::uint64_t version = 1;
constexpr const char* manifest_name = "manifest.json";

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
    throw Exit(ExitCode::data, "the backup's " + file.string() + " " + why);
}

// A line of the file of who was erased.
struct ErasedLine {
    std::string tenant;
    std::string user;
};
constexpr auto describe(const ErasedLine*) {
    using domain::field;
    return domain::fields(field<&ErasedLine::tenant>("tenant", ""),
                          field<&ErasedLine::user>("user", ""));
}

bool is_of_backups(const std::string& name) {
    return name.starts_with("journal-") || name.starts_with("keys-") || name.starts_with("erased-");
}

}  // namespace

std::optional<Manifest> read_manifest(const std::filesystem::path& directory) {
    const auto path = directory / manifest_name;
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    Manifest manifest;
    if (!codec::read_stored(text, manifest)) refuse(path, "cannot be read");
    if (manifest.v > version) refuse(path, "is of a newer version of the program");
    for (const JournalPart& part : manifest.parts) {
        if (part.shards.size() != manifest.shards) refuse(path, "is damaged");
    }
    for (const Backup& backup : manifest.backups) {
        if (backup.parts > manifest.parts.size()) refuse(path, "is damaged");
    }
    return manifest;
}

void write_manifest(const std::filesystem::path& directory, const Manifest& manifest) {
    write_private_file(directory / manifest_name, codec::to_json(manifest) + "\n");
}

std::vector<journal::LogState> states_behind(const Manifest& manifest, std::uint64_t parts) {
    std::vector<journal::LogState> states(manifest.shards);
    if (parts == 0) return states;
    const JournalPart& last = manifest.parts[parts - 1];
    for (std::size_t shard = 0; shard < states.size(); ++shard) {
        const auto state = journal::parse_log_state(last.shards[shard].end);
        if (!state) throw Exit(ExitCode::data, "the backup's manifest is damaged");
        states[shard] = *state;
    }
    return states;
}

std::string positions_of(const std::vector<journal::LogState>& states) {
    std::string text;
    for (std::size_t shard = 0; shard < states.size(); ++shard) {
        text += (shard == 0 ? "" : " ") + std::to_string(shard) + "-" +
                std::to_string(states[shard].seq);
    }
    return text;
}

void remove_leftovers(const std::filesystem::path& directory, const Manifest& manifest) {
    std::set<std::string> named;
    for (const JournalPart& part : manifest.parts) {
        for (const ShardPart& shard : part.shards) named.insert(shard.file.name);
    }
    for (const auto& file : {manifest.keys, manifest.erased}) {
        if (file) named.insert(file->name);
    }
    for (const auto& file : std::filesystem::directory_iterator(directory)) {
        const std::string name = file.path().filename().string();
        if (is_of_backups(name) && !named.contains(name)) std::filesystem::remove(file.path());
    }
}

StoredFile write_erased(const std::filesystem::path& directory, const std::string& name,
                        const std::vector<journal::Person>& erased) {
    PrivateFile file(directory / name);
    for (const journal::Person& person : erased) {
        file.add(codec::to_json(ErasedLine{person.tenant.text, person.user.text}));
    }
    return file.finish();
}

std::vector<journal::Person> read_erased(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) throw Exit(ExitCode::failure, "cannot read " + path.string());
    std::vector<journal::Person> erased;
    for (std::string line; std::getline(file, line);) {
        ErasedLine one;
        if (!codec::read_stored(line, one) || one.tenant.empty() || one.user.empty()) {
            throw Exit(ExitCode::data, path.string() + " is no list of who was erased: line " +
                                           std::to_string(erased.size() + 1));
        }
        erased.push_back({domain::TenantId{one.tenant}, domain::UserId{one.user}});
    }
    return erased;
}

void check_file(const std::filesystem::path& directory, const StoredFile& file) {
    const auto path = directory / file.name;
    std::ifstream in(path, std::ios::binary);
    if (!in) refuse(path, "is missing");
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    std::array<char, 1 << 16> piece{};
    while (in) {
        in.read(piece.data(), piece.size());
        crypto_hash_sha256_update(&hash, reinterpret_cast<const unsigned char*>(piece.data()),
                                  static_cast<std::size_t>(in.gcount()));
    }
    if (finish_sha256(hash) != file.sha256) refuse(path, "is damaged: its hash is another one");
}

}  // namespace cli
