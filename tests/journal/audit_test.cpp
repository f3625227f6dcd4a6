#include "journal/audit.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <random>

#include "journal/keyless_reader.hpp"
#include "journal/validity.hpp"

namespace tests::journal_test {
namespace {

using journal::Checkpoint;
using journal::Finding;
using journal::Hash;
using journal::JournalAudit;

using Lines = std::vector<std::string>;

// Writes a shard by the rules, from any state on.
class Scribe {
public:
    explicit Scribe(std::string hand = "") : hand_(std::move(hand)) {}

    void open() {
        gen_ = hand_ + "generation-" + std::to_string(lines_.size());
        add(journal::EntryCodec::encode(journal::Opening{
            .shard = 0, .id = gen_, .node = "here", .address = "nowhere", .time = {}}));
    }
    void write() { add(encoded(lines_.size() + 1, gen_, head_)); }
    std::string encoded(journal::Seq seq, const std::string& gen, const Hash& prev) const {
        journal::Entry entry{.shard = 0,
                             .seq = seq,
                             .gen = gen,
                             .prev = prev,
                             .time = {},
                             .tenant = domain::TenantId{"acme"},
                             .command = {},
                             .events = {}};
        entry.command.id = hand_ + "command-" + std::to_string(seq);
        entry.command.type = "IssueBill";
        return reader_.codec().encode(entry);
    }
    // Takes over what is there.
    void read(const std::string& line) {
        const auto frame = journal::frame_of(line).value();
        if (frame.is_opening) gen_ = frame.gen;
        add(line);
    }

    const Lines& lines() const { return lines_; }
    const std::string& gen() const { return gen_; }
    const Hash& head() const { return head_; }
    Checkpoint checkpoint() const { return {0, tree_.size(), tree_.root()}; }

private:
    void add(std::string line) {
        head_ = journal::next_head(head_, line);
        tree_.append(journal::leaf_hash(line));
        lines_.push_back(std::move(line));
    }

    std::string hand_;
    journal::KeylessReader reader_;
    std::string gen_;
    Hash head_{};
    journal::TreeEdge tree_;
    Lines lines_;
};

struct Signed {
    Lines lines;
    std::vector<Checkpoint> checkpoints;
};

constexpr std::size_t length = 60;
constexpr std::size_t between_checkpoints = 10;

bool is_opening_at(std::size_t index) { return index % 17 == 0 || index == 35; }

Signed honest() {
    Scribe scribe;
    Signed made;
    for (std::size_t i = 0; i < length; ++i) {
        if (is_opening_at(i)) {
            scribe.open();
        } else {
            scribe.write();
        }
        if ((i + 1) % between_checkpoints == 0) made.checkpoints.push_back(scribe.checkpoint());
    }
    made.lines = scribe.lines();
    return made;
}

JournalAudit::Report audited(const Lines& lines, const std::vector<Checkpoint>& checkpoints,
                             bool may_have_voids = false) {
    JournalAudit audit(checkpoints, may_have_voids);
    for (const std::string& line : lines) audit.take(line);
    return audit.finish();
}

TEST(Audit, AcceptsAnHonestJournal) {
    const Signed made = honest();
    const auto report = audited(made.lines, made.checkpoints);
    EXPECT_TRUE(report.findings.empty()) << to_text(report.findings[0]);
    ASSERT_EQ(report.shards.size(), 1U);
    EXPECT_EQ(report.shards[0].size, length);
    EXPECT_EQ(report.shards[0].covered, length);
}

TEST(Audit, SaysHowMuchIsCovered) {
    Signed made = honest();
    made.checkpoints.pop_back();
    const auto report = audited(made.lines, made.checkpoints);
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(report.shards[0].size, length);
    EXPECT_EQ(report.shards[0].covered, length - between_checkpoints);
}

// A spoilt journal, and the places (from 1) of which one has to be named.
struct Mutant {
    std::string what;
    Signed journal;
    journal::Seq first = 0;
    journal::Seq last = 0;
};

class Mutants {
public:
    explicit Mutants(unsigned seed) : chance_(seed) {}

    Mutant make(std::size_t number) {
        const std::array makers = {&Mutants::flipped, &Mutants::swapped,    &Mutants::removed,
                                   &Mutants::doubled, &Mutants::forged,     &Mutants::rolled_back,
                                   &Mutants::forked,  &Mutants::other_root, &Mutants::reopened};
        return (this->*makers[number % makers.size()])();
    }

private:
    std::size_t place(std::size_t end = length) { return chance_() % end; }
    static Mutant at(std::string what, std::size_t index) {
        return {std::move(what), honest(), index + 1, index + 1};
    }
    static long offset(std::size_t index) { return static_cast<long>(index); }

