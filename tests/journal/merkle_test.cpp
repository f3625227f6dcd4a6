#include "journal/merkle.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "journal/sha256.hpp"

namespace tests::journal_test {
namespace {

using journal::Consistency;
using journal::Hash;
using journal::Inclusion;
using journal::node_hash;
using journal::Proof;
using journal::Subtree;
using journal::to_hex;

// The definitions of RFC 6962, section 2.1, word by word.
std::uint64_t largest_power_below(std::uint64_t n) {
    std::uint64_t k = 1;
    while (2 * k < n) k *= 2;
    return k;
}

Hash mth(std::span<const Hash> leaves) {
    if (leaves.empty()) return journal::sha256({});
    if (leaves.size() == 1) return leaves[0];
    const auto k = largest_power_below(leaves.size());
    return node_hash(mth(leaves.first(k)), mth(leaves.subspan(k)));
}

Proof path(std::uint64_t m, std::span<const Hash> leaves) {
    if (leaves.size() == 1) return {};
    const auto k = largest_power_below(leaves.size());
    Proof proof = m < k ? path(m, leaves.first(k)) : path(m - k, leaves.subspan(k));
    proof.push_back(m < k ? mth(leaves.subspan(k)) : mth(leaves.first(k)));
    return proof;
}

Proof subproof(std::uint64_t m, std::span<const Hash> leaves, bool is_known) {
    if (m == leaves.size()) return is_known ? Proof{} : Proof{mth(leaves)};
    const auto k = largest_power_below(leaves.size());
    Proof proof =
        m <= k ? subproof(m, leaves.first(k), is_known) : subproof(m - k, leaves.subspan(k), false);
    proof.push_back(m <= k ? mth(leaves.subspan(k)) : mth(leaves.first(k)));
    return proof;
}

std::vector<Hash> some_leaves(std::size_t count) {
    std::vector<Hash> leaves;
    for (std::size_t i = 0; i < count; ++i) {
        leaves.push_back(journal::leaf_hash("entry " + std::to_string(i)));
    }
    return leaves;
}

// Knows complete subtrees alone, as those who keep them do.
journal::SubtreeHash kept(const std::vector<Hash>& leaves) {
    return [&leaves](const Subtree& subtree) {
        const std::uint64_t size = std::uint64_t{1} << subtree.level;
        EXPECT_LE((subtree.index + 1) * size, leaves.size());
        return mth(std::span(leaves).subspan(subtree.index * size, size));
    };
}

TEST(Merkle, HasTheRootsOfTheKnownTestTree) {
    // The leaves and roots of the tests of Certificate Transparency.
    const std::string inputs[] = {
        "",
        std::string(1, '\0'),
        "\x10",
        "\x20\x21",
        "\x30\x31",
        "\x40\x41\x42\x43",
        std::string("\x50\x51\x52\x53\x54\x55\x56\x57"),
        std::string("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f")};
    journal::TreeEdge tree;
    EXPECT_EQ(to_hex(tree.root()),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    std::map<std::size_t, std::string> roots;
    for (const std::string& input : inputs) {
        tree.append(journal::leaf_hash(input));
        roots[tree.size()] = to_hex(tree.root());
    }
    EXPECT_EQ(roots[1], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    EXPECT_EQ(roots[2], "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    EXPECT_EQ(roots[7], "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c");
    EXPECT_EQ(roots[8], "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(Merkle, GivesTheProofsOfTheDefinitionsForAllSmallTrees) {
    const std::vector<Hash> all = some_leaves(70);
    for (std::size_t size = 0; size <= all.size(); ++size) {
        const std::vector<Hash> leaves(all.begin(), all.begin() + static_cast<long>(size));
        const auto hash_of = kept(leaves);
        const Hash root = journal::tree_root(size, hash_of);
        ASSERT_EQ(root, mth(leaves));
        for (std::uint64_t i = 0; i < size; ++i) {
            const Proof proof = journal::inclusion_proof(i, size, hash_of);
            ASSERT_EQ(proof, path(i, leaves)) << i << " of " << size;
            ASSERT_TRUE(is_proved(Inclusion{i, size, leaves[i], root}, proof));
        }
        for (std::uint64_t from = 1; from <= size; ++from) {
            const Proof proof = journal::consistency_proof(from, size, hash_of);
            ASSERT_EQ(proof, subproof(from, leaves, true)) << from << " to " << size;
            const Hash from_root = mth(std::span(leaves).first(from));
            ASSERT_TRUE(is_proved(Consistency{from, size, from_root, root}, proof));
        }
    }
}

TEST(Merkle, AnEdgeHasTheRootOfEachSizeOnItsWay) {
    const std::vector<Hash> leaves = some_leaves(300);
    journal::TreeEdge tree;
    for (std::size_t size = 1; size <= leaves.size(); ++size) {
        tree.append(leaves[size - 1]);
        ASSERT_EQ(tree.root(), mth(std::span(leaves).first(size))) << size;
    }
}

// Each way in which a proof can be malformed. What it does may leave it as it was.
void spoil(Proof& proof, std::mt19937& chance) {
    const auto at = [&] { return proof.begin() + static_cast<long>(chance() % proof.size()); };
    const Hash other = journal::leaf_hash(std::to_string(chance()));
    switch (proof.empty() ? 5 : chance() % 8) {
        case 0: (*at())[chance() % 32] ^= static_cast<unsigned char>(1U << (chance() % 8)); break;
        case 1: proof.erase(at()); break;
        case 2: proof.insert(at(), *at()); break;
        case 3: std::iter_swap(at(), at()); break;
        case 4: *at() = other; break;
        case 5: proof.push_back(other); break;
        case 6: proof.clear(); break;
        default: proof.insert(proof.begin(), other); break;
    }
}

TEST(Merkle, RefusesEachMalformedProof) {
    const std::vector<Hash> leaves = some_leaves(64);
    const auto hash_of = kept(leaves);
    std::mt19937 chance(1);
    int refused = 0;
    for (int n = 0; n < 4000; ++n) {
        const std::uint64_t size = 1 + chance() % leaves.size();
        const std::uint64_t index = chance() % size;
        const Hash root = mth(std::span(leaves).first(size));
        const Proof included = journal::inclusion_proof(index, size, hash_of);
        Proof spoilt = included;
        spoil(spoilt, chance);
        if (spoilt != included) {
            ++refused;
            EXPECT_FALSE(is_proved(Inclusion{index, size, leaves[index], root}, spoilt));
        }
        const Hash from_root = mth(std::span(leaves).first(index + 1));
        const Proof consistent = journal::consistency_proof(index + 1, size, hash_of);
        spoilt = consistent;
        spoil(spoilt, chance);
        if (spoilt != consistent) {
            ++refused;
            EXPECT_FALSE(is_proved(Consistency{index + 1, size, from_root, root}, spoilt));
        }
    }
    EXPECT_GT(refused, 6000);
}

TEST(Merkle, RefusesARightProofOfAnythingElse) {
    const std::vector<Hash> leaves = some_leaves(40);
    const auto hash_of = kept(leaves);
    for (std::uint64_t size = 2; size <= leaves.size(); ++size) {
        const Hash root = mth(std::span(leaves).first(size));
        for (std::uint64_t i = 0; i < size; ++i) {
            const Proof proof = journal::inclusion_proof(i, size, hash_of);
            const std::uint64_t other = (i + 1) % size;
            EXPECT_FALSE(is_proved(Inclusion{other, size, leaves[i], root}, proof));
            EXPECT_FALSE(is_proved(Inclusion{i, size, leaves[other], root}, proof));
            EXPECT_FALSE(is_proved(Inclusion{i, size, leaves[i], leaves[0]}, proof));
            EXPECT_FALSE(is_proved(Inclusion{size, size, leaves[i], root}, proof));
        }
        for (std::uint64_t from = 1; from < size; ++from) {
            const Proof proof = journal::consistency_proof(from, size, hash_of);
            const Hash from_root = mth(std::span(leaves).first(from));
            EXPECT_FALSE(is_proved(Consistency{from, size, root, root}, proof));
            EXPECT_FALSE(is_proved(Consistency{from, size, from_root, from_root}, proof));
            EXPECT_FALSE(is_proved(Consistency{size, from, root, from_root}, proof));
            EXPECT_FALSE(is_proved(Consistency{0, size, from_root, root}, proof));
            EXPECT_FALSE(is_proved(Consistency{size, size, from_root, root}, {}));
        }
    }
}

}  // namespace
}  // namespace tests::journal_test
