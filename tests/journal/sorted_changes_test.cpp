#include "journal/sorted_changes.hpp"

#include <gtest/gtest.h>

namespace {

using std::string_literals::operator""s;

// Writes down what it is handed.
class Written final : public journal::RowBatch {
public:
    void put(std::string_view key, std::string_view value) override {
        lines.push_back(std::string(key) + "=" + std::string(value));
    }
    void erase(std::string_view key) override { lines.push_back("-" + std::string(key)); }
    void drop_history(std::string_view key) override { lines.push_back("!" + std::string(key)); }
    void clear() override { lines.clear(); }

    std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

TEST(SortedChanges, AreHandedOnByFamilyAndThenByWhatIsBehindTheTenant) {
    journal::SortedChanges changes;
    changes.put("r\0\1tenant\0b2"s, "1");
    changes.put("i\0\1tenant\0a"s, "2");
    changes.put("r\0\1tenant\0b1"s, "3");
    changes.erase("r\0\1other\0a"s);
    Written written;
    changes.append_to(written);
    EXPECT_EQ(written.lines, (Lines{"i\0\1tenant\0a=2"s, "-r\0\1other\0a"s, "r\0\1tenant\0b1=3"s,
                                    "r\0\1tenant\0b2=1"s}));
}

TEST(SortedChanges, TheLastChangeOfAKeyStaysTheLast) {
    journal::SortedChanges changes;
    changes.put("key", "1");
    changes.erase("key");
    changes.put("key", "2");
    changes.put("k", "");
    Written written;
    changes.append_to(written);
    EXPECT_EQ(written.lines, (Lines{"k=", "key=1", "-key", "key=2"}));
    changes.clear();
    written.clear();
    changes.append_to(written);
    EXPECT_EQ(written.lines, Lines{});
}

}  // namespace
