#include "infra/checkpoints/checkpoints.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <iterator>

#include "infra/checkpoints/signing_key.hpp"
#include "journal/validity.hpp"
#include "projections/row_keys.hpp"
#include "projections/tree.hpp"
#include "tests/support/memory_rows.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests::infra_test {
namespace {

using infra::ShardCheckpoints;
using infra::SigningFault;
using journal::Checkpoint;
using support::MemoryRows;

// The views of a shard, as far as its tree goes.
class Views {
public:
    explicit Views(journal::Seq size, std::string_view history = "honest") { grow(size, history); }

    // Leaves differ by their number and by the history.
    void grow(journal::Seq to, std::string_view history = "honest") {
        const auto batch = rows_.batch();
        for (; size_ < to; ++size_) {
            std::string record(history);
            tree_.append(journal::leaf_hash(record.append("-").append(std::to_string(size_))),
                         *batch);
        }
        tree_.write(*batch);
        journal::LogState state;
        state.seq = size_;
        batch->put(projections::position_key(0), journal::to_text(state));
        rows_.write(*batch);
    }
    const journal::Rows& rows() const { return rows_; }

private:
    MemoryRows rows_;
    projections::TreeWriter tree_{rows_, 0, 0};
    journal::Seq size_ = 0;
};

struct Office {
    support::TemporaryDirectory directory;
    journal::NoteSigner signer{"daybook/test", {1}};
    journal::NoteVerifier verifier = journal::NoteVerifier::parse(signer.verifier_key()).value();
    std::vector<std::string> reports;

