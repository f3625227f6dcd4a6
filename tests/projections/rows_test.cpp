// What views need of the Rows port, on the rows of the tests and on those on disk.
#include "journal/rows.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "infra/rocksdb/rows.hpp"
#include "tests/support/memory_directory.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

struct InMemory {
    support::MemoryRows rows;
};
struct OnDisk {
    support::MemoryDirectory directory;
    infra::RocksRows rows{options()};

    infra::RocksRowsOptions options() const {
        infra::RocksRowsOptions made;
        made.directory = directory.path();
        return made;
    }
};

template <class Engine>
class Rows : public testing::Test {
protected:
    void put(std::initializer_list<std::string_view> keys) {
        const auto batch = rows().batch();
        for (const std::string_view key : keys) batch->put(key, std::string("=") += key);
        ASSERT_TRUE(rows().write(*batch));
    }
    std::string get(std::string_view key) {
        std::string found = "none";
        rows().get(key, [&](std::string_view value) { found = value; });
        return found;
    }
    journal::Rows& rows() { return engine_.rows; }

private:
    Engine engine_;
};
using Engines = testing::Types<InMemory, OnDisk>;
TYPED_TEST_SUITE(Rows, Engines);

std::string walked(journal::RowWalk& walk) {
    std::string keys;
    for (; walk.valid(); walk.next()) {
        EXPECT_EQ(walk.value(), std::string("=") += walk.key());
        keys += walk.key();
        keys += ' ';
    }
    return keys;
}

TYPED_TEST(Rows, ALaterChangeInABatchWins) {
    const auto batch = this->rows().batch();
    batch->put("a", "1");
    batch->erase("a");
    batch->erase("b");
    batch->put("b", "2");
    ASSERT_TRUE(this->rows().write(*batch));
    EXPECT_EQ(this->get("a"), "none");
    EXPECT_EQ(this->get("b"), "2");
    batch->clear();
    batch->put("c", "");
    ASSERT_TRUE(this->rows().write(*batch));
    EXPECT_EQ(this->get("c"), "");
}

TYPED_TEST(Rows, AWalkStaysWithinItsPrefix) {
    this->put({"a", "b", "b1", "b2", "b3", "b\xFF", "c"});
    const auto snapshot = this->rows().snapshot();
    const auto walk = snapshot->walk("b");
    walk->seek("b");
    EXPECT_EQ(walked(*walk), "b b1 b2 b3 b\xFF ");
    walk->seek("b2");
    EXPECT_EQ(walked(*walk), "b2 b3 b\xFF ");
    walk->seek("b9");
    EXPECT_EQ(walked(*walk), "b\xFF ");
    walk->seek("b\xFF\xFF");
    EXPECT_FALSE(walk->valid());
}

TYPED_TEST(Rows, AWalkGoesBackwards) {
    this->put({"a", "b1", "b2", "b3", "c"});
    const auto snapshot = this->rows().snapshot();
    const auto walk = snapshot->walk("b");
    walk->seek_before("b3");
    ASSERT_TRUE(walk->valid());
    EXPECT_EQ(walk->key(), "b2");
    walk->seek_before("b25");
    ASSERT_TRUE(walk->valid());
    EXPECT_EQ(walk->key(), "b2");
    walk->previous();
    ASSERT_TRUE(walk->valid());
    EXPECT_EQ(walk->key(), "b1");
    walk->previous();
    EXPECT_FALSE(walk->valid());
    walk->seek_before("b1");
    EXPECT_FALSE(walk->valid());
}

TYPED_TEST(Rows, ASnapshotDoesNotChange) {
    this->put({"a"});
    const auto snapshot = this->rows().snapshot();
    this->put({"b"});
    EXPECT_FALSE(snapshot->get("b"));
    EXPECT_EQ(snapshot->get("a"), "=a");
    EXPECT_EQ(this->get("b"), "=b");
    const auto walk = snapshot->walk("");
    walk->seek("");
    EXPECT_EQ(walked(*walk), "a ");
}

TYPED_TEST(Rows, APrefixIsErasedAndNothingElse) {
    this->put({"a", "b", "b1", "c"});
    EXPECT_TRUE(this->rows().erase_prefix("b"));
    const auto snapshot = this->rows().snapshot();
    const auto walk = snapshot->walk("");
    walk->seek("");
    EXPECT_EQ(walked(*walk), "a c ");
}

}  // namespace
}  // namespace tests::projections_test
