// Judges an exported journal against signed checkpoints, without trusting whoever exported it:
// every record is hashed again, the rules of validity.hpp, the hash chain and the roots of the
// Merkle tree have to hold, and what is wrong first is named.
//
// What proves the records is a checkpoint that covers them. The chain says where it broke: each
// entry confirms all before it, so a record that was changed, removed, added or moved is found
// between the last entry that fits and the first that does not. A history that was written anew,
// chain and all, is found between two checkpoints: the more of them are given, the closer.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/checkpoint.hpp"
#include "journal/entry.hpp"
#include "journal/merkle.hpp"

namespace journal {

// The first that is wrong in a shard: one of the entries from `first` to `last`.
struct Finding {
    ShardNumber shard = 0;
    Seq first = 0;
    Seq last = 0;
    std::uint64_t line = 0;  // Where it was noticed; 0: at the end, or by a checkpoint.
    std::string why;
};
std::string to_text(const Finding& finding);

// What was read of a shard.
struct AuditedShard {
    ShardNumber shard = 0;
    Seq size = 0;             // Valid records.
    Seq covered = 0;          // Those that a checkpoint proves.
    std::uint64_t voids = 0;  // Void ones.
};

// What the rules look at, of a record.
struct RecordFrame {
    bool is_opening = false;
    ShardNumber shard = 0;
    std::string gen;  // Of an opening its id.
    Seq seq = 0;      // Of an entry, as the next.
    Hash prev{};
};
// Nothing for what is no record.
std::optional<RecordFrame> frame_of(std::string_view record);

class ShardAudit {
public:
    // REQUIRES: the checkpoints are of the shard. A record that is void is a fault, unless it may
    // be: several writers may share a journal on Kafka.
    ShardAudit(ShardNumber shard, std::vector<Checkpoint> checkpoints, bool may_have_voids);

    void take(const std::optional<RecordFrame>& frame, const Hash& leaf, std::uint64_t line);
    AuditedShard finish();
    const std::optional<Finding>& finding() const { return finding_; }

private:
    // The first void record behind the last valid one, and what it says of those around it.
    struct Doubt {
        Finding finding;
        // The chain as this record and those behind it have it; until an entry confirms or denies
        // it, it may be this record that is wrong, or those before it.
        std::optional<Hash> chain;
    };
    void accept(const RecordFrame& frame, const Hash& leaf);
    Doubt doubt(const std::optional<RecordFrame>& frame, const Hash& leaf,
                std::uint64_t line) const;
    void settle(const std::optional<RecordFrame>& frame, const Hash& leaf);
    void compare_roots();
    void conclude(Finding finding);

    ShardNumber shard_;
    std::vector<Checkpoint> checkpoints_;  // By size.
    bool may_have_voids_;

    std::string gen_;
    Hash head_before_{};  // Before the last valid record.
    Hash head_{};
    Seq confirmed_ = 0;  // Up to here an entry behind has the chain.
    bool is_behind_opening_ = false;
    TreeEdge tree_;
    std::size_t compared_ = 0;  // Of the checkpoints.
    Seq covered_ = 0;
    std::uint64_t voids_ = 0;
    std::optional<Finding> fork_;  // By a checkpoint.
    std::optional<Doubt> doubt_;
    std::optional<Finding> finding_;
};

// All shards of an export, a line each record.
class JournalAudit {
public:
    JournalAudit(const std::vector<Checkpoint>& checkpoints, bool may_have_voids);

    void take(std::string_view line) { take(frame_of(line), leaf_hash(line)); }
    // The same, with what was made of the line.
    void take(std::optional<RecordFrame> frame, const Hash& leaf);

    struct Report {
        std::vector<AuditedShard> shards;
        std::vector<Finding> findings;  // At most one a shard, in the order of shards.
    };
    Report finish();

private:
    std::map<ShardNumber, ShardAudit> shards_;
    ShardNumber current_ = 0;
    std::uint64_t line_ = 0;
};

}  // namespace journal
