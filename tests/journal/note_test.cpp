#include "journal/note.hpp"

#include <gtest/gtest.h>

#include "journal/base64.hpp"
#include "journal/checkpoint.hpp"

namespace tests::journal_test {
namespace {

using journal::Checkpoint;
using journal::NoteSigner;
using journal::NoteVerifier;

NoteSigner signer(std::string name = "news.example/daybook", unsigned char seed = 7) {
    NoteSigner::Seed bytes{};
    bytes.fill(seed);
    return {std::move(name), bytes};
}
NoteVerifier verifier_of(const NoteSigner& one) {
    return NoteVerifier::parse(one.verifier_key()).value();
}

Checkpoint some_checkpoint(std::uint64_t size = 1201) {
    return {.shard = 3, .size = size, .root = journal::leaf_hash("root")};
}

TEST(Note, OpensWhatItsKeySigned) {
    const auto one = signer();
    EXPECT_EQ(verifier_of(one).open(one.sign("first\n\nsecond\n")), "first\n\nsecond\n");
}

// The example in the documentation of Go's package note.
TEST(Note, OpensTheExampleOfAnotherImplementation) {
    const auto key =
        NoteVerifier::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    ASSERT_TRUE(key);
    const std::string text =
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n";
    const std::string note =
        text +
        "\n\xE2\x80\x94 PeterNeumann "
        "x08go/ZJkuBS9UG/"
        "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM"
        "=\n";
    EXPECT_EQ(key->open(note), text);
}

TEST(Note, RefusesEachFlippedBit) {
    const auto one = signer();
    const auto verifier = verifier_of(one);
    const std::string note = one.sign("first\nsecond\n");
    for (std::size_t i = 0; i < note.size(); ++i) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string spoilt = note;
            spoilt[i] = static_cast<char>(static_cast<unsigned char>(spoilt[i]) ^ (1U << bit));
            EXPECT_FALSE(verifier.open(spoilt)) << i << " " << bit;
        }
        EXPECT_FALSE(verifier.open(note.substr(0, i)));
    }
}

TEST(Note, RefusesAnotherKeyOfTheSameName) {
    const auto other = signer("news.example/daybook", 8);
    EXPECT_FALSE(verifier_of(signer()).open(other.sign("first\n")));
    EXPECT_FALSE(verifier_of(signer()).open(signer("other").sign("first\n")));
}

TEST(Note, PassesOverSignaturesOfOthers) {
    const std::string note = signer("witness", 9).sign("first\n");
    const std::string ours = signer().sign("first\n");
    EXPECT_EQ(verifier_of(signer()).open(note + ours.substr(7)), "first\n");
    EXPECT_EQ(verifier_of(signer()).open(ours + note.substr(7)), "first\n");
    EXPECT_FALSE(verifier_of(signer()).open(ours + "no signature\n"));
}

TEST(Note, RefusesMalformedVerifierKeys) {
    const std::string key = signer().verifier_key();
    ASSERT_TRUE(NoteVerifier::parse(key));
    for (std::size_t i = 0; i < key.size(); ++i) {
        std::string spoilt = key;
        spoilt[i] = spoilt[i] == 'x' ? 'y' : 'x';
        EXPECT_FALSE(NoteVerifier::parse(spoilt)) << spoilt;
        EXPECT_FALSE(NoteVerifier::parse(key.substr(0, i)));
    }
}

TEST(Base64, HasOneTextForEachValue) {
    const std::string bytes("\0\xFF\x10 any", 7);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const std::string some = bytes.substr(0, size);
        EXPECT_EQ(journal::from_base64(journal::to_base64(some)), some);
    }
    for (const std::string_view text : {"A", "AA", "AAA", "AB==", "AAB=", "====", "A===", " AAA",
                                        "AAA\n", "AA==AAAA", "AA-_", "AAAA====",
                                        "AA=="
                                        "="}) {
        EXPECT_FALSE(journal::from_base64(text)) << text;
    }
}

TEST(Checkpoint, IsReadAsItWasSigned) {
    const auto one = signer();
    const auto made = signed_checkpoint(some_checkpoint(), one);
    EXPECT_TRUE(made.note.starts_with("news.example/daybook/3\n1201\n"));
    const auto opened = open_checkpoint(made.note, verifier_of(one));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->checkpoint, some_checkpoint());
}

TEST(Checkpoint, RefusesSignedTextsThatAreNone) {
    const auto one = signer();
    const std::string root = journal::to_base64(journal::leaf_hash("root"));
    const std::string name = one.name();
    for (const std::string& text :
         {name + "/3\n1201\n", name + "\n1201\n" + root + "\n", name + "/03\n1201\n" + root + "\n",
          name + "/3\n01201\n" + root + "\n", name + "/3\n-1\n" + root + "\n",
          name + "/3\n1201\n" + root.substr(4) + "\n", name + "x/3\n1201\n" + root + "\n",
          name + "/3\n99999999999999999999\n" + root + "\n"}) {
        EXPECT_FALSE(open_checkpoint(one.sign(text), verifier_of(one))) << text;
    }
}

TEST(Checkpoint, NotesOfAFileAreFoundApart) {
    const auto one = signer();
    std::string file;
    for (std::uint64_t size = 1; size <= 3; ++size) {
        file += signed_checkpoint(some_checkpoint(size), one).note + "\n";
    }
    const auto expect_sizes = [&](std::string_view text, std::size_t count) {
        const auto notes = journal::split_notes(text);
        ASSERT_EQ(notes.size(), count);
        for (std::size_t i = 0; i < count; ++i) {
            const auto opened = open_checkpoint(notes[i], verifier_of(one));
            ASSERT_TRUE(opened) << notes[i];
            EXPECT_EQ(opened->checkpoint.size, i + 1);
        }
    };
    expect_sizes(file, 3);
    expect_sizes(std::string_view(file).substr(0, file.size() - 1), 3);
    EXPECT_TRUE(journal::split_notes("").empty());
}

}  // namespace
}  // namespace tests::journal_test