    Mutant flipped() {
        const std::size_t index = place();
        Mutant made = at("a byte flipped", index);
        std::string& line = made.journal.lines[index];
        line[place(line.size())] ^= static_cast<char>(1U << (chance_() % 7));
        return made;
    }
    Mutant swapped() {
        const std::size_t index = place(length - 1);
        const std::size_t other = index + 1 + place(length - index - 1);
        Mutant made = at("swapped", index);
        std::swap(made.journal.lines[index], made.journal.lines[other]);
        return made;
    }
    Mutant removed() {
        const std::size_t index = place();
        Mutant made = at("removed", index);
        made.journal.lines.erase(made.journal.lines.begin() + offset(index));
        return made;
    }
    Mutant doubled() {
        const std::size_t index = place();
        Mutant made = at("doubled", index);
        auto& lines = made.journal.lines;
        const std::string copy = lines[index];
        lines.insert(lines.begin() + offset(index), copy);
        // A second opening is valid: what comes behind it is not.
        made.last = index + 2;
        return made;
    }
    // One more, by who knows the rules.
    Mutant forged() {
        const std::size_t index = 1 + place(length - 1);
        Mutant made = at("forged", index);
        Scribe forger("forged-");
        for (std::size_t i = 0; i < index; ++i) forger.read(made.journal.lines[i]);
        if (chance_() % 4 == 0) {
            forger.open();
        } else {
            forger.write();
        }
        auto& lines = made.journal.lines;
        lines.insert(lines.begin() + offset(index), forger.lines().back());
        made.last = index + 2;
        return made;
    }
    Mutant rolled_back() {
        const std::size_t index = place();
        Mutant made = at("rolled back", index);
        made.journal.lines.resize(index);
        return made;
    }
    // All anew from a place on, and whole in itself.
    Mutant forked() {
        const std::size_t index = place();
        Mutant made = at("forked", index);
        Scribe forger("forged-");
        for (std::size_t i = 0; i < index; ++i) forger.read(made.journal.lines[i]);
        for (std::size_t i = index; i < length + 5; ++i) {
            if (i == 0 || is_opening_at(i)) {
                forger.open();
            } else {
                forger.write();
            }
        }
        made.journal.lines = forger.lines();
        made.first = index / between_checkpoints * between_checkpoints + 1;
        made.last = made.first + between_checkpoints - 1;
        return made;
    }
    Mutant other_root() {
        const std::size_t which = place(length / between_checkpoints);
        Mutant made = at("checkpoint replaced", which * between_checkpoints);
        made.last = made.first + between_checkpoints - 1;
        made.journal.checkpoints[which].root[place(32)] ^= 1U;
        return made;
    }
    // The opening of a writer that never was, in the place of one that was.
    Mutant reopened() {
        const std::size_t index = place(4) * 17;
        Mutant made = at("an opening replaced", index);
        made.journal.lines[index] = journal::EntryCodec::encode(journal::Opening{
            .shard = 0, .id = "forged", .node = "here", .address = "nowhere", .time = {}});
        made.last = index + 2;
        return made;
    }

    std::mt19937 chance_;
};

TEST(Audit, NamesThePlaceInEachOfAThousandMutants) {
    Mutants mutants(7);
    for (std::size_t n = 0; n < 1000; ++n) {
        const Mutant mutant = mutants.make(n);
        const auto report = audited(mutant.journal.lines, mutant.journal.checkpoints);
        ASSERT_EQ(report.findings.size(), 1U) << n << ": " << mutant.what << " at " << mutant.first;
        const Finding& found = report.findings[0];
        EXPECT_LE(found.first, mutant.last) << n << ": " << mutant.what << ": " << to_text(found);
        EXPECT_GE(found.last, mutant.first) << n << ": " << mutant.what << ": " << to_text(found);
        EXPECT_LE(found.last - found.first, between_checkpoints) << to_text(found);
    }
}

TEST(Audit, FindsWhatIsWrongAlsoWhereVoidRecordsMayBe) {
    Mutants mutants(8);
    int refused = 0;
    for (std::size_t n = 0; n < 300; ++n) {
        const Mutant mutant = mutants.make(n);
        const auto report = audited(mutant.journal.lines, mutant.journal.checkpoints, true);
        // What was added and is void has no effect for anybody.
        const bool is_harmless = report.findings.empty() && report.shards[0].voids > 0 &&
                                 report.shards[0].covered == length;
        EXPECT_TRUE(is_harmless ? mutant.what == "doubled" : report.findings.size() == 1)
            << mutant.what << " at " << mutant.first;
        refused += report.findings.empty() ? 0 : 1;
    }
    EXPECT_GT(refused, 250);
}

TEST(Audit, PassesOverVoidRecordsOfAnotherWriterWhereTheyMayBe) {
    Signed made = honest();
    Scribe zombie("zombie-");
    for (std::size_t i = 0; i < 17; ++i) zombie.read(made.lines[i]);
    zombie.write();
    zombie.write();
    // They land behind the opening that ended their generation.
    made.lines.insert(made.lines.begin() + 20, {zombie.lines()[17], zombie.lines()[18], "{}"});
    const auto report = audited(made.lines, made.checkpoints, true);
    EXPECT_TRUE(report.findings.empty()) << to_text(report.findings[0]);
    EXPECT_EQ(report.shards[0].voids, 3U);
    EXPECT_EQ(audited(made.lines, made.checkpoints).findings.size(), 1U);
}

TEST(Audit, RefusesRecordsOfShardsThatWereNotSigned) {
    Signed made = honest();
    made.lines.push_back(journal::EntryCodec::encode(
        journal::Opening{.shard = 4, .id = "x", .node = "", .address = "", .time = {}}));
    EXPECT_EQ(audited(made.lines, made.checkpoints).findings.size(), 1U);
}

TEST(Audit, SeesNoValidRecordThatAFoldDoesNot) {
    Mutants mutants(9);
    const journal::KeylessReader reader;
    for (std::size_t n = 0; n < 200; ++n) {
        const Mutant mutant = mutants.make(n);
        journal::LogFold fold(0, {});
        journal::Offset offset = 0;
        for (const std::string& line : mutant.journal.lines) {
            const auto bytes = std::make_shared<const std::string>(line);
            if (!fold.take({++offset, bytes}, reader.codec())) break;
        }
        const auto report = audited(mutant.journal.lines, {mutant.journal.checkpoints[0]}, true);
        if (!report.findings.empty()) continue;
        EXPECT_EQ(report.shards[0].size, fold.state().seq) << mutant.what;
    }
}

}  // namespace
}  // namespace tests::journal_test
