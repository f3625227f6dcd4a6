// Checkpoints (C2SP tlog-checkpoint): what a shard's tree was at a size, as the text of a signed
// note. Its first line, the origin, is the key's name and the shard: one key signs all shards of an
// installation.
//
//     news.example/3      ; NAME/SHARD
//     1201                ; the size: the seq of the last entry in it
//     BASE64              ; the root
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/journal.hpp"
#include "journal/merkle.hpp"
#include "journal/note.hpp"

namespace journal {

struct Checkpoint {
    ShardNumber shard = 0;
    std::uint64_t size = 0;
    Hash root{};
    bool operator==(const Checkpoint&) const = default;
};

struct SignedCheckpoint {
    Checkpoint checkpoint;
    std::string note;
};

SignedCheckpoint signed_checkpoint(const Checkpoint& checkpoint, const NoteSigner& signer);

// The checkpoint in a note of this key; nothing if it is none, or not signed by it.
std::optional<SignedCheckpoint> open_checkpoint(std::string_view note,
                                                const NoteVerifier& verifier);

// The notes of a file that has them one after the other, an empty line behind each; the last one
// may lack it. What begins like a note and is none is a part of its own.
std::vector<std::string_view> split_notes(std::string_view text);

}  // namespace journal
