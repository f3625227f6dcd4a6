// Validity: who may write to a shard, as a pure function of the log's prefix. It is the same in
// every reader and on every engine; docs/journal-protocol.md names the steps of the checked model.
//
//   - An opening is always valid; it takes the next seq and ends the generation before it.
//   - Any other entry is valid iff its gen is the id of the latest opening, its seq is the last
//     valid seq + 1, and its prev is the head.
//   - Anything else is void: skipped, counted, reported.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "journal/chain.hpp"
#include "journal/entry.hpp"
#include "journal/journal.hpp"

namespace journal {

// What a reader has to remember together with its position, or it would judge differently later.
struct LogState {
    Offset offset = 0;  // Of the last record read, void or not.
    Seq seq = 0;        // Of the last valid one.
    std::string gen;    // The id of the latest opening.
    Hash head{};
    std::string owner_node;     // Whose the latest opening is,
    std::string owner_address;  // and where it takes forwarded commands.
    domain::Timestamp time;     // Of the last valid record; never goes back.
    std::uint64_t voids = 0;    // Void records so far.
    bool operator==(const LogState&) const = default;
};
std::string to_text(const LogState& state);
std::optional<LogState> parse_log_state(std::string_view text);

enum class Verdict : std::uint8_t { valid, void_entry };

// What a record is, given all before it.
struct Judged {
    Verdict verdict = Verdict::void_entry;
    std::variant<Opening, Entry> record;  // Meaningless for foreign bytes, which are void.
    Hash leaf{};                          // Of a valid record.
};

// Folds a shard's records, one by one. Not thread-safe.
class LogFold {
public:
    LogFold(ShardNumber shard, LogState state) : shard_(shard), state_(std::move(state)) {}

    // Takes in the next record. An error other than `foreign` means that this reader cannot go on:
    // the state is as before the record.
    domain::Result<Judged, EntryError> take(const Record& record, const EntryCodec& codec);

    // The same for an entry whose bytes are known to be the record's: nothing is decoded again.
    Verdict take_known(const Record& record, const Entry& entry, const Hash& head_after);

    const LogState& state() const { return state_; }

private:
    bool is_valid(const Entry& entry) const;

    ShardNumber shard_;
    LogState state_;
};

}  // namespace journal
