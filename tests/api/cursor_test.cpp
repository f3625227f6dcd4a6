#include "api/cursor.hpp"

#include <gtest/gtest.h>

namespace api {
namespace {

using enum CursorRefusal;

const Cursors cursors(Cursors::Key{7});

TEST(Cursor, OpensForItsOwnListOnly) {
    for (const std::string place : {"", "p", "place", "a place of some length"}) {
        const std::string cursor = cursors.seal("acme bills", place);
        EXPECT_EQ(cursors.open("acme bills", cursor), place);
        EXPECT_EQ(cursors.open("other bills", cursor), domain::Failure(cursor_mismatch));
    }
}

TEST(Cursor, IsRefusedWhenAnyOfItIsChanged) {
    const std::string cursor = cursors.seal("acme bills", "place");
    for (std::size_t i = 0; i < cursor.size(); ++i) {
        std::string other = cursor;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(cursors.open("acme bills", other), domain::Failure(invalid_cursor)) << i;
    }
    EXPECT_EQ(cursors.open("acme bills", cursor + "A"), domain::Failure(invalid_cursor));
    EXPECT_EQ(cursors.open("acme bills", cursor.substr(1)), domain::Failure(invalid_cursor));
}

TEST(Cursor, OfAnotherKeyOrNoneIsRefused) {
    const std::string cursor = Cursors(Cursors::Key{8}).seal("acme bills", "place");
    EXPECT_EQ(cursors.open("acme bills", cursor), domain::Failure(invalid_cursor));
    for (const std::string_view text : {"", "x", "====", "not base64!", "AAAAAAAA"}) {
        EXPECT_EQ(cursors.open("acme bills", text), domain::Failure(invalid_cursor)) << text;
    }
}

}  // namespace
}  // namespace api
