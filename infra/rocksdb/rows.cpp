#include "infra/rocksdb/rows.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <fstream>
#include <stdexcept>
#include <utility>

#include "infra/rocksdb/encrypted_files.hpp"
#include "infra/rocksdb/silent_log.hpp"

namespace infra {
namespace {

// Its presence says that a read has met damage, so that the next start empties the store.
constexpr std::string_view damage_file = "DAMAGED";

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& text) { return {text.data(), text.size()}; }

// The first key behind all keys with this prefix; nothing if there is none.
std::optional<std::string> end_of(std::string_view prefix) {
    std::string end(prefix);
    while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
    if (end.empty()) return std::nullopt;
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return end;
}

// RocksDB would look for space every few seconds; the next write does so itself.
class NoOwnRecovery final : public rocksdb::EventListener {
public:
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                              bool* auto_recovery) override {
        *auto_recovery = false;
    }
};

rocksdb::Options database_options(const RocksRowsOptions& settings, rocksdb::Env* env) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = settings.cache;
    // Indexes and filters count against the cache, too: memory is bounded by one setting.
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    // In parts: the filter of a large file as one block would not fit a shard of the cache, and be
    // read and decrypted anew for each look-up.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;
    // Also on the last level (no optimize_filters_for_hits): most look-ups of idempotency keys and
    // unique values find nothing, and should find it in the filter.
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
    table.format_version = 5;

    rocksdb::Options options;
    options.env = env;
    options.create_if_missing = true;
    options.info_log = std::make_shared<SilentLog>();
    options.listeners = {std::make_shared<NoOwnRecovery>()};
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = settings.write_buffer_bytes;
    options.max_write_buffer_number = 3;
    // Most look-ups are for keys that do not exist (a new id, an unused unique value).
    options.memtable_prefix_bloom_size_ratio = 0.05;
    options.memtable_whole_key_filtering = true;
    options.max_open_files = settings.open_files_max;
    options.max_background_jobs = 2;
    // Files go out bit by bit, so that a sync of the journal does not wait for all of a large one.
    options.bytes_per_sync = 1 << 20;
    options.compression = rocksdb::kLZ4Compression;
    options.level_compaction_dynamic_level_bytes = true;
    options.manifest_preallocation_size = 64 << 10;
    options.max_manifest_file_size = manifest_bytes_max;
    options.keep_log_file_num = 1;
    return options;
}

// Whether the files are at fault, and not the disk, the rights or another process.
bool is_damage(const rocksdb::Status& status) {
    return status.IsCorruption() || status.IsNotFound() || status.IsPathNotFound() ||
           status.IsInvalidArgument() || status.IsNotSupported();
}

class Batch final : public journal::RowBatch {
public:
    void put(std::string_view key, std::string_view value) override {
        changes.Put(slice(key), slice(value));
    }
    void erase(std::string_view key) override { changes.Delete(slice(key)); }
    void drop_history(std::string_view key) override {
        DroppedHistory::note(changes, key);
        drops_history = true;
    }
    void clear() override {
        changes.Clear();
        drops_history = false;
    }

    rocksdb::WriteBatch changes;
    bool drops_history = false;
};

rocksdb::WriteOptions unlogged() {
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return options;
}

}  // namespace

std::shared_ptr<rocksdb::Cache> block_cache(std::size_t bytes_max) {
    return rocksdb::NewLRUCache(bytes_max);
}

class RocksRows::Walk final : public journal::RowWalk {
public:
    Walk(const RocksRows& rows, const rocksdb::Snapshot* snapshot, std::string_view prefix)
        : rows_(rows), lower_(prefix), upper_(end_of(prefix)), lower_slice_(lower_) {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot;
        options.iterate_lower_bound = &lower_slice_;
        if (upper_) {
            upper_slice_ = *upper_;
            options.iterate_upper_bound = &upper_slice_;
        }
        walk_.reset(rows.database_->NewIterator(options));
    }

    void seek(std::string_view key) override {
        walk_->Seek(slice(key));
        check();
    }
    void seek_before(std::string_view key) override {
        walk_->SeekForPrev(slice(key));
        if (walk_->Valid() && view(walk_->key()) == key) walk_->Prev();
        check();
    }
    bool valid() const override { return walk_->Valid(); }
    void next() override {
        walk_->Next();
        check();
    }
    void previous() override {
        walk_->Prev();
        check();
    }
    std::string_view key() const override { return view(walk_->key()); }
    std::string_view value() const override { return view(walk_->value()); }

private:
    // The end of a walk must not be mistaken for the end of the rows.
    void check() const {
        if (!walk_->Valid() && !walk_->status().ok()) rows_.stop_at(walk_->status());
    }

    const RocksRows& rows_;
    std::string lower_;
    std::optional<std::string> upper_;
    rocksdb::Slice lower_slice_;
    rocksdb::Slice upper_slice_;
    std::unique_ptr<rocksdb::Iterator> walk_;
};

