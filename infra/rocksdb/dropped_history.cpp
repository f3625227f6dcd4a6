#include "infra/rocksdb/dropped_history.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>

namespace infra {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Behind all rows: no other key begins with it.
constexpr std::string_view notes = "\xFF\xFF\xFFhistory/";
// Behind all notes: written to have a change of the files.
constexpr std::string_view last_row = "\xFF\xFF\xFFhistory0";
constexpr std::size_t ranges_max = 64;
constexpr milliseconds snapshot_pause{20};
constexpr milliseconds failure_pause{5000};

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

DroppedHistory::DroppedHistory(rocksdb::DB& database, std::function<void(std::string_view)> report)
    : database_(database), report_(std::move(report)), thread_([this] { run(); }) {}

DroppedHistory::~DroppedHistory() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    woken_.notify_all();
    thread_.join();
}

void DroppedHistory::note(rocksdb::WriteBatch& batch, std::string_view key) {
    std::string name(notes);
    name += key;
    batch.Put(slice(name), {});
}

void DroppedHistory::wake() {
    {
        const std::lock_guard lock(mutex_);
        has_work_ = true;
    }
    woken_.notify_all();
}

void DroppedHistory::run() {
    while (wait_for_work()) {
        const auto begin = steady_clock::now();
        const auto keys = noted();
        if (keys.empty()) continue;
        if (!wait_for_snapshots()) return;
        if (drop(keys)) {
            const auto took = steady_clock::now() - begin;
            if (!pause(std::chrono::duration_cast<milliseconds>(took) * 9)) return;
        } else {
            wake();
            if (!pause(failure_pause)) return;
        }
    }
}

bool DroppedHistory::wait_for_work() {
    std::unique_lock lock(mutex_);
    woken_.wait(lock, [this] { return has_work_ || is_stopping_; });
    has_work_ = false;
    return !is_stopping_;
}

bool DroppedHistory::pause(milliseconds time) {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, time, [this] { return is_stopping_.load(); });
    return !is_stopping_;
}

std::vector<std::string> DroppedHistory::noted() const {
    std::vector<std::string> keys;
    const std::unique_ptr<rocksdb::Iterator> walk(database_.NewIterator({}));
    for (walk->Seek(slice(notes)); walk->Valid() && walk->key().starts_with(slice(notes));
         walk->Next()) {
        keys.push_back(walk->key().ToString().substr(notes.size()));
    }
    return keys;
}

// What a snapshot shows survives a compaction.
bool DroppedHistory::wait_for_snapshots() {
    const std::uint64_t now = database_.GetLatestSequenceNumber();
    while (true) {
        std::uint64_t oldest = 0;
        database_.GetIntProperty("rocksdb.oldest-snapshot-sequence", &oldest);
        if (oldest == 0 || oldest >= now) return !is_stopping_;
        if (!pause(snapshot_pause)) return false;
    }
}

bool DroppedHistory::drop(const std::vector<std::string>& keys) {
    bool ok = true;
    if (keys.size() <= ranges_max) {
        for (const std::string& key : keys) ok = ok && compact(key, key);
    } else {
        ok = compact(keys.front(), keys.back());
    }
    rocksdb::WriteBatch done;
    for (const std::string& key : keys) done.Delete(std::string(notes) + key);
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    ok = ok && database_.Write(unlogged, &done).ok();
    const std::string first(notes);
    return ok && compact(first, first + '\xFF') && renew_manifest();
}

// The manifest names the first and the last key of each file that there was. A new one, of the
// files that there are, begins with each change of them (see manifest_bytes_max).
bool DroppedHistory::renew_manifest() {
    rocksdb::WriteOptions unlogged;
    unlogged.disableWAL = true;
    const auto written = database_.Put(unlogged, slice(last_row), {});
    return written.ok() && database_.Flush({}).ok();
}

bool DroppedHistory::compact(std::string_view first, std::string_view last) {
    rocksdb::CompactRangeOptions options;
    options.exclusive_manual_compaction = false;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    options.canceled = &is_stopping_;
    const rocksdb::Slice from = slice(first);
    const rocksdb::Slice to = slice(last);
    const auto status = database_.CompactRange(options, &from, &to);
    if (status.ok()) return true;
    if (!is_stopping_) report_("what was erased is still in a file: " + status.ToString());
    return false;
}

}  // namespace infra
