// What audits compare: rows, one by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/audit_views.hpp"
#include "cli/exit_code.hpp"
#include "projections/row_keys.hpp"
#include "tests/support/memory_rows.hpp"

namespace {

using testing::HasSubstr;

class CompareRows : public testing::Test {
protected:
    CompareRows() {
        for (auto* const rows : {&live_, &built_}) {
            put(*rows, projections::position_key(0), "position");
            put(*rows, bill_, "paid");
            put(*rows, word_, "");
        }
    }
    static void put(journal::Rows& rows, std::string_view key, std::string_view value) {
        const auto batch = rows.batch();
        batch->put(key, value);
        rows.write(*batch);
    }
    static void erase(journal::Rows& rows, std::string_view key) {
        const auto batch = rows.batch();
        batch->erase(key);
        rows.write(*batch);
    }
    std::string difference() {
        try {
            cli::compare_rows(*live_.snapshot(), *built_.snapshot());
        } catch (const cli::Exit& exit) {
            EXPECT_EQ(exit.code(), cli::ExitCode::data);
            return exit.what();
        }
        return "none";
    }

    const domain::TenantId tenant_{"main"};
    const std::string bill_ = projections::resource_key(tenant_, domain::Kind::bills, "b-1");
    const std::string word_ =
        projections::index_prefix(tenant_, domain::Kind::users, 0, "canary") + "place";
    tests::support::MemoryRows live_;
    tests::support::MemoryRows built_;
};

TEST_F(CompareRows, OfEqualRowsTellHowManyThereAre) {
    EXPECT_EQ(cli::compare_rows(*live_.snapshot(), *built_.snapshot()), 3U);
    put(live_, "\xFF\xFF\xFFhistory/x", "a note of the adapter");
    EXPECT_EQ(difference(), "none");
}

TEST_F(CompareRows, NameTheResourceBeforeWhatFollowsFromIt) {
    put(live_, projections::position_key(0), "another position");
    put(live_, bill_, "unpaid");
    EXPECT_THAT(difference(), HasSubstr("is bills/b-1 of tenant main: it is another one"));
    erase(live_, bill_);
    EXPECT_THAT(difference(), HasSubstr("b-1 of tenant main: it is missing"));
    put(live_, bill_, "paid");
    EXPECT_THAT(difference(), HasSubstr("a row of the sort 'p'"));
}

TEST_F(CompareRows, TellNoWordOfTheIndex) {
    put(live_, word_ + "-2", "");
    const std::string told = difference();
    EXPECT_THAT(told, HasSubstr("a row of the index of users of tenant main: it does not follow"));
    EXPECT_EQ(told.find("canary"), std::string::npos);
}

}  // namespace