class RocksRows::Snapshot final : public journal::RowSnapshot {
public:
    explicit Snapshot(const RocksRows& rows)
        : rows_(rows), snapshot_(rows.database_->GetSnapshot()) {}
    ~Snapshot() override { rows_.database_->ReleaseSnapshot(snapshot_); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    std::optional<std::string> get(std::string_view key) const override {
        rocksdb::ReadOptions options;
        options.snapshot = snapshot_;
        std::string value;
        const auto status = rows_.database_->Get(options, slice(key), &value);
        if (status.ok()) return value;
        if (!status.IsNotFound()) rows_.stop_at(status);
        return std::nullopt;
    }
    std::unique_ptr<journal::RowWalk> walk(std::string_view prefix) const override {
        return std::make_unique<Walk>(rows_, snapshot_, prefix);
    }

private:
    const RocksRows& rows_;
    const rocksdb::Snapshot* snapshot_;
};

RocksRows::RocksRows(RocksRowsOptions options) : options_(std::move(options)) {
    if (!options_.cache) options_.cache = block_cache(64 << 20);
    if (!options_.files) options_.files = rocksdb::FileSystem::Default();
    if (options_.key) options_.files = encrypted_files(options_.files, *options_.key);
    env_ = rocksdb::NewCompositeEnv(options_.files);
    open();
    history_ = std::make_unique<DroppedHistory>(*database_, options_.report);
}

RocksRows::~RocksRows() {
    history_.reset();
    flush();
}

void RocksRows::open() {
    std::filesystem::create_directories(options_.directory);
    if (std::filesystem::exists(options_.directory / damage_file)) {
        emptied_ = "a read met damage";
    } else {
        const auto status = try_open();
        if (status.ok()) return;
        if (!is_damage(status)) {
            throw std::runtime_error("cannot open " + options_.directory.string() + ": " +
                                     status.ToString());
        }
        emptied_ = status.ToString();
    }
    options_.report("the rows in " + options_.directory.string() +
                    " are damaged and are derived again: " + *emptied_);
    std::filesystem::remove_all(options_.directory);
    std::filesystem::create_directories(options_.directory);
    const auto status = try_open();
    if (!status.ok()) {
        throw std::runtime_error("cannot make " + options_.directory.string() + ": " +
                                 status.ToString());
    }
}

rocksdb::Status RocksRows::try_open() {
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::Open(database_options(options_, env_.get()),
                                          options_.directory.string(), &opened);
    database_.reset(opened);
    return status;
}

void RocksRows::stop_at(const rocksdb::Status& failure) const {
    if (is_damage(failure) && !damaged_.exchange(true)) {
        std::ofstream(options_.directory / damage_file) << failure.ToString() << '\n';
        options_.report("the rows in " + options_.directory.string() +
                        " are damaged; a restart derives them again: " + failure.ToString());
    }
    throw std::runtime_error("cannot read the rows in " + options_.directory.string() + ": " +
                             failure.ToString());
}

// After a refusal (a full disk) RocksDB takes nothing until it is told to go on.
bool RocksRows::succeeded(const rocksdb::Status& status) {
    if (status.ok()) return true;
    if (status.IsCorruption()) stop_at(status);
    options_.report("rows could not be written: " + status.ToString());
    database_->Resume().PermitUncheckedError();
    return false;
}

std::unique_ptr<journal::RowBatch> RocksRows::batch() { return std::make_unique<Batch>(); }

bool RocksRows::write(journal::RowBatch& batch) {
    auto& changes = static_cast<Batch&>(batch);
    if (!succeeded(database_->Write(unlogged(), &changes.changes))) return false;
    if (changes.drops_history) history_->wake();
    return true;
}

bool RocksRows::get(std::string_view key, const std::function<void(std::string_view)>& use) const {
    rocksdb::PinnableSlice value;
    const auto status = database_->Get({}, database_->DefaultColumnFamily(), slice(key), &value);
    if (status.IsNotFound()) return false;
    if (!status.ok()) stop_at(status);
    use(view(value));
    return true;
}

std::unique_ptr<journal::RowSnapshot> RocksRows::snapshot() const {
    return std::make_unique<Snapshot>(*this);
}

bool RocksRows::erase_prefix(std::string_view prefix) {
    const auto end = end_of(prefix);
    rocksdb::WriteBatch changes;
    if (end) {
        changes.DeleteRange(slice(prefix), *end);
    } else {
        // Nothing is behind this prefix, so its last row is the last of all.
        const std::unique_ptr<rocksdb::Iterator> last(database_->NewIterator({}));
        last->SeekToLast();
        if (!last->status().ok()) stop_at(last->status());
        if (!last->Valid() || view(last->key()) < prefix) return true;
        changes.DeleteRange(slice(prefix), last->key());
        changes.Delete(last->key());
    }
    if (!succeeded(database_->Write(unlogged(), &changes))) return false;

    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    const rocksdb::Slice from = slice(prefix);
    const rocksdb::Slice to = end ? rocksdb::Slice(*end) : rocksdb::Slice();
    return succeeded(database_->CompactRange(options, &from, end ? &to : nullptr));
}

bool RocksRows::flush() { return database_->Flush({}).ok(); }

}  // namespace infra
