#include "journal/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <ranges>

#include "journal/sha256.hpp"

namespace journal {
namespace {

// The leaves of a part of the tree, which RFC 6962 writes D[begin:end].
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t size() const { return end - begin; }
    // Where the left subtree ends. REQUIRES: there are two leaves at least.
    std::uint64_t split() const { return begin + std::bit_floor(size() - 1); }
};

// In all ranges that come up here, the largest complete subtree comes first, and its begin is a
// multiple of its size.
Hash hash_of_range(Range range, const SubtreeHash& hash_of) {
    std::vector<Hash> parts;
    while (range.size() > 0) {
        const std::uint64_t part = std::bit_floor(range.size());
        parts.push_back(
            hash_of({static_cast<unsigned>(std::countr_zero(part)), range.begin / part}));
        range.begin += part;
    }
    Hash hash = parts.back();
    parts.pop_back();
    for (const Hash& left : std::views::reverse(parts)) hash = node_hash(left, hash);
    return hash;
}

Proof hashes_of(const std::vector<Range>& from_the_root, const SubtreeHash& hash_of) {
    Proof proof;
    for (const Range& range : std::views::reverse(from_the_root)) {
        proof.push_back(hash_of_range(range, hash_of));
    }
    return proof;
}

// The way from a leaf up to the root: is the node a right child, or the last of its level?
class Climb {
public:
    Climb(std::uint64_t index, std::uint64_t size) : node_(index), last_(size - 1) {}

    bool is_at_root() const { return last_ == 0; }
    bool has_left_sibling() const { return (node_ & 1U) != 0 || node_ == last_; }
    void go_up() {
        node_ >>= 1U;
        last_ >>= 1U;
    }
    // Past the levels at which the node has no sibling at all.
    void skip_lone() {
        while ((node_ & 1U) == 0 && node_ != 0) go_up();
    }
    // Past the levels that are whole in the older tree.
    void skip_right_children() {
        while ((node_ & 1U) != 0) go_up();
    }

private:
    std::uint64_t node_;
    std::uint64_t last_;
};

}  // namespace

Hash node_hash(const Hash& left, const Hash& right) {
    std::array<char, 1 + sizeof(Hash)> prefixed{'\x01'};
    std::ranges::copy(as_text(left), prefixed.begin() + 1);
    return sha256({prefixed.data(), prefixed.size()}, as_text(right));
}

Hash tree_root(std::uint64_t size, const SubtreeHash& hash_of) {
    return size == 0 ? sha256({}) : hash_of_range({0, size}, hash_of);
}

Proof inclusion_proof(std::uint64_t index, std::uint64_t size, const SubtreeHash& hash_of) {
    assert(index < size);
    std::vector<Range> siblings;
    for (Range at{0, size}; at.size() > 1;) {
        const Range left{at.begin, at.split()};
        const Range right{at.split(), at.end};
        const bool is_left = index < left.end;
        siblings.push_back(is_left ? right : left);
        at = is_left ? left : right;
    }
    return hashes_of(siblings, hash_of);
}

Proof consistency_proof(std::uint64_t from, std::uint64_t to, const SubtreeHash& hash_of) {
    assert(0 < from && from <= to);
    std::vector<Range> parts;
    Range at{0, to};
    while (at.end != from) {
        const Range left{at.begin, at.split()};
        const Range right{at.split(), at.end};
        const bool is_left = from <= left.end;
        parts.push_back(is_left ? right : left);
        at = is_left ? left : right;
    }
    // The older tree itself is known to who asks.
    if (at.begin != 0) parts.push_back(at);
    return hashes_of(parts, hash_of);
}

bool is_proved(const Inclusion& claim, std::span<const Hash> proof) {
    if (claim.index >= claim.size) return false;
    Climb climb(claim.index, claim.size);
    Hash hash = claim.leaf;
    for (const Hash& sibling : proof) {
        if (climb.is_at_root()) return false;
        if (climb.has_left_sibling()) {
            hash = node_hash(sibling, hash);
            climb.skip_lone();
        } else {
            hash = node_hash(hash, sibling);
        }
        climb.go_up();
    }
    return climb.is_at_root() && hash == claim.root;
}

bool is_proved(const Consistency& claim, std::span<const Hash> proof) {
    if (claim.from == 0 || claim.from > claim.to) return false;
    if (claim.from == claim.to) return proof.empty() && claim.from_root == claim.to_root;
    Climb climb(claim.from - 1, claim.to);
    climb.skip_right_children();
    Hash older = claim.from_root;
    if (!std::has_single_bit(claim.from)) {
        if (proof.empty()) return false;
        older = proof.front();
        proof = proof.subspan(1);
    }
    Hash newer = older;
    for (const Hash& part : proof) {
        if (climb.is_at_root()) return false;
        if (climb.has_left_sibling()) {
            older = node_hash(part, older);
            newer = node_hash(part, newer);
            climb.skip_lone();
        } else {
            newer = node_hash(newer, part);
        }
        climb.go_up();
    }
    return climb.is_at_root() && older == claim.from_root && newer == claim.to_root;
}

void TreeEdge::append(const Hash& leaf) {
    Hash hash = leaf;
    for (std::uint64_t rest = size_; (rest & 1U) != 0; rest >>= 1U) {
        hash = node_hash(peaks_.back(), hash);
        peaks_.pop_back();
    }
    peaks_.push_back(hash);
    ++size_;
}

Hash TreeEdge::root() const {
    if (peaks_.empty()) return sha256({});
    Hash hash = peaks_.back();
    for (const Hash& left : peaks_ | std::views::reverse | std::views::drop(1)) {
        hash = node_hash(left, hash);
    }
    return hash;
}

}  // namespace journal
