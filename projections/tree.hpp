// The Merkle tree over a shard's valid records (journal/merkle.hpp), kept among the views' rows:
// what proofs are made of.
//
// A row is a tile: the hashes of up to sixteen subtrees beside one another, of one in every four
// levels. So a record costs little more than its leaf, and a proof reads few rows. What is between
// the levels is hashed again.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "journal/entry.hpp"
#include "journal/merkle.hpp"
#include "journal/rows.hpp"

namespace projections {

// The end of the tree, where leaves are added. For projectors. Not thread-safe.
class TreeWriter {
public:
    // Goes on behind the first `size` leaves. Throws std::runtime_error if the rows lack them.
    TreeWriter(const journal::Rows& rows, journal::ShardNumber shard, journal::Seq size);

    // Rows that are whole go into the batch at once, the others with `write`.
    void append(const journal::Hash& leaf, journal::RowBatch& batch);
    void write(journal::RowBatch& batch);

private:
    struct Level {
        std::uint64_t tile = 0;
        std::string hashes;  // Of the last tile; fewer than sixteen.
        bool is_changed = false;
    };
    void append(std::size_t level, const journal::Hash& hash, journal::RowBatch& batch);

    journal::ShardNumber shard_;
    std::vector<Level> levels_;
};

// The tree at one moment. Hold it briefly, as a snapshot. Not thread-safe. Throws
// std::runtime_error when rows are missing or cannot be read.
class Tree {
public:
    Tree(const journal::Rows& rows, journal::ShardNumber shard);

    // How many leaves there are: the seq of the last entry that the views show.
    journal::Seq size() const { return size_; }

    // REQUIRES: at most `size()` leaves.
    journal::Hash root(journal::Seq size) const;
    journal::Hash leaf(std::uint64_t index) const { return hash_of({0, index}); }
    journal::Proof inclusion(std::uint64_t index, journal::Seq size) const;
    journal::Proof consistency(journal::Seq from, journal::Seq to) const;

private:
    journal::Hash hash_of(const journal::Subtree& subtree) const;

    journal::ShardNumber shard_;
    std::unique_ptr<journal::RowSnapshot> snapshot_;
    journal::Seq size_ = 0;
    mutable std::map<std::string, std::string, std::less<>> tiles_;  // That were read.
};

}  // namespace projections
