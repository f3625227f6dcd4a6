// The Merkle tree of RFC 6962, section 2.1, over the valid records of a shard: leaf n is the record
// with seq n + 1, its hash is leaf_hash (chain.hpp), and the tree of size n is that of position n.
//
// Pure: hashes of subtrees come from whoever keeps them. Of a tree of any size all that is needed
// are complete subtrees, whose hashes never change once their last leaf is there.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "journal/chain.hpp"

namespace journal {

// The 2^level leaves from index · 2^level on.
struct Subtree {
    unsigned level = 0;
    std::uint64_t index = 0;
    bool operator==(const Subtree&) const = default;
};
using SubtreeHash = std::function<Hash(const Subtree&)>;
using Proof = std::vector<Hash>;

// Of two subtrees beside one another.
Hash node_hash(const Hash& left, const Hash& right);

// REQUIRES of all three: `hash_of` knows the complete subtrees of the first `size` or `to` leaves.
Hash tree_root(std::uint64_t size, const SubtreeHash& hash_of);
// That the leaf is in the tree. REQUIRES: index < size.
Proof inclusion_proof(std::uint64_t index, std::uint64_t size, const SubtreeHash& hash_of);
// That the tree of size `to` begins with that of size `from`. REQUIRES: 0 < from <= to.
Proof consistency_proof(std::uint64_t from, std::uint64_t to, const SubtreeHash& hash_of);

// What a proof claims. Whatever they are given, they hold for what is true alone.
struct Inclusion {
    std::uint64_t index = 0;
    std::uint64_t size = 0;
    Hash leaf{};
    Hash root{};
};
bool is_proved(const Inclusion& claim, std::span<const Hash> proof);

struct Consistency {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    Hash from_root{};
    Hash to_root{};
};
bool is_proved(const Consistency& claim, std::span<const Hash> proof);

// A tree that grows at its end and remembers no more than it needs to: for one pass over all
// leaves.
class TreeEdge {
public:
    void append(const Hash& leaf);
    std::uint64_t size() const { return size_; }
    Hash root() const;

private:
    std::uint64_t size_ = 0;
    std::vector<Hash> peaks_;  // Of the complete subtrees, the largest first.
};

}  // namespace journal
