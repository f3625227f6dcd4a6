// The Rows port: an ordered map from bytes to bytes on disk, with atomic batches and snapshots.
// Views, the state store and everything else that can be derived from the journal live in one.
//
// Nothing here syncs: after a crash a prefix of the batches is there (all of a batch or none of
// it), and what is missing is derived from the journal again. Threads: `get`, `snapshot` and
// `write` may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace journal {

// A batch of changes, applied all or not at all. A later change of a key wins.
class RowBatch {
public:
    virtual ~RowBatch() = default;
    virtual void put(std::string_view key, std::string_view value) = 0;
    virtual void erase(std::string_view key) = 0;
    // What the key held before this batch leaves the disk soon, and nothing that it holds after it.
    virtual void drop_history(std::string_view key) = 0;
    virtual void clear() = 0;
};

// A walk over the rows of a snapshot in key order.
class RowWalk {
public:
    virtual ~RowWalk() = default;
    virtual void seek(std::string_view key) = 0;         // To the first row at or behind `key`.
    virtual void seek_before(std::string_view key) = 0;  // To the last row strictly before `key`.
    virtual bool valid() const = 0;
    virtual void next() = 0;                   // REQUIRES: valid().
    virtual void previous() = 0;               // REQUIRES: valid().
    virtual std::string_view key() const = 0;  // Until the walk moves.
    virtual std::string_view value() const = 0;
};

// What the rows were at one moment; cheap, but hold it briefly: it keeps deleted bytes on disk.
class RowSnapshot {
public:
    virtual ~RowSnapshot() = default;
    virtual std::optional<std::string> get(std::string_view key) const = 0;
    // Rows whose keys start with `prefix` only. Ends when the walk leaves the prefix.
    virtual std::unique_ptr<RowWalk> walk(std::string_view prefix) const = 0;
};

class Rows {
public:
    virtual ~Rows() = default;
    virtual std::unique_ptr<RowBatch> batch() = 0;
    // False when the disk refused (full, failing): nothing of the batch is there; try again later.
    virtual bool write(RowBatch& batch) = 0;
    // The row, handed to `use` without a copy while it is pinned; false when there is none.
    virtual bool get(std::string_view key,
                     const std::function<void(std::string_view)>& use) const = 0;
    virtual std::unique_ptr<RowSnapshot> snapshot() const = 0;
    // Removes every row that starts with `prefix` and drops its bytes from the disk.
    virtual bool erase_prefix(std::string_view prefix) = 0;
};

}  // namespace journal
