#include "journal/proof_document.hpp"

#include <simdjson.h>

#include <algorithm>

#include "domain/numbers.hpp"
#include "journal/audit.hpp"
#include "journal/base64.hpp"

namespace journal {
namespace {

using Checked = domain::Result<std::string, std::string>;
using simdjson::dom::element;

domain::Failure<std::string> refused(std::string why) { return domain::Failure(std::move(why)); }

std::optional<Proof> parse_proof(const std::vector<std::string>& texts) {
    Proof proof;
    for (const std::string& text : texts) {
        const auto hash = hash_from_base64(text);
        if (!hash) return std::nullopt;
        proof.push_back(*hash);
    }
    return proof;
}

struct Place {
    ShardNumber shard = 0;
    Seq seq = 0;
};
std::optional<Place> parse_place(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto shard = domain::parse_whole<ShardNumber>(text.substr(0, dash));
    const auto seq = domain::parse_whole<Seq>(text.substr(dash + 1));
    if (!shard || !seq || *seq == 0) return std::nullopt;
    return Place{*shard, *seq};
}

bool is_known(const std::vector<Checkpoint>& known, std::optional<ShardNumber> shard,
              std::uint64_t size, const Hash& root) {
    return std::ranges::any_of(known, [&](const Checkpoint& one) {
        return one.size == size && one.root == root && (!shard || one.shard == *shard);
    });
}

// The checkpoints that a proof may rest on: those that are known, and its own if it is signed.
domain::Result<std::vector<Checkpoint>, std::string> grounds(const std::optional<std::string>& note,
                                                             const NoteVerifier& verifier,
                                                             const std::vector<Checkpoint>& known) {
    std::vector<Checkpoint> all = known;
    if (!note) return all;
    const auto opened = open_checkpoint(*note, verifier);
    if (!opened) return refused("its checkpoint is not signed by this key");
    all.push_back(opened->checkpoint);
    return all;
}

Checked check(const InclusionDocument& document, const NoteVerifier& verifier,
              const std::vector<Checkpoint>& known) {
    const auto place = parse_place(document.position);
    const auto leaf = hash_from_base64(document.leaf_hash);
    const auto root = hash_from_base64(document.root);
    const auto proof = parse_proof(document.proof);
    if (!place || !leaf || !root || !proof) return refused("it is malformed");
    if (document.leaf_index != place->seq - 1) return refused("leafIndex is not the position's");
    const auto trusted = grounds(document.checkpoint, verifier, known);
    if (!trusted) return refused(trusted.error());
    if (!is_known(*trusted, place->shard, document.size, *root)) {
        return refused("no checkpoint has its root");
    }
    if (!is_proved(Inclusion{document.leaf_index, document.size, *leaf, *root}, *proof)) {
        return refused("the hashes do not lead to the root");
    }
    return "entry " + document.position + " with the hash " + document.leaf_hash +
           " is one of the first " + std::to_string(document.size);
}

Checked check(const ConsistencyDocument& document, const NoteVerifier& verifier,
              const std::vector<Checkpoint>& known) {
    const auto from_root = hash_from_base64(document.from_root);
    const auto to_root = hash_from_base64(document.to_root);
    const auto proof = parse_proof(document.proof);
    if (!from_root || !to_root || !proof) return refused("it is malformed");
    const auto trusted = grounds(document.checkpoint, verifier, known);
    if (!trusted) return refused(trusted.error());
    // Both are of one shard.
    const auto is_of_both = [&](const Checkpoint& one) {
        return is_known(*trusted, one.shard, document.from, *from_root) &&
               is_known(*trusted, one.shard, document.to, *to_root);
    };
    if (!std::ranges::any_of(*trusted, is_of_both)) {
        return refused("there are no checkpoints of both trees, the older and the newer");
    }
    if (!is_proved(Consistency{document.from, document.to, *from_root, *to_root}, *proof)) {
        return refused("the hashes do not lead to both roots");
    }
    return "the first " + std::to_string(document.from) + " entries are the beginning of the " +
           std::to_string(document.to);
}

// Takes the numbers of the subject's events in an entry, which go on from `sequence`.
bool take_events(std::string_view entry, std::string_view subject, std::uint64_t& sequence) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(entry);
    simdjson::dom::array events;
    if (parser.parse(padded)["events"].get(events) != simdjson::SUCCESS) return false;
    const std::uint64_t before = sequence;
    for (const element event : events) {
        std::string_view of;
        std::uint64_t number = 0;
        if (event["subject"].get(of) != simdjson::SUCCESS || of != subject) continue;
        if (event["sequence"].get(number) != simdjson::SUCCESS || number != ++sequence) {
            return false;
        }
    }
    return sequence > before;
}

std::optional<std::string> fault_of(const ProvedEntry& entry, const Checkpoint& checkpoint,
                                    std::string_view subject, std::uint64_t& sequence) {
    const auto place = parse_place(entry.position);
    const auto bytes = from_base64(entry.entry);
    const auto proof = parse_proof(entry.proof);
    if (!place || !bytes || !proof) return "it is malformed";
    const auto frame = frame_of(*bytes);
    if (!frame || frame->is_opening) return "it is no entry";
    if (place->shard != checkpoint.shard || frame->shard != checkpoint.shard) {
        return "it is of another shard than the checkpoint";
    }
    if (frame->seq != place->seq || entry.leaf_index != place->seq - 1) {
        return "it says that it stands elsewhere";
    }
    if (!is_proved(Inclusion{entry.leaf_index, checkpoint.size, leaf_hash(*bytes), checkpoint.root},
                   *proof)) {
        return "it is not what was signed";
    }
    if (!take_events(*bytes, subject, sequence)) {
        return "it does not have the event that comes next";
    }
    return std::nullopt;
}

Checked check(const ResourceProof& document, const NoteVerifier& verifier) {
    const auto opened = open_checkpoint(document.checkpoint, verifier);
    if (!opened) return refused("its checkpoint is not signed by this key");
    std::uint64_t sequence = 0;
    for (const ProvedEntry& entry : document.entries) {
        const auto fault = fault_of(entry, opened->checkpoint, document.subject, sequence);
        if (fault) return refused("entry " + entry.position + ": " + *fault);
    }
    if (sequence == 0) return refused("it has no entries");
    return document.subject + " has the events 1 to " + std::to_string(sequence) +
           " that this has, of the first " + std::to_string(opened->checkpoint.size) +
           " entries of shard " + std::to_string(opened->checkpoint.shard);
}

}  // namespace

std::vector<std::string> to_base64(const Proof& proof) {
    std::vector<std::string> texts;
    for (const Hash& hash : proof) texts.push_back(to_base64(hash));
    return texts;
}

Checked check_proof(std::string_view document, const NoteVerifier& verifier,
                    const std::vector<Checkpoint>& known) {
    if (document.contains("\"entries\"")) {
        ResourceProof proof;
        if (!codec::read_stored(document, proof)) return refused("it is malformed");
        return check(proof, verifier);
    }
    if (document.contains("\"leafIndex\"")) {
        InclusionDocument proof;
        if (!codec::read_stored(document, proof)) return refused("it is malformed");
        return check(proof, verifier, known);
    }
    ConsistencyDocument proof;
    if (!codec::read_stored(document, proof)) return refused("it is malformed");
    return check(proof, verifier, known);
}

}  // namespace journal
