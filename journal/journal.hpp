// The Journal port: an append-only log of records for each shard, durable and totally ordered.
//
// An engine (infra/journal) moves bytes; it knows nothing of entries. Who may write is decided from
// the bytes by every reader in the same way (journal/validity.hpp), so an engine may deliver a
// record late, twice, or not at all after an error: correctness does not rest on it.
//
// Threads: all functions may be called from any thread. Wake callbacks are called from the engine's
// own threads, must be quick and must not call back into the engine.
// Lifetime: sessions and subscriptions end before their journal does.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.hpp"

namespace journal {

using ShardNumber = std::uint32_t;

// Where a record stands in a shard, from 1, rising. Gaps are allowed (Kafka has them), so nothing
// may count offsets.
using Offset = std::uint64_t;

using Bytes = std::shared_ptr<const std::string>;

struct Record {
    Offset offset = 0;
    Bytes bytes;
};

// Everything that a shard held at a time is at or before an offset.
struct KnownEnd {
    Offset offset = 0;
    std::chrono::steady_clock::time_point as_of;
};

enum class JournalError : std::uint8_t {
    unavailable,      // Nothing was written; try again later.
    outcome_unknown,  // It may or may not be in the log: only reading tells.
    full,             // No space. Nothing was written; try again when there is space.
    broken            // The engine stopped for good (a failed sync): the process has to restart.
};
std::string_view name(JournalError error);

// One writer's stream into a shard: what it appends lands in this order and at most once, or, after
// an error, not at all from some record on. Ends by destruction, which does not wait for records.
class Session {
public:
    virtual ~Session() = default;

    // Hands over a batch, in order behind those before; never blocks. Whether it landed is learnt
    // by reading it back.
    virtual void append(std::vector<Bytes> records) = 0;

    // The error that ended this session, if any: everything appended and not read back since is
    // lost, late or there. A session with an error takes no more records.
    virtual std::optional<JournalError> error() const = 0;
};

class Journal {
public:
    virtual ~Journal() = default;

    virtual ShardNumber shards() const = 0;

    // True when no other process can append to this journal while this one has it open. A writer
    // may then refuse a command without first proving that it still owns the shard.
    virtual bool is_exclusive() const { return false; }

    virtual std::unique_ptr<Session> open_session(ShardNumber shard) = 0;

    // The durable records behind `after`, oldest first, as many as fit `bytes_max` (one at least if
    // there is one). Never blocks for new ones: an empty list means that the reader has caught up.
    virtual domain::Result<std::vector<Record>, JournalError> read(ShardNumber shard, Offset after,
                                                                   std::size_t bytes_max) = 0;

    // The offset of the last durable record, 0 in an empty shard.
    virtual Offset end(ShardNumber shard) const = 0;

    // Of a journal that others append to: the newest end that its keeper has told of. Nothing where
    // `end` is always that.
    virtual std::optional<KnownEnd> known_end(ShardNumber /*shard*/) const { return std::nullopt; }

    // Calls `wake` whenever the shard may have new records or a session of it an error, until the
    // returned handle is destroyed; its destruction waits for a running call.
    virtual std::shared_ptr<void> subscribe(ShardNumber shard, std::function<void()> wake) = 0;
};

}  // namespace journal
