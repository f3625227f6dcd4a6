// A directory of backups: which files are in it, and which of them count.
//
//     manifest.json         what counts, and the hash of each file; replaced as a whole, last of
//     all journal-P-S.ndjson    part P of the journal, of shard S: records as they are stored, a
//     line
//                           each
//     keys-N.ndjson         the keys of persons as of backup N, wrapped (keys_file.hpp); of the
//                           newest backup alone, so that the keys of the erased are in none
//     erased-N.ndjson       who was erased by then: {"tenant":TENANT,"user":USER} a line
//
// A file that the manifest does not name was left by a backup that was cut, and counts for nothing.
// The key-encryption key is not in it; once that was replaced, the manifest has the root key,
// wrapped by it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/private_file.hpp"
#include "cli/view_digests.hpp"
#include "codec/reflect.hpp"
#include "domain/time.hpp"
#include "journal/key_store.hpp"
#include "journal/validity.hpp"

namespace cli {

// What a part has of a shard, and where the shard's fold stands behind it.
struct ShardPart {
    StoredFile file;
    std::string end;  // A LogState.
};
constexpr auto describe(const ShardPart*) {
    using domain::field;
    return domain::fields(field<&ShardPart::file>("file", ""), field<&ShardPart::end>("end", ""));
}

struct JournalPart {
    std::vector<ShardPart> shards;  // All of them, in order.
};
constexpr auto describe(const JournalPart*) {
    return domain::fields(domain::field<&JournalPart::shards>("shards", ""));
}

struct Backup {
    std::uint64_t parts = 0;  // It is made of the first ones.
    domain::Timestamp time;
    std::string layout;               // Of the views whose digests these are.
    std::vector<ViewDigest> digests;  // None of a node that keeps no views.
};
constexpr auto describe(const Backup*) {
    using domain::field;
    return domain::fields(field<&Backup::parts>("parts", ""), field<&Backup::time>("time", ""),
                          field<&Backup::layout>("layout", ""),
                          field<&Backup::digests>("digests", ""));
}

struct Manifest {
    std::uint64_t v = 1;
    std::uint64_t shards = 0;
    std::string check;  // Of the root key, in base64.
    std::vector<JournalPart> parts;
    std::vector<Backup> backups;
    std::optional<StoredFile> keys;
    std::optional<StoredFile> erased;
    std::optional<std::string> root_key;   // In base64.
    std::vector<std::string> checkpoints;  // The last note of each shard, no later than its end.
};
constexpr auto describe(const Manifest*) {
    using domain::field;
    return domain::fields(
        field<&Manifest::v>("v", ""), field<&Manifest::shards>("shards", ""),
        field<&Manifest::check>("check", ""), field<&Manifest::parts>("parts", ""),
        field<&Manifest::backups>("backups", ""), field<&Manifest::keys>("keys", ""),
        field<&Manifest::erased>("erased", ""), field<&Manifest::root_key>("rootKey", ""),
        field<&Manifest::checkpoints>("checkpoints", ""));
}

// Nothing if there is none. Throws Exit (data) if it cannot be read.
std::optional<Manifest> read_manifest(const std::filesystem::path& directory);
void write_manifest(const std::filesystem::path& directory, const Manifest& manifest);

// Where the shards stand behind the first parts.
std::vector<journal::LogState> states_behind(const Manifest& manifest, std::uint64_t parts);
// The position in each shard, for people.
std::string positions_of(const std::vector<journal::LogState>& states);

// Removes files of backups that the manifest does not name.
void remove_leftovers(const std::filesystem::path& directory, const Manifest& manifest);

// Writes who was erased.
StoredFile write_erased(const std::filesystem::path& directory, const std::string& name,
                        const std::vector<journal::Person>& erased);
// Throws Exit (data).
std::vector<journal::Person> read_erased(const std::filesystem::path& path);

// Throws Exit (data) that names the file when it is not the one that was stored.
void check_file(const std::filesystem::path& directory, const StoredFile& file);

}  // namespace cli
