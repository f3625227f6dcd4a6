#include "projections/tree.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <string_view>

#include "journal/sha256.hpp"
#include "journal/validity.hpp"
#include "projections/row_keys.hpp"

namespace projections {
namespace {

using journal::Hash;

constexpr unsigned tile_levels = 4;
constexpr std::uint64_t tile_hashes = 1U << tile_levels;
constexpr std::size_t hash_bytes = sizeof(Hash);

Hash hash_at(std::string_view tile, std::uint64_t index) {
    Hash hash{};
    const auto bytes = tile.substr(index * hash_bytes, hash_bytes);
    if (bytes.size() != hash_bytes) throw std::runtime_error("rows of the Merkle tree are missing");
    std::ranges::copy(bytes, hash.begin());
    return hash;
}

// Of a complete subtree within a tile: `count` of its hashes, from `first` on.
Hash hash_in(std::string_view tile, std::uint64_t first, std::uint64_t count) {
    std::vector<Hash> hashes;
    for (std::uint64_t i = 0; i < count; ++i) hashes.push_back(hash_at(tile, first + i));
    for (; hashes.size() > 1; hashes.resize(hashes.size() / 2)) {
        for (std::size_t i = 0; i + 1 < hashes.size(); i += 2) {
            hashes[i / 2] = journal::node_hash(hashes[i], hashes[i + 1]);
        }
    }
    return hashes.front();
}

journal::Seq size_of(const journal::RowSnapshot& snapshot, journal::ShardNumber shard) {
    const auto text = snapshot.get(position_key(shard));
    if (!text) return 0;
    const auto state = journal::parse_log_state(*text);
    if (!state) throw std::runtime_error("the position of the views cannot be read");
    return state->seq;
}

}  // namespace

TreeWriter::TreeWriter(const journal::Rows& rows, journal::ShardNumber shard, journal::Seq size)
    : shard_(shard) {
    for (std::uint64_t hashes = size; hashes > 0; hashes /= tile_hashes) {
        Level level{.tile = hashes / tile_hashes, .hashes = {}};
        const std::size_t bytes = hashes % tile_hashes * hash_bytes;
        const auto key = tile_key(shard_, levels_.size(), level.tile);
        if (bytes > 0) rows.get(key, [&](std::string_view row) { level.hashes = row; });
        if (level.hashes.size() != bytes) {
            throw std::runtime_error("rows of the Merkle tree are missing");
        }
        levels_.push_back(std::move(level));
    }
}

void TreeWriter::append(const Hash& leaf, journal::RowBatch& batch) { append(0, leaf, batch); }

void TreeWriter::append(std::size_t level, const Hash& hash, journal::RowBatch& batch) {
    if (level == levels_.size()) levels_.emplace_back();
    Level& at = levels_[level];
    at.hashes += journal::as_text(hash);
    at.is_changed = true;
    if (at.hashes.size() < tile_hashes * hash_bytes) return;
    batch.put(tile_key(shard_, level, at.tile), at.hashes);
    const Hash parent = hash_in(at.hashes, 0, tile_hashes);
    ++at.tile;
    at.hashes.clear();
    at.is_changed = false;
    append(level + 1, parent, batch);
}

void TreeWriter::write(journal::RowBatch& batch) {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
        Level& at = levels_[level];
        if (at.is_changed) batch.put(tile_key(shard_, level, at.tile), at.hashes);
        at.is_changed = false;
    }
}

Tree::Tree(const journal::Rows& rows, journal::ShardNumber shard)
    : shard_(shard), snapshot_(rows.snapshot()), size_(size_of(*snapshot_, shard)) {}

Hash Tree::root(journal::Seq size) const {
    assert(size <= size_);
    return journal::tree_root(size, [this](const auto& subtree) { return hash_of(subtree); });
}

journal::Proof Tree::inclusion(std::uint64_t index, journal::Seq size) const {
    assert(size <= size_);
    return journal::inclusion_proof(index, size,
                                    [this](const auto& subtree) { return hash_of(subtree); });
}

journal::Proof Tree::consistency(journal::Seq from, journal::Seq to) const {
    assert(to <= size_);
    return journal::consistency_proof(from, to,
                                      [this](const auto& subtree) { return hash_of(subtree); });
}

Hash Tree::hash_of(const journal::Subtree& subtree) const {
    const std::uint64_t count = std::uint64_t{1} << (subtree.level % tile_levels);
    const std::uint64_t first = subtree.index * count;
    std::string key = tile_key(shard_, subtree.level / tile_levels, first / tile_hashes);
    auto found = tiles_.find(key);
    if (found == tiles_.end()) {
        auto tile = snapshot_->get(key);
        found = tiles_.emplace(std::move(key), std::move(tile).value_or("")).first;
    }
    return hash_in(found->second, first % tile_hashes, count);
}

}  // namespace projections
