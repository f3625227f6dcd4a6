#include "infra/journal/log_database.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <utility>

#include "infra/journal/seal_tracker.hpp"
#include "infra/rocksdb/silent_log.hpp"

namespace infra {
namespace {

using journal::Offset;
using journal::ShardNumber;

constexpr std::size_t key_bytes = 12;
using Key = std::array<char, key_bytes>;

Key key_of(ShardNumber shard, Offset offset) {
    Key key;
    for (std::size_t i = 0; i < 4; ++i) key[i] = static_cast<char>(shard >> (8 * (3 - i)));
    for (std::size_t i = 0; i < 8; ++i) key[4 + i] = static_cast<char>(offset >> (8 * (7 - i)));
    return key;
}

rocksdb::Slice slice(const Key& key) { return {key.data(), key.size()}; }

Offset offset_of(const rocksdb::Slice& key) {
    Offset offset = 0;
    for (std::size_t i = 4; i < key.size(); ++i) {
        offset = offset << 8 | static_cast<unsigned char>(key[i]);
    }
    return offset;
}

std::string place(ShardNumber shard, Offset offset) {
    return "offset " + std::to_string(offset) + " of shard " + std::to_string(shard);
}

// A walk over one shard from `after`, up to `last`.
class ShardWalk {
public:
    ShardWalk(rocksdb::DB& database, ShardNumber shard, Offset after, Offset last,
              std::size_t readahead_bytes)
        : expected_(after + 1),
          shard_(shard),
          last_(last),
          upper_(key_of(shard, last + 1)),
          upper_slice_(slice(upper_)) {
        rocksdb::ReadOptions options;
        options.iterate_upper_bound = &upper_slice_;
        options.fill_cache = false;
        options.readahead_size = readahead_bytes;
        walk_.reset(database.NewIterator(options));
        walk_->Seek(slice(key_of(shard, expected_)));
    }

