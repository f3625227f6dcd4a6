#include "projections/tree.hpp"

#include <gtest/gtest.h>

#include "projections/row_keys.hpp"
#include "tests/projections/posted.hpp"
#include "tests/projections/publisher.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using journal::Hash;
using projections::Tree;
using support::MemoryRows;

std::vector<Hash> leaves_of(Book& book) {
    std::vector<Hash> leaves;
    journal::LogFold fold(book.shard(), {});
    for (const auto& record : book.log().read(book.shard(), 0, 1 << 30).value()) {
        const auto judged = fold.take(record, book.codec());
        if (judged && judged->verdict == journal::Verdict::valid) {
            leaves.push_back(journal::leaf_hash(*record.bytes));
        }
    }
    return leaves;
}

MemoryRows::Map tiles_of(const MemoryRows& rows) {
    MemoryRows::Map tiles;
    for (const auto& [key, value] : rows.all()) {
        if (key.starts_with(projections::tile_rows)) tiles.emplace(key, value);
    }
    return tiles;
}

// With records of a writer that has lost the shard among them.
void fill(Book& book, Publisher& publisher, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        publisher.steps(70);
        auto late = book.make_entry("acme", {});
        book.open("generation-" + std::to_string(book.seq()));
        book.append_raw(book.encode(late));
        book.append_raw("no record");
    }
}

TEST(Tree, IsThatOfAllValidRecords) {
    Book book;
    Publisher publisher(book, "acme", 1);
    fill(book, publisher, 5);
    MemoryRows rows;
    Posted posted(book, rows);
    posted.catch_up();
    const auto leaves = leaves_of(book);
    const Tree tree(rows, 0);
    ASSERT_EQ(tree.size(), leaves.size());
    ASSERT_GT(tree.size(), 300U);
    journal::TreeEdge edge;
    for (std::uint64_t i = 0; i < leaves.size(); ++i) {
        edge.append(leaves[i]);
        EXPECT_EQ(tree.leaf(i), leaves[i]);
        EXPECT_EQ(tree.root(i + 1), edge.root()) << i + 1;
    }
    for (std::uint64_t i = 0; i < leaves.size(); i += 7) {
        EXPECT_TRUE(is_proved(journal::Inclusion{i, tree.size(), leaves[i], edge.root()},
                              tree.inclusion(i, tree.size())));
        EXPECT_TRUE(
            is_proved(journal::Consistency{i + 1, tree.size(), tree.root(i + 1), edge.root()},
                      tree.consistency(i + 1, tree.size())));
    }
}

TEST(Tree, HasTheSameRowsWhateverBatchesAndRestartsMadeThem) {
    Book book;
    Publisher publisher(book, "acme", 1);
    MemoryRows at_once;
    MemoryRows bit_by_bit;
    Posted small(book, bit_by_bit, {.batch_entries_max = 3});
    for (int round = 0; round < 6; ++round) {
        fill(book, publisher, 1);
        bit_by_bit.refuse_writes(1);
        while (small.catch_up() == projections::Step::refused) {
        }
        small.restart();
    }
    Posted large(book, at_once);
    large.catch_up();
    EXPECT_EQ(tiles_of(at_once), tiles_of(bit_by_bit));
    EXPECT_EQ(Tree(at_once, 0).size(), Tree(bit_by_bit, 0).size());
}

TEST(Tree, IsEmptyBeforeTheFirstRecord) {
    const MemoryRows rows;
    EXPECT_EQ(Tree(rows, 0).size(), 0U);
    EXPECT_EQ(Tree(rows, 0).root(0), journal::TreeEdge().root());
}

}  // namespace
}  // namespace tests::projections_test
