// Upcasters, on the bytes of golden entries as an older version of the program might have written
// them.
#include "journal/upcasters.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "codec/reflect.hpp"
#include "tests/support/kept_file.hpp"

namespace journal {
namespace {

using simdjson::dom::element;

// What VendorCreated would have looked like, had its name once been a title: version 0 of it.
std::string title_to_name(const element& data) {
    std::string text = simdjson::minify(data);
    const auto at = text.find(R"("title":)");
    if (at != std::string::npos) text.replace(at, 7, R"("name")");
    return text;
}
std::string broken(const element&) { return "{"; }

constexpr Upcaster from_title[] = {{"VendorCreated", 0, &title_to_name}};
constexpr Upcaster from_broken[] = {{"VendorCreated", 0, &broken}};

class Upcasters : public testing::Test {
protected:
    const std::filesystem::path file_ =
        std::filesystem::path(SOURCE_DIR) / "tests/journal/golden/VendorCreated.1.json";
    const EventType& type_ = *find_event_type("VendorCreated");
    simdjson::dom::parser golden_;
    simdjson::dom::parser old_;

    // The data of the golden entry's event.
    element data() {
        return golden_.parse(tests::support::read_file(file_))["events"].at(0)["data"].value();
    }
    element old_data() {
        std::string text = simdjson::minify(data());
        text.replace(text.find(R"("name":)"), 6, R"("title")");
        return old_.parse(text).value();
    }
    static domain::Result<domain::AnyEvent, EntryError> read(const EventType& type,
                                                             std::uint64_t version,
                                                             const element& data,
                                                             std::span<const Upcaster> table) {
        codec::Reader reader(codec::Strictness::stored);
        return read_event(type, version, data, reader, table);
    }
};

TEST_F(Upcasters, DataOfTodayIsReadAsItIs) {
    const auto event = read(type_, 1, data(), {});
    ASSERT_TRUE(event);
    EXPECT_EQ(domain::event_name(*event), "VendorCreated");
}

TEST_F(Upcasters, OldDataBecomesTheEventOfToday) {
    const auto today = read(type_, 1, data(), {});
    const auto upcast = read(type_, 0, old_data(), from_title);
    ASSERT_TRUE(today && upcast);
    EXPECT_EQ(*upcast, *today);
}

TEST_F(Upcasters, EachStepIsTaken) {
    // As if today's were version 3.
    static constexpr Upcaster chain[] = {
        {"VendorCreated", 1, +[](const element& in) { return simdjson::minify(in); }},
        {"VendorCreated", 0, &title_to_name},
        {"VendorCreated", 2, +[](const element& in) { return simdjson::minify(in); }}};
    EventType third = type_;
    third.version = 3;
    const auto upcast = read(third, 0, old_data(), chain);
    ASSERT_TRUE(upcast);
    EXPECT_EQ(*upcast, *read(type_, 1, data(), {}));
    EXPECT_EQ(read(third, 0, old_data(), from_title).error(), EntryError::damaged);
}

TEST_F(Upcasters, WhatNobodyCanUpcastIsNotGuessed) {
    EXPECT_EQ(read(type_, 0, data(), {}).error(), EntryError::damaged);
    EXPECT_EQ(read(type_, 0, data(), from_broken).error(), EntryError::damaged);
    EXPECT_EQ(read(type_, 2, data(), from_title).error(), EntryError::newer_event_version);
}

TEST_F(Upcasters, EachVersionBeforeTodaysHasOneAndNoOtherHas) {
    for (const EventType& type : event_types()) {
        for (std::uint32_t version = 1; version < type.version; ++version) {
            const auto count = std::ranges::count_if(upcasters(), [&](const Upcaster& one) {
                return one.type == type.name && one.from == version;
            });
            EXPECT_EQ(count, 1) << type.name << " " << version;
        }
    }
    for (const Upcaster& one : upcasters()) {
        const EventType* const type = find_event_type(one.type);
        ASSERT_NE(type, nullptr) << one.type;
        EXPECT_LT(one.from, type->version) << one.type;
    }
}

}  // namespace
}  // namespace journal