    bool at_end() const { return expected_ > last_; }
    // Why the record that has to be here is not; empty if it is. REQUIRES: !at_end().
    std::string damage() const {
        if (!walk_->status().ok()) {
            return "cannot read " + place(shard_, expected_) + ": " + walk_->status().ToString();
        }
        if (walk_->Valid() && offset_of(walk_->key()) == expected_) return {};
        return place(shard_, expected_) + " is missing";
    }
    Offset offset() const { return expected_; }
    rocksdb::Slice value() const { return walk_->value(); }
    void next() {
        walk_->Next();
        ++expected_;
    }

private:
    Offset expected_;
    ShardNumber shard_;
    Offset last_;
    Key upper_;
    rocksdb::Slice upper_slice_;
    std::unique_ptr<rocksdb::Iterator> walk_;
};

// The last offset of each shard, from the index. Throws std::runtime_error if it cannot be read.
std::vector<Offset> ends_of(rocksdb::DB& database, std::size_t shards) {
    std::vector<Offset> ends;
    const std::unique_ptr<rocksdb::Iterator> walk(database.NewIterator({}));
    for (ShardNumber shard = 0; shard < shards; ++shard) {
        walk->SeekForPrev(slice(key_of(shard, std::numeric_limits<Offset>::max())));
        if (!walk->status().ok()) {
            throw std::runtime_error("cannot find the end of shard " + std::to_string(shard) +
                                     ": " + walk->status().ToString());
        }
        const Key first = key_of(shard, 0);
        const bool empty = !walk->Valid() || walk->key().compare(slice(first)) < 0;
        ends.push_back(empty ? 0 : offset_of(walk->key()));
    }
    return ends;
}

// Throws std::runtime_error that names the first record that is missing. Looks only at what the
// mark does not say to be sealed.
void verify(rocksdb::DB& database, const std::vector<Offset>& ends,
            const std::vector<ShardMark>& marks) {
    for (ShardNumber shard = 0; shard < ends.size(); ++shard) {
        ShardWalk walk(database, shard, std::min(marks[shard].sealed, ends[shard]), ends[shard],
                       1 << 20);
        for (; !walk.at_end(); walk.next()) {
            if (const std::string damage = walk.damage(); !damage.empty()) {
                throw std::runtime_error(damage + ", though there are later ones");
            }
        }
        if (ends[shard] < marks[shard].acknowledged) {
            throw std::runtime_error(place(shard, ends[shard] + 1) + " is missing, and all up to " +
                                     std::to_string(marks[shard].acknowledged) +
                                     ", which were acknowledged");
        }
    }
}

std::shared_ptr<rocksdb::FileSystem> files_of(const EmbeddedJournalOptions& options) {
    return options.files ? options.files : rocksdb::FileSystem::Default();
}

// RocksDB gives up a log file that it could not append to, so that a record which did not fit is
// cut off and never completed. When it was the sync that found no space, all of the record is in
// the file.
bool nothing_was_written(const rocksdb::Status& status) {
    const std::string text = status.ToString();
    const auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
    return status.IsNoSpace() && !says("While fsync") && !says("While fdatasync") &&
           !says("While sync");
}

// On a small disk the buffer, and with it the write-ahead log that is allocated ahead, is small.
std::size_t write_buffer_bytes(const EmbeddedJournalOptions& options, rocksdb::FileSystem& files) {
    std::uint64_t free = 0;
    const auto status = files.GetFreeSpace(options.directory.string(), {}, &free, nullptr);
    if (!status.ok()) return options.write_buffer_bytes;
    constexpr std::uint64_t least = 256 << 10;
    return std::min<std::uint64_t>(options.write_buffer_bytes, std::max(free / 32, least));
}

}  // namespace

LogDatabase::LogDatabase(const EmbeddedJournalOptions& options)
    : options_(options),
      files_(files_of(options)),
      path_((options.directory / "log").string()),
      env_(rocksdb::NewCompositeEnv(files_)),
      cache_(rocksdb::NewLRUCache(options.block_cache_bytes)),
      write_buffer_bytes_(write_buffer_bytes(options, *files_)),
      mark_((refuse_lost_mark(*files_, options.directory / "mark", path_ + "/CURRENT"), files_),
            options.directory / "mark", options.shards),
      seals_(std::make_shared<SealTracker>()) {
    if (mark_.shards().size() != options.shards) {
        throw std::runtime_error("the journal in " + options.directory.string() + " has " +
                                 std::to_string(mark_.shards().size()) + " shards, not " +
                                 std::to_string(options.shards));
    }
    refuse_if_damaged();
    if (const auto status = try_open(); !status.ok()) {
        throw std::runtime_error(why_not_opened(status));
    }
}

LogDatabase::~LogDatabase() { close(); }

rocksdb::Options LogDatabase::database_options() const {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache_;
    table.block_size = 32 << 10;
    // Indexes count against the cache, too, so that memory does not grow with the journal.
    table.cache_index_and_filter_blocks = true;
    table.format_version = 5;

    rocksdb::Options options;
    options.env = env_.get();
    options.create_if_missing = true;
    options.info_log = std::make_shared<SilentLog>();
    options.listeners = {seals_};
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    // The default mode drops acknowledged records behind a damaged byte without a word.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.write_buffer_size = write_buffer_bytes_;
    options.max_write_buffer_number = 3;
    options.max_open_files = options_.open_files_max;
    // Start-up must not look at each file.
    options.skip_stats_update_on_db_open = true;
    options.manifest_preallocation_size = 64 << 10;
    // Keys come in order, so each goes in right behind the one before, and with one shard the files
    // do not overlap: compaction only moves them, which needs one compression on all levels.
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(4));
    options.allow_concurrent_memtable_write = false;
    options.compression = rocksdb::kLZ4Compression;
    options.target_file_size_base = 64 << 20;
    options.max_bytes_for_level_base = 512 << 20;
    options.level0_slowdown_writes_trigger = 40;
    options.level0_stop_writes_trigger = 80;
    return options;
}

std::string LogDatabase::why_not_opened(const rocksdb::Status& status) const {
    std::string why = "cannot open the journal in " + path_ + ": " + status.ToString();
    if (!status.IsCorruption()) return why;
    // Whatever can be read up to the damage says where it begins.
    auto options = database_options();
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    rocksdb::DB* opened = nullptr;
    const auto readable = rocksdb::DB::OpenForReadOnly(options, path_, &opened);
    const std::unique_ptr<rocksdb::DB> database(opened);
    if (!readable.ok()) return why;
    const auto ends = ends_of(*database, options_.shards);
    for (ShardNumber shard = 0; shard < ends.size(); ++shard) {
        if (ends[shard] >= mark_.shards()[shard].acknowledged) continue;
        why += "; the first bad record is " + place(shard, ends[shard] + 1);
    }
    return why;
}

