// Proofs as JSON documents, as they are given out, and checking them with nothing but the key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/reflect.hpp"
#include "journal/checkpoint.hpp"
#include "journal/merkle.hpp"
#include "journal/note.hpp"

namespace journal {

std::vector<std::string> to_base64(const Proof& proof);

// That an entry is in a tree.
struct InclusionDocument {
    std::string position;
    std::uint64_t leaf_index = 0;
    std::uint64_t size = 0;
    std::string leaf_hash;
    std::string root;
    std::vector<std::string> proof;
    std::optional<std::string> checkpoint;
};
constexpr auto describe(const InclusionDocument*) {
    using T = InclusionDocument;
    using domain::field;
    return domain::fields(
        field<&T::position>("position", "Of the entry.").required(),
        field<&T::leaf_index>("leafIndex", "Of the entry among the leaves, from 0.").required(),
        field<&T::size>("size", "Leaves of the tree.").required(),
        field<&T::leaf_hash>("leafHash", "SHA-256 of a zero byte and the entry, in base64.")
            .required(),
        field<&T::root>("root", "Of the tree, in base64.").required(),
        field<&T::proof>("proof", "The hashes of the audit path (RFC 6962, 2.1.1), in base64.")
            .required()
            .items(64),
        field<&T::checkpoint>("checkpoint", "A signed note of this tree, where there is one."));
}

// That a tree begins with another one.
struct ConsistencyDocument {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string from_root;
    std::string to_root;
    std::vector<std::string> proof;
    std::optional<std::string> checkpoint;
};
constexpr auto describe(const ConsistencyDocument*) {
    using T = ConsistencyDocument;
    using domain::field;
    return domain::fields(
        field<&T::from>("from", "Leaves of the older tree.").required(),
        field<&T::to>("to", "Leaves of the newer tree.").required(),
        field<&T::from_root>("fromRoot", "Of the older tree, in base64.").required(),
        field<&T::to_root>("toRoot", "Of the newer tree, in base64.").required(),
        field<&T::proof>("proof", "The hashes of the proof (RFC 6962, 2.1.2), in base64.")
            .required()
            .items(65),
        field<&T::checkpoint>("checkpoint",
                              "A signed note of the newer tree, where there is one."));
}

// What happened to a resource: its entries as they are stored, each with the proof that it is in
// the tree of one checkpoint.
struct ProvedEntry {
    std::string position;
    std::uint64_t leaf_index = 0;
    std::string entry;
    std::vector<std::string> proof;
};
constexpr auto describe(const ProvedEntry*) {
    using T = ProvedEntry;
    using domain::field;
    return domain::fields(
        field<&T::position>("position", "Of the entry.").required(),
        field<&T::leaf_index>("leafIndex", "Of the entry among the leaves, from 0.").required(),
        field<&T::entry>("entry", "The entry as it is stored, byte for byte, in base64.")
            .required(),
        field<&T::proof>("proof", "The hashes of the audit path (RFC 6962, 2.1.1), in base64.")
            .required()
            .items(64));
}
struct ResourceProof {
    std::string subject;
    std::string checkpoint;
    std::vector<ProvedEntry> entries;
};
constexpr auto describe(const ResourceProof*) {
    using T = ResourceProof;
    using domain::field;
    return domain::fields(
        field<&T::subject>("subject", "What is proved, such as bills/4711.").required(),
        field<&T::checkpoint>("checkpoint", "The signed note of the tree.").required(),
        field<&T::entries>("entries", "All entries that changed it, oldest first.")
            .required()
            .items(100'000));
}

// What a document proves, as a sentence, or why it does not. A proof without a checkpoint, and that
// of an older tree, need the root from elsewhere: `known` are checkpoints that the reader has.
domain::Result<std::string, std::string> check_proof(std::string_view document,
                                                     const NoteVerifier& verifier,
                                                     const std::vector<Checkpoint>& known);

}  // namespace journal