    std::filesystem::path file() const { return directory.path() / "checkpoints" / "0"; }
    std::unique_ptr<ShardCheckpoints> open(const Views& views) {
        return std::make_unique<ShardCheckpoints>(ShardCheckpoints::Parts{
            .shard = 0,
            .rows = views.rows(),
            .signer = signer,
            .file = file(),
            .report = [this](std::string_view line) { reports.emplace_back(line); }});
    }
    std::string content() const {
        std::ifstream stream(file());
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    void write(std::string_view text) const { std::ofstream(file(), std::ios::trunc) << text; }
    std::vector<journal::Seq> sizes() const {
        std::vector<journal::Seq> all;
        const std::string text = content();
        for (const auto note : journal::split_notes(text)) {
            all.push_back(open_checkpoint(note, verifier).value().checkpoint.size);
        }
        return all;
    }
    void sign(journal::Seq size) {
        const Views views(size);
        open(views)->sign(true);
    }
};

using Sizes = std::vector<journal::Seq>;

TEST(Checkpoints, AreSignedWhenThereIsSomethingNew) {
    Office office;
    Views views(5);
    const auto checkpoints = office.open(views);
    const auto first = checkpoints->sign(true);
    ASSERT_TRUE(first);
    const auto opened = open_checkpoint(first->note, office.verifier);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->checkpoint, (Checkpoint{0, 5, projections::Tree(views.rows(), 0).root(5)}));
    EXPECT_FALSE(checkpoints->sign(true));
    views.grow(40);
    ASSERT_TRUE(checkpoints->sign(true));
    EXPECT_EQ(office.sizes(), (Sizes{5, 40}));
    EXPECT_EQ(checkpoints->latest()->checkpoint.size, 40U);
    EXPECT_EQ(checkpoints->covered().applied(), 40U);
}

TEST(Checkpoints, GoOnAfterARestart) {
    Office office;
    office.sign(17);
    const Views views(60);
    const auto checkpoints = office.open(views);
    EXPECT_EQ(checkpoints->latest()->checkpoint.size, 17U);
    ASSERT_TRUE(checkpoints->sign(true));
    EXPECT_EQ(office.sizes(), (Sizes{17, 60}));
}

void expect_stopped(Office& office, const Views& views, SigningFault fault) {
    const std::string before = office.content();
    for (int restart = 0; restart < 2; ++restart) {
        const auto checkpoints = office.open(views);
        EXPECT_FALSE(checkpoints->sign(true));
        EXPECT_FALSE(checkpoints->sign(true));
        EXPECT_EQ(checkpoints->status().fault, fault);
        EXPECT_TRUE(checkpoints->status().is_stopped);
    }
    EXPECT_EQ(office.content(), before);
    EXPECT_EQ(office.reports.size(), 2U);
}

TEST(Checkpoints, AreNeverSignedOfAnotherHistory) {
    for (const journal::Seq size : {17U, 18U, 33U, 100U}) {
        Office office;
        office.sign(17);
        Views views(9);
        views.grow(size, "forked");
        expect_stopped(office, views, SigningFault::inconsistent);
    }
}

TEST(Checkpoints, AreNeverSignedOfAJournalThatLostItsEnd) {
    Office office;
    office.sign(17);
    const Views views(16);
    expect_stopped(office, views, SigningFault::journal_shorter);
}

TEST(Checkpoints, WaitForViewsThatAreMadeAgain) {
    Office office;
    office.sign(17);
    Views views(3);
    const auto checkpoints = office.open(views);
    EXPECT_FALSE(checkpoints->sign(false));
    EXPECT_EQ(checkpoints->status().fault, SigningFault::views_behind);
    EXPECT_FALSE(checkpoints->status().is_stopped);
    views.grow(20);
    EXPECT_TRUE(checkpoints->sign(false));
    EXPECT_EQ(checkpoints->status().fault, SigningFault::none);
}

TEST(Checkpoints, BeginWithWhatAnotherNodePublished) {
    Office other;
    const Views theirs(30);
    const std::string note = other.open(theirs)->sign(true)->note;
    Office honest;
    const Views same(50);
    const auto going_on = honest.open(same);
    going_on->take_published(note);
    EXPECT_TRUE(going_on->sign(true));
    Office forked;
    Views views(29);
    views.grow(50, "forked");
    const auto checkpoints = forked.open(views);
    checkpoints->take_published(note);
    EXPECT_FALSE(checkpoints->sign(true));
    EXPECT_EQ(checkpoints->status().fault, SigningFault::inconsistent);
}

TEST(Checkpoints, SurviveALastNoteThatWasTornAnywhere) {
    Office office;
    office.sign(5);
    const std::string one = office.content();
    office.sign(9);
    const std::string two = office.content();
    const Views views(20);
    for (std::size_t size = 0; size <= two.size(); ++size) {
        // Each takes syncs: all near the ends of the notes, and some between.
        const bool is_near = one.size() - size + 3 < 6 || two.size() - size < 4 || size < 3;
        if (!is_near && size % 13 != 0) continue;
        office.write(two.substr(0, size));
        const auto checkpoints = office.open(views);
        ASSERT_TRUE(checkpoints->sign(true)) << size;
        const bool has_second = size + 1 >= two.size();
        const bool has_first = size + 1 >= one.size();
        ASSERT_EQ(office.sizes(), has_second  ? Sizes({5, 9, 20})
                                  : has_first ? Sizes({5, 20})
                                              : Sizes({20}))
            << size;
    }
}

TEST(Checkpoints, RefuseAFileThatEndsWithSomethingElse) {
    Office office;
    office.sign(5);
    const Views views(20);
    std::string spoilt = office.content();
    spoilt[spoilt.size() - 10] ^= 1;
    Office other;
    other.signer = {"daybook/test", {2}};
    other.sign(5);
    for (const std::string& text : {spoilt, other.content(), std::string("anything\n")}) {
        office.write(text);
        const auto checkpoints = office.open(views);
        EXPECT_FALSE(checkpoints->sign(true));
        EXPECT_EQ(checkpoints->status().fault, SigningFault::file_unusable);
        EXPECT_EQ(office.content(), text);
    }
}

TEST(Checkpoints, ComeEarlierAfterSoManyEntries) {
    Office office;
    Views views(3);
    projections::Freshness shown(3);
    infra::Checkpoints checkpoints({.rows = views.rows(),
                                    .views = {&shown},
                                    .is_ours = [](auto) { return true; },
                                    .has_all = [](auto) { return true; },
                                    .signer = office.signer,
                                    .directory = office.file().parent_path(),
                                    .interval = std::chrono::hours(1),
                                    .entries_max = 10});
    checkpoints.start();
    const auto wait_for = [&](journal::Seq size) {
        std::promise<void> seen;
        const auto waiting =
            checkpoints.of(0).covered().when_applied(size, [&seen] { seen.set_value(); });
        seen.get_future().wait();
    };
    for (const journal::Seq size : {14U, 30U, 41U}) {
        views.grow(size);
        shown.advance(size);
        wait_for(size);
    }
    views.grow(45);
    shown.advance(45);
    checkpoints.stop();
    EXPECT_EQ(office.sizes(), (Sizes{14, 30, 41, 45}));
}

TEST(SigningKey, IsTheSameForTheSameRootKeyAlone) {
    infra::Secret one;
    infra::Secret other;
    other.bytes[0] = 1;
    const auto key = [](const infra::Secret& root) {
        return infra::checkpoint_signer(root).verifier_key();
    };
    EXPECT_EQ(key(one), key(one));
    EXPECT_NE(key(one), key(other));
    EXPECT_TRUE(key(one).starts_with("daybook/"));
    EXPECT_NE(infra::checkpoint_signer(one).name(), infra::checkpoint_signer(other).name());
}

}  // namespace
}  // namespace tests::infra_test
