#include "journal/proof_document.hpp"

#include <gtest/gtest.h>

#include "journal/base64.hpp"
#include "journal/sha256.hpp"

namespace tests::journal_test {
namespace {

using journal::check_proof;
using journal::Hash;

// A shard in which a bill has an event in each third entry, and what was signed of it.
struct Ledger {
    static constexpr std::uint64_t size = 20;
    journal::NoteSigner signer{"daybook/test", {5}};
    journal::NoteVerifier verifier = journal::NoteVerifier::parse(signer.verifier_key()).value();
    std::vector<std::string> records;
    std::vector<Hash> leaves;

    Ledger() {
        for (std::uint64_t seq = 1; seq <= size; ++seq) {
            const bool is_ours = seq % 3 == 0;
            std::string record = R"({"v":1,"shard":0,"seq":)" + std::to_string(seq);
            record += R"(,"gen":"g","prev":")" + std::string(64, '0');
            record +=
                R"(","time":"2026-01-31T10:00:00.000Z","tenant":"acme","command":{},"events":[)";
            record += R"({"subject":"bills/)" + std::string(is_ours ? "b-1" : "b-2");
            record += R"(","sequence":)" + std::to_string(is_ours ? seq / 3 : seq) + "}]}";
            leaves.push_back(journal::leaf_hash(record));
            records.push_back(std::move(record));
        }
    }
    journal::SubtreeHash hash_of() const {
        return [this](const journal::Subtree& subtree) {
            journal::TreeEdge edge;
            const std::uint64_t count = std::uint64_t{1} << subtree.level;
            for (std::uint64_t i = 0; i < count; ++i)
                edge.append(leaves[subtree.index * count + i]);
            return edge.root();
        };
    }
    journal::Checkpoint checkpoint(std::uint64_t of = size) const {
        return {0, of, journal::tree_root(of, hash_of())};
    }
    std::string note() const { return signed_checkpoint(checkpoint(), signer).note; }

    std::string inclusion(std::uint64_t seq) const {
        journal::InclusionDocument document;
        document.position = "0-" + std::to_string(seq);
        document.leaf_index = seq - 1;
        document.size = size;
        document.leaf_hash = journal::to_base64(leaves[seq - 1]);
        document.root = journal::to_base64(checkpoint().root);
        document.proof = journal::to_base64(journal::inclusion_proof(seq - 1, size, hash_of()));
        document.checkpoint = note();
        return codec::to_json(document);
    }
    std::string consistency(std::uint64_t from) const {
        journal::ConsistencyDocument document;
        document.from = from;
        document.to = size;
        document.from_root = journal::to_base64(checkpoint(from).root);
        document.to_root = journal::to_base64(checkpoint().root);
        document.proof = journal::to_base64(journal::consistency_proof(from, size, hash_of()));
        document.checkpoint = note();
        return codec::to_json(document);
    }
    journal::ResourceProof bill() const {
        journal::ResourceProof document{
            .subject = "bills/b-1", .checkpoint = note(), .entries = {}};
        for (std::uint64_t seq = 3; seq <= size; seq += 3) {
            document.entries.push_back(
                {.position = "0-" + std::to_string(seq),
                 .leaf_index = seq - 1,
                 .entry = journal::to_base64(records[seq - 1]),
                 .proof = journal::to_base64(journal::inclusion_proof(seq - 1, size, hash_of()))});
        }
        return document;
    }
    bool holds(const std::string& document,
               const std::vector<journal::Checkpoint>& known = {}) const {
        return check_proof(document, verifier, known).has_value();
    }
    bool holds(const journal::ResourceProof& document) const {
        return holds(codec::to_json(document));
    }
};

void expect_no_flip_holds(const Ledger& ledger, const std::string& document,
                          const std::vector<journal::Checkpoint>& known) {
    ASSERT_TRUE(ledger.holds(document, known)) << document;
    for (std::size_t i = 0; i < document.size(); ++i) {
        std::string spoilt = document;
        spoilt[i] = static_cast<char>(static_cast<unsigned char>(spoilt[i]) ^ (1U << (i % 7)));
        EXPECT_FALSE(ledger.holds(spoilt, known)) << spoilt;
        EXPECT_FALSE(ledger.holds(document.substr(0, i), known));
    }
}

TEST(ProofDocument, OfAnEntryIsRefusedWithAnyBitFlipped) {
    const Ledger ledger;
    expect_no_flip_holds(ledger, ledger.inclusion(7), {});
}

TEST(ProofDocument, OfConsistencyIsRefusedWithAnyBitFlipped) {
    const Ledger ledger;
    expect_no_flip_holds(ledger, ledger.consistency(13), {ledger.checkpoint(13)});
    EXPECT_FALSE(ledger.holds(ledger.consistency(13)));
    EXPECT_FALSE(ledger.holds(ledger.consistency(13), {ledger.checkpoint(12)}));
}

TEST(ProofDocument, OfABillIsRefusedWithAnyBitFlipped) {
    const Ledger ledger;
    expect_no_flip_holds(ledger, codec::to_json(ledger.bill()), {});
}

TEST(ProofDocument, OfABillIsRefusedWithAnEntryLeftOutDoubledOrMoved) {
    const Ledger ledger;
    const auto whole = ledger.bill();
    for (std::size_t i = 0; i < whole.entries.size(); ++i) {
        const auto at = static_cast<long>(i);
        auto left_out = whole;
        left_out.entries.erase(left_out.entries.begin() + at);
        // Nobody can see that the last one is missing.
        EXPECT_EQ(ledger.holds(left_out), i + 1 == whole.entries.size());
        auto doubled = whole;
        doubled.entries.insert(doubled.entries.begin() + at, whole.entries[i]);
        EXPECT_FALSE(ledger.holds(doubled));
        auto moved = whole;
        std::swap(moved.entries[i], moved.entries[(i + 1) % whole.entries.size()]);
        EXPECT_FALSE(ledger.holds(moved));
    }
    auto none = whole;
    none.entries.clear();
    EXPECT_FALSE(ledger.holds(none));
    auto other = whole;
    other.subject = "bills/b-2";
    EXPECT_FALSE(ledger.holds(other));
}

TEST(ProofDocument, RefusesWhatIsNoDocument) {
    const Ledger ledger;
    for (const char* const text :
         {"", "{}", "[]", "null", "\"entries\"", R"({"entries":[]})", R"({"entries":{}})",
          R"({"leafIndex":0})", R"({"leafIndex":-1,"proof":[]})", R"({"from":0,"to":0})",
          R"({"from":1,"to":1,"proof":["x"]})"}) {
        EXPECT_FALSE(ledger.holds(std::string(text))) << text;
    }
}

}  // namespace
}  // namespace tests::journal_test
