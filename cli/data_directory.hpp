// The data directory: what lies where in it, held by one process alone.
//
//     owner                the process that has it
//     node                 the id of this installation, for the readers of the journal
//     journal/             the journal, the one thing that cannot be made again
//     keys/                the key store
//     keys-copy/           on Kafka instead of journal/ and keys/: a copy of the topic of keys
//     key-encryption-key   opens keys/ and *.key; keep a copy elsewhere
//     checkpoints/         what was signed of each shard
//     state/ views*/       derived from the journal; may be deleted while nobody serves. Which
//                          views are live: see view_places.hpp
//     *.key                of the stores above and of cursors; made again if they are lost
//     importing            exists while an import or a restore is under way, or was cut
//     made                 exists when the first tenant and key have been made
//     initial-admin-key    the first API key, until somebody deletes the file
//     control.sock         where `daybook keys` and `daybook tenants` reach a running server
#pragma once

#include <filesystem>
#include <string>

#include "infra/ids.hpp"
#include "infra/rocksdb/directory_lock.hpp"

namespace cli {

class DataDirectory {
public:
    // Makes the directory, for its owner alone, if there is none. Throws Exit (data) if another
    // process has it, or if it cannot be used.
    DataDirectory(const std::filesystem::path& root, infra::Ids& ids);

    // Whether there is a journal in a directory.
    static bool has_journal(const std::filesystem::path& root);
    // Whether it is of a node on Kafka.
    bool has_keys_copy() const;
    // Whether it was ever used.
    static bool is_used(const std::filesystem::path& root);
    // Throws Exit (data) when it was not.
    static void refuse_unused(const std::filesystem::path& root);

    // Whether the first tenant and key have been made.
    static bool is_made(const std::filesystem::path& root);
    bool is_made() const { return is_made(root_); }
    void set_made() const;

    // Whether a journal is being taken in, or that was cut. Of a restore that this process does
    // itself the answer is no: it opens what it has taken in.
    bool is_importing() const;
    void set_importing(bool is_importing) const;
    void begin_restore();

    const std::string& node() const { return node_; }
    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path journal() const { return root_ / "journal"; }
    std::filesystem::path keys() const { return root_ / "keys"; }
    std::filesystem::path keys_copy() const { return root_ / "keys-copy"; }
    std::filesystem::path keys_copy_key() const { return root_ / "keys-copy.key"; }
    std::filesystem::path state() const { return root_ / "state"; }
    std::filesystem::path checkpoints() const { return root_ / "checkpoints"; }
    std::filesystem::path key_encryption_key() const { return root_ / "key-encryption-key"; }
    std::filesystem::path root_key() const { return root_ / "root-key"; }
    std::filesystem::path state_key() const { return root_ / "state.key"; }
    std::filesystem::path initial_admin_key() const { return root_ / "initial-admin-key"; }
    std::filesystem::path control_socket() const { return root_ / "control.sock"; }

private:
    std::filesystem::path root_;
    infra::DirectoryLock lock_;
    std::string node_;
    bool is_restoring_ = false;
};

// Writes a file that only its owner may read, whole or not at all, and syncs it. Throws Exit
// (data).
void write_private_file(const std::filesystem::path& path, const std::string& text);

}  // namespace cli
