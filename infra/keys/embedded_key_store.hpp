// The KeyStore port on a RocksDB database of its own: each key wrapped (XChaCha20-Poly1305, bound
// to its person) by the key-encryption key.
//
// A row is "k" tenant 0x00 user → the wrapped key (nonce ‖ ciphertext ‖ tag), or nothing where the
// key was destroyed, so that it is never made again. A row "c" tenant 0x00 user 0x00 id holds a
// credential, sealed with the person's key. Destroying also drops the wrapped key from all
// files; what a crash interrupts of that is done at the next start ("e" and the row's key).
// A store that lost keys, or was made with another key-encryption key, is refused at the start: its
// persons would look as if they had been erased. Damage that is met later throws
// std::runtime_error.
//
// When the disk is full, keys are refused and taken again once there is space. After a failed sync
// nothing is taken until the next start.
// Threads: all functions may be called from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infra/journal/mark.hpp"
#include "infra/keys/key_cache.hpp"
#include "infra/keys/randomness.hpp"
#include "infra/keys/secret.hpp"
#include "infra/keys/wrapped_keys.hpp"
#include "infra/rocksdb/directory_lock.hpp"
#include "journal/key_store.hpp"

namespace rocksdb {
class DB;
class Env;
class FileSystem;
class Status;
class WriteBatch;
}  // namespace rocksdb

namespace infra {

struct EmbeddedKeyStoreOptions {
    std::filesystem::path directory;
    Secret root_key;
    // Unwrapped keys kept in memory.
    std::size_t cached_keys_max = 100'000;
    // Takes a line for the log. It never holds a key or who a person is.
    std::function<void(std::string_view)> report = [](std::string_view) {};
    // Where files are; the operating system's if there is none. Tests put faults here.
    std::shared_ptr<rocksdb::FileSystem> files;
};

class EmbeddedKeyStore final : public journal::KeyStore, public WrappedKeys {
public:
    // Throws std::runtime_error if the store cannot be opened. REQUIRES: `randomness` outlives
    // this.
    EmbeddedKeyStore(EmbeddedKeyStoreOptions options, Randomness& randomness);
    ~EmbeddedKeyStore() override;
    EmbeddedKeyStore(const EmbeddedKeyStore&) = delete;
    EmbeddedKeyStore& operator=(const EmbeddedKeyStore&) = delete;

    bool create(std::span<const journal::Person> persons) override;
    std::optional<journal::DataKey> find(const journal::Person& person) override;
    bool destroy(const journal::Person& person) override;
    bool keep(const journal::Person& person, const domain::CredentialId& id,
              std::string_view credential) override;
    std::optional<std::string> kept(const journal::Person& person,
                                    const domain::CredentialId& id) override;
    bool drop(const journal::Person& person, const domain::CredentialId& id) override;

    void each(const std::function<void(const WrappedKey&)>& use) override;
    bool add(std::span<const WrappedKey> keys) override;

private:
    enum class State : std::uint8_t { serving, full, broken };

    void open();
    void check_key();
    bool is_ready();
    bool write(rocksdb::WriteBatch& changes);
    std::vector<WrappedKey> part_from(const std::string& first) const;
    std::vector<std::string> credentials_of(const journal::Person& person) const;
    bool drop_bytes_of(const std::string& row);
    std::optional<std::string> load(const std::string& row) const;
    [[noreturn]] void stop_at(const rocksdb::Status& failure) const;
    journal::DataKey unwrap(const std::string& row, const std::string& wrapped) const;

    EmbeddedKeyStoreOptions options_;
    Randomness& randomness_;
    DirectoryLock lock_;
    std::unique_ptr<rocksdb::Env> env_;
    KeyCache cache_;

    std::mutex write_mutex_;  // One change at a time.
    State state_ = State::serving;
    std::unique_ptr<Mark> mark_;  // How many changes were acknowledged.

    // Held shared while a key is on its way from the database to the cache, so that a key that is
    // destroyed meanwhile does not get there.
    mutable std::shared_mutex database_mutex_;
    std::unique_ptr<rocksdb::DB> database_;
};

}  // namespace infra