// Looks at the log without changing a file of it, so that what is left can still be saved by hand.
void LogDatabase::refuse_if_damaged() const {
    if (files_->FileExists(path_ + "/CURRENT", {}, nullptr).IsNotFound()) {
        const bool lost = std::ranges::any_of(
            mark_.shards(), [](const ShardMark& mark) { return mark.acknowledged > 0; });
        if (lost)
            throw std::runtime_error("the journal in " + path_ + " is missing: " + place(0, 1));
        return;
    }
    rocksdb::DB* opened = nullptr;
    const auto status = rocksdb::DB::OpenForReadOnly(database_options(), path_, &opened);
    const std::unique_ptr<rocksdb::DB> database(opened);
    if (!status.ok()) throw std::runtime_error(why_not_opened(status));
    try {
        verify(*database, ends_of(*database, options_.shards), mark_.shards());
    } catch (const std::runtime_error& damage) {
        throw std::runtime_error("the journal in " + path_ + " is damaged: " + damage.what());
    }
}

rocksdb::Status LogDatabase::try_open() {
    rocksdb::DB* opened = nullptr;
    auto status = rocksdb::DB::Open(database_options(), path_, &opened);
    if (!status.ok()) return status;

    const std::unique_lock lock(mutex_);
    database_.reset(opened);
    failed_ = false;
    // Opening has moved all from the write-ahead log to synced files.
    ends_ = ends_of(*database_, options_.shards);
    seals_->restart(database_->GetLatestSequenceNumber(), ends_);
    if (!mark_.write(marks()) || !mark_.sync()) {
        throw std::runtime_error("cannot write the high-water mark beside " + path_);
    }
    return status;
}

void LogDatabase::close() {
    const std::unique_lock lock(mutex_);
    if (!database_) return;
    if (!failed_ && database_->Flush({}).ok()) {
        seals_->restart(database_->GetLatestSequenceNumber(), ends_);
        failed_ = !mark_.write(marks());
    }
    database_.reset();
    if (!failed_) mark_.sync();
}

std::vector<ShardMark> LogDatabase::marks() const {
    const auto sealed = seals_->sealed();
    std::vector<ShardMark> marks;
    marks.reserve(ends_.size());
    for (std::size_t shard = 0; shard < ends_.size(); ++shard) {
        marks.push_back({ends_[shard], sealed[shard]});
    }
    return marks;
}

AppendOutcome LogDatabase::append(std::span<const Records> batch, std::string& why) {
    rocksdb::WriteBatch changes;
    auto ends = ends_;
    for (const auto& [shard, records] : batch) {
        for (const auto& record : records) {
            changes.Put(slice(key_of(shard, ++ends[shard])), *record).PermitUncheckedError();
        }
    }
    rocksdb::WriteOptions options;
    options.sync = options_.sync;
    const auto status = database_->Write(options, &changes);
    if (!status.ok()) {
        failed_ = true;
        why = status.ToString();
        return nothing_was_written(status) ? AppendOutcome::full : AppendOutcome::unknown;
    }
    ends_ = std::move(ends);
    seals_->written(database_->GetLatestSequenceNumber(), ends_);
    const bool sync_mark = options_.mark_sync_interval.count() == 0;
    if (mark_.write(marks()) && (!sync_mark || mark_.sync())) return AppendOutcome::durable;

    failed_ = true;
    why = "the high-water mark could not be written";
    return AppendOutcome::unknown;
}

bool LogDatabase::has_space() const {
    std::uint64_t free = 0;
    const auto status = files_->GetFreeSpace(options_.directory.string(), {}, &free, nullptr);
    return !status.ok() || free >= 2 * write_buffer_bytes_;
}

bool LogDatabase::reopen() {
    close();
    refuse_if_damaged();
    const auto status = try_open();
    if (!status.ok() && !status.IsNoSpace()) throw std::runtime_error(why_not_opened(status));
    return status.ok();
}

domain::Result<std::vector<journal::Record>, std::string> LogDatabase::read(
    ShardNumber shard, Offset after, Offset last, std::size_t bytes_max) const {
    const std::shared_lock lock(mutex_);
    if (!database_) return domain::Failure(std::string());

    std::vector<journal::Record> records;
    std::size_t bytes = 0;
    constexpr std::size_t readahead_bytes_max = 256 << 10;
    ShardWalk walk(*database_, shard, after, last, std::min(bytes_max, readahead_bytes_max));
    for (; !walk.at_end(); walk.next()) {
        if (std::string damage = walk.damage(); !damage.empty()) {
            return domain::Failure(std::move(damage));
        }
        bytes += walk.value().size();
        if (bytes > bytes_max && !records.empty()) break;
        records.push_back(
            {walk.offset(), std::make_shared<const std::string>(walk.value().ToString())});
    }
    return records;
}

}  // namespace infra
