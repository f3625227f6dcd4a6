#include "infra/keys/embedded_key_store.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "infra/keys/sealing.hpp"
#include "infra/rocksdb/silent_log.hpp"

namespace infra {
namespace {

using journal::DataKey;
using journal::Person;

// Says whether another key-encryption key is the same.
constexpr std::string_view check_row = "check";
constexpr std::size_t write_buffer_bytes = 1 << 20;

// Tenant and user, apart from one another because an id holds no zero byte.
std::string row_of(const Person& person) {
    std::string row = "k" + person.tenant.text;
    row += '\0';
    return row + person.user.text;
}

std::string credential_rows_of(const Person& person) {
    std::string rows = row_of(person);
    rows.front() = 'c';
    return rows + '\0';
}

// Of a row's key without its tag.
Person person_of(const std::string& text) {
    const auto zero = text.find('\0');
    return {domain::TenantId{text.substr(0, zero)}, domain::UserId{text.substr(zero + 1)}};
}

std::string pending_row_of(const std::string& row) { return "e" + row; }

rocksdb::Options database_options(rocksdb::Env* env) {
    rocksdb::BlockBasedTableOptions table;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.cache_index_and_filter_blocks = true;
    // In parts, or the filter of very many persons would not fit a shard of the cache.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;

    rocksdb::Options options;
    options.env = env;
    options.create_if_missing = true;
    options.info_log = std::make_shared<SilentLog>();
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.write_buffer_size = write_buffer_bytes;
    options.target_file_size_base = 4 << 20;  // What one destruction rewrites.
    options.max_open_files = 64;
    options.manifest_preallocation_size = 64 << 10;
    options.compression = rocksdb::kNoCompression;
    return options;
}

}  // namespace

EmbeddedKeyStore::EmbeddedKeyStore(EmbeddedKeyStoreOptions options, Randomness& randomness)
    : options_(std::move(options)),
      randomness_(randomness),
      lock_(options_.directory),
      cache_(options_.cached_keys_max) {
    if (!options_.files) options_.files = rocksdb::FileSystem::Default();
    env_ = rocksdb::NewCompositeEnv(options_.files);
    refuse_lost_mark(*options_.files, options_.directory / "mark",
                     options_.directory / "keys/CURRENT");
    mark_ = std::make_unique<Mark>(options_.files, options_.directory / "mark", 1);
    open();
    check_key();
}

EmbeddedKeyStore::~EmbeddedKeyStore() { mark_->sync(); }

void EmbeddedKeyStore::open() {
    rocksdb::DB* opened = nullptr;
    const std::string path = (options_.directory / "keys").string();
    const auto status = rocksdb::DB::Open(database_options(env_.get()), path, &opened);
    if (!status.ok()) throw std::runtime_error("cannot open " + path + ": " + status.ToString());
    {
        const std::unique_lock lock(database_mutex_);
        database_.reset(opened);
    }
    const std::uint64_t changes = database_->GetLatestSequenceNumber();
    const std::uint64_t acknowledged = mark_->shards().front().acknowledged;
    if (changes < acknowledged) {
        throw std::runtime_error("the key store in " + path + " has lost the last " +
                                 std::to_string(acknowledged - changes) + " of its changes");
    }
    std::vector<std::string> pending;
    const std::unique_ptr<rocksdb::Iterator> walk(database_->NewIterator({}));
    for (walk->Seek("e"); walk->Valid() && walk->key().starts_with("e"); walk->Next()) {
        pending.push_back(walk->key().ToString().substr(1));
    }
    for (const auto& row : pending) drop_bytes_of(row);
}

void EmbeddedKeyStore::check_key() {
    const auto found = load(std::string(check_row));
    const Secret& key = options_.root_key;
    if (found) {
        if (opens(key, *found)) return;
        throw std::runtime_error("the keys in " + options_.directory.string() +
                                 " were wrapped with another key-encryption key");
    }
    if (mark_->shards().front().acknowledged > 0) {
        throw std::runtime_error("the key store in " + options_.directory.string() + " is damaged");
    }
    rocksdb::WriteBatch changes;
    changes.Put({check_row.data(), check_row.size()}, key_check(key, randomness_));
    if (!write(changes)) {
        throw std::runtime_error("cannot write the key store in " + options_.directory.string());
    }
}

// After a full disk only opening again tells what is on it.
bool EmbeddedKeyStore::is_ready() {
    if (state_ != State::full) return state_ == State::serving;
    std::uint64_t free = 0;
    const auto status =
        options_.files->GetFreeSpace(options_.directory.string(), {}, &free, nullptr);
    if (status.ok() && free < 2 * write_buffer_bytes) return false;
    {
        const std::unique_lock lock(database_mutex_);
        database_.reset();
    }
    try {
        open();
    } catch (const std::runtime_error& failure) {
        options_.report(failure.what());
        return false;
    }
    state_ = State::serving;
    return true;
}

bool EmbeddedKeyStore::write(rocksdb::WriteBatch& changes) {
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto status = database_->Write(options, &changes);
    if (status.ok() && mark_->write({{database_->GetLatestSequenceNumber(), 0}})) return true;

    state_ = status.IsNoSpace() ? State::full : State::broken;
    options_.report("keys could not be written: " + status.ToString());
    return false;
}

bool EmbeddedKeyStore::create(std::span<const Person> persons) {
    const std::lock_guard lock(write_mutex_);
    if (!is_ready()) return false;
    rocksdb::WriteBatch changes;
    std::vector<std::pair<std::string, Secret>> made;
    std::set<std::string> rows;
    for (const Person& person : persons) {
        std::string row = row_of(person);
        if (!rows.insert(row).second || cache_.find(row) || load(row)) continue;
        Secret key;
        randomness_.fill(key.bytes);
        const std::string_view plain(reinterpret_cast<const char*>(key.bytes.data()),
                                     key.bytes.size());
        changes.Put(row, encrypt(options_.root_key.bytes, row, plain, randomness_));
        made.emplace_back(std::move(row), key);
    }
    if (made.empty()) return true;
    if (!write(changes)) return false;
    for (const auto& [row, key] : made) cache_.put(row, key.bytes);
    return true;
}

std::optional<DataKey> EmbeddedKeyStore::find(const Person& person) {
    const std::string row = row_of(person);
    if (auto key = cache_.find(row)) return key;

    const std::shared_lock lock(database_mutex_);
    const auto wrapped = load(row);
    if (!wrapped || wrapped->empty()) return std::nullopt;
    const DataKey key = unwrap(row, *wrapped);
    cache_.put(row, key);
    return key;
}

bool EmbeddedKeyStore::destroy(const Person& person) {
    const std::lock_guard lock(write_mutex_);
    if (!is_ready()) return false;
    const std::string row = row_of(person);
    const auto kept = load(row);
    const bool pending = load(pending_row_of(row)).has_value();
    if (kept && kept->empty() && !pending) return true;

    const auto credentials = credentials_of(person);
    {
        const std::unique_lock database_lock(database_mutex_);
        rocksdb::WriteBatch changes;
        changes.Put(row, "");
        changes.Put(pending_row_of(row), "");
        for (const std::string& credential : credentials) {
            changes.Delete(credential);
            changes.Put(pending_row_of(credential), "");
        }
        if (!write(changes)) return false;
        cache_.erase(row);
    }
    for (const std::string& credential : credentials) {
        if (!drop_bytes_of(credential)) return false;
    }
    return drop_bytes_of(row);
}

bool EmbeddedKeyStore::keep(const Person& person, const domain::CredentialId& id,
                            std::string_view credential) {
    const std::lock_guard lock(write_mutex_);
    if (!is_ready()) return false;
    const auto key = find(person);
    if (!key) return false;
    rocksdb::WriteBatch changes;
    changes.Put(credential_rows_of(person) + id.text,
                seal_credential(*key, person, id, credential, randomness_));
    return write(changes);
}

std::optional<std::string> EmbeddedKeyStore::kept(const Person& person,
                                                  const domain::CredentialId& id) {
    const auto key = find(person);
    if (!key) return std::nullopt;
    const std::shared_lock lock(database_mutex_);
    const auto sealed = load(credential_rows_of(person) + id.text);
    return sealed ? unseal_credential(*key, person, id, *sealed) : std::nullopt;
}

bool EmbeddedKeyStore::drop(const Person& person, const domain::CredentialId& id) {
    const std::lock_guard lock(write_mutex_);
    if (!is_ready()) return false;
    const std::string row = credential_rows_of(person) + id.text;
    if (!load(row) && !load(pending_row_of(row))) return true;
    rocksdb::WriteBatch changes;
    changes.Delete(row);
    changes.Put(pending_row_of(row), "");
    return write(changes) && drop_bytes_of(row);
}

std::vector<std::string> EmbeddedKeyStore::credentials_of(const Person& person) const {
    std::vector<std::string> rows;
    const std::string prefix = credential_rows_of(person);
    const std::unique_ptr<rocksdb::Iterator> walk(database_->NewIterator({}));
    for (walk->Seek(prefix); walk->Valid() && walk->key().starts_with(prefix); walk->Next()) {
        rows.push_back(walk->key().ToString());
    }
    if (!walk->status().ok()) stop_at(walk->status());
    return rows;
}

void EmbeddedKeyStore::each(const std::function<void(const WrappedKey&)>& use) {
    std::string next = "k";
    while (true) {
        // Part by part, so that nobody who destroys a key waits for all of them.
        const std::vector<WrappedKey> part = part_from(next);
        if (part.empty()) return;
        for (const WrappedKey& key : part) use(key);
        next = row_of(part.back().person) + '\0';
    }
}

// Of some persons from this row on, the persons' credentials with them.
std::vector<WrappedKey> EmbeddedKeyStore::part_from(const std::string& first) const {
    constexpr std::size_t part_max = 1000;
    const std::shared_lock lock(database_mutex_);
    if (!database_) throw std::runtime_error("the key store is closed until there is space");
    std::vector<WrappedKey> part;
    const std::unique_ptr<rocksdb::Iterator> walk(database_->NewIterator({}));
    for (walk->Seek(first); walk->Valid() && walk->key().starts_with("k") && part.size() < part_max;
         walk->Next()) {
        const Person person = person_of(walk->key().ToString().substr(1));
        part.push_back({person, walk->value().ToString()});
        const std::size_t prefix = credential_rows_of(person).size();
        for (const std::string& row : credentials_of(person)) {
            part.push_back(
                {person, load(row).value_or(""), domain::CredentialId{row.substr(prefix)}});
        }
    }
    if (!walk->status().ok()) stop_at(walk->status());
    return part;
}

bool EmbeddedKeyStore::add(std::span<const WrappedKey> keys) {
    const std::lock_guard lock(write_mutex_);
    if (!is_ready()) return false;
    rocksdb::WriteBatch changes;
    for (const WrappedKey& key : keys) {
        changes.Put(key.credential ? credential_rows_of(key.person) + key.credential->text
                                   : row_of(key.person),
                    key.bytes);
    }
    return write(changes);
}

// Rewrites the files that hold the row, so that only its newest value is left.
bool EmbeddedKeyStore::drop_bytes_of(const std::string& row) {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    const rocksdb::Slice at = row;
    const auto status = database_->CompactRange(options, &at, &at);
    if (!status.ok()) {
        options_.report("a destroyed key is still in a file: " + status.ToString());
        return false;
    }
    rocksdb::WriteBatch changes;
    changes.Delete(pending_row_of(row));
    return write(changes);
}

std::optional<std::string> EmbeddedKeyStore::load(const std::string& row) const {
    if (!database_) throw std::runtime_error("the key store is closed until there is space");
    std::string value;
    const auto status = database_->Get({}, row, &value);
    if (status.ok()) return value;
    if (status.IsNotFound()) return std::nullopt;
    stop_at(status);
}

void EmbeddedKeyStore::stop_at(const rocksdb::Status& failure) const {
    throw std::runtime_error("the key store in " + options_.directory.string() +
                             " is damaged: " + failure.ToString());
}

DataKey EmbeddedKeyStore::unwrap(const std::string& row, const std::string& wrapped) const {
    auto plain = decrypt(options_.root_key.bytes, row, wrapped);
    DataKey key;
    if (!plain || plain->size() != key.size()) {
        throw std::runtime_error("the key store in " + options_.directory.string() +
                                 " holds a key that cannot be unwrapped");
    }
    std::ranges::copy(*plain, key.begin());
    sodium_memzero(plain->data(), plain->size());
    return key;
}

}  // namespace infra
