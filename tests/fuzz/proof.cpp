// Any bytes as what an auditor is given: notes, proofs and records. Nobody can make a note without
// the key, so nothing is proved by one.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "journal/audit.hpp"
#include "journal/base64.hpp"
#include "journal/proof_document.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static const journal::NoteSigner signer("daybook/fuzz", {42});
    static const auto verifier = journal::NoteVerifier::parse(signer.verifier_key()).value();
    for (const std::string_view note : journal::split_notes(bytes)) {
        tests::fuzz::check(!journal::open_checkpoint(note, verifier));
    }
    tests::fuzz::check(!journal::check_proof(bytes, verifier, {}));
    journal::NoteVerifier::parse(bytes);
    const auto decoded = journal::from_base64(bytes);
    tests::fuzz::check(!decoded || journal::to_base64(*decoded) == bytes);
    journal::JournalAudit audit({{.shard = 0, .size = 1, .root = {}}}, true);
    audit.take(bytes);
    tests::fuzz::check(!audit.finish().findings.empty());
    return 0;
}
