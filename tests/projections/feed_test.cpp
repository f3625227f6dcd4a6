// The feed against a straight reading of all entries: from every place on, with every filter.
#include "projections/feed.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <string>
#include <vector>

#include "journal/event_codec.hpp"
#include "projections/row_keys.hpp"
#include "tests/projections/book.hpp"
#include "tests/projections/posted.hpp"
#include "tests/projections/publisher.hpp"
#include "tests/support/memory_rows.hpp"
#include "tests/support/sample.hpp"

namespace projections {
namespace {

using tests::projections_test::Book;
using tests::projections_test::Posted;
using tests::projections_test::Publisher;

// Two publishers in one shard, with openings, heartbeats, void and internal entries between.
class FeedTest : public ::testing::Test {
protected:
    FeedTest() {
        for (int i = 0; i < 40; ++i) {
            acme_.step();
            if (i % 3 == 0) other_.step();
            if (i % 7 == 0) book_.append("acme", {});
            if (i % 11 == 0) book_.open("generation-" + std::to_string(i));
            if (i % 5 == 0) append_void();
            if (i % 13 == 0) append_internal(i);
        }
        posted_.catch_up();
    }

    void append_void() {
        journal::Entry entry = book_.make_entry(
            "acme",
            {{{domain::Kind::vendors, "void"}, domain::VendorEvent(domain::VendorSuspended{})}});
        entry.seq += 7;
        book_.append_raw(book_.encode(entry));
    }
    void append_internal(int n) {
        domain::TenantCreated created;
        created.name = "T";
        book_.append("acme", {{{domain::Kind::tenants, "t" + std::to_string(n)},
                               domain::TenantEvent(created)}});
    }

    Feed feed() { return Feed(rows_, book_.log(), position_of()); }
    Queries::PositionOf position_of() {
        return
            [this](const domain::TenantId&) { return Position{0, posted_.projector().applied()}; };
    }

    // All events of the tenant, by an own reading of the log.
    std::vector<CloudEvent> expected(const std::string& tenant, const FeedFilter& filter = {}) {
        std::vector<CloudEvent> events;
        journal::LogFold fold(0, {});
        const auto records = *book_.log().read(0, 0, 1UL << 30U);
        for (const journal::Record& record : records) {
            const auto judged = *fold.take(record, book_.codec());
            const auto* entry = std::get_if<journal::Entry>(&judged.record);
            const bool is_valid = judged.verdict == journal::Verdict::valid;
            if (!is_valid || entry == nullptr || entry->tenant.text != tenant) continue;
            for (std::size_t i = 0; i < entry->events.size(); ++i) {
                const auto& event = entry->events[i];
                const auto name = domain::event_name(event.event);
                if (event.subject.kind == domain::Kind::tenants) continue;
                if (!filter.types.empty() && !filter.types.contains(name)) continue;
                if (filter.subject && *filter.subject != event.subject) continue;
                events.push_back(cloud_event_of(*entry, i));
            }
        }
        return events;
    }

    static std::vector<std::string> texts(const std::vector<CloudEvent>& events) {
        std::vector<std::string> all;
        for (const CloudEvent& event : events) append_json(all.emplace_back(), event);
        return all;
    }

    // Page by page to the end.
    std::vector<std::string> read(const Feed& feed, const std::string& tenant, FeedPlace after,
                                  const FeedFilter& filter = {}, const FeedLimits& limits = {}) {
        std::vector<std::string> all;
        while (true) {
            const auto page = feed.read(domain::TenantId{tenant}, after, filter, limits);
            if (!page) {
                ADD_FAILURE() << name(page.error());
                return all;
            }
            for (std::string& text : texts(page->events)) all.push_back(std::move(text));
            after = page->next;
            if (page->is_at_end) return all;
        }
    }

    Book book_;
    tests::support::MemoryRows rows_;
    Posted posted_{book_, rows_};
    Publisher acme_{book_, "acme", 1};
    Publisher other_{book_, "other", 2};
};

TEST_F(FeedTest, HasEachTenantsOwnEventsInOrder) {
    const Feed feed = this->feed();
    for (const std::string tenant : {"acme", "other"}) {
        EXPECT_EQ(read(feed, tenant, {}), texts(expected(tenant)));
        EXPECT_GT(expected(tenant).size(), 10U);
    }
    EXPECT_EQ(read(feed, "nobody", {}), std::vector<std::string>());
}

TEST_F(FeedTest, IsTheSameInPagesOfAnySize) {
    const Feed feed = this->feed();
    const auto all = texts(expected("acme"));
    for (const FeedLimits limits :
         {FeedLimits{1, 1 << 20, 1}, FeedLimits{2, 1 << 20, 7}, FeedLimits{100, 1, 100}}) {
        EXPECT_EQ(read(feed, "acme", {}, {}, limits), all);
    }
}

TEST_F(FeedTest, GoesOnBehindEveryEvent) {
    const Feed feed = this->feed();
    const auto all = texts(expected("acme"));
    std::size_t i = 0;
    for (const CloudEvent& event : expected("acme")) {
        const auto place = parse_feed_place(event.id);
        ASSERT_TRUE(place) << event.id;
        EXPECT_EQ(to_text(*place), event.id);
        const auto rest = read(feed, "acme", *place);
        EXPECT_EQ(rest, std::vector(all.begin() + static_cast<std::ptrdiff_t>(++i), all.end()));
    }
}

TEST_F(FeedTest, GivesWhatAFilterLetsThrough) {
    const Feed feed = this->feed();
    for (const auto& type : journal::event_types()) {
        const FeedFilter filter{.types = {std::string(type.name), "UserCreated"}};
        EXPECT_EQ(read(feed, "acme", {}, filter), texts(expected("acme", filter))) << type.name;
    }
    for (const CloudEvent& event : expected("acme")) {
        const FeedFilter filter{.types = {}, .subject = event.subject};
        const auto found = read(feed, "acme", {}, filter);
        EXPECT_EQ(found, texts(expected("acme", filter)));
        EXPECT_FALSE(found.empty());
        EXPECT_EQ(read(feed, "other", {}, filter), texts(expected("other", filter)));
    }
}

TEST_F(FeedTest, NumbersTheEventsOfASubjectWithoutGaps) {
    std::map<domain::Subject, std::uint64_t> last;
    for (const CloudEvent& event : expected("acme"))
        EXPECT_EQ(event.sequence, ++last[event.subject]);
}

TEST_F(FeedTest, MovesOnOverWhatIsNotForTheReader) {
    const Feed feed = this->feed();
    const auto page = feed.read(domain::TenantId{"nobody"}, {}, {}, {});
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->is_at_end);
    EXPECT_EQ(page->next, (FeedPlace{.shard = 0, .seq = book_.seq()}));
}

TEST_F(FeedTest, IsTheSameWhenTheViewsArePostedAgain) {
    tests::support::MemoryRows rows;
    Posted posted(book_, rows, {.batch_entries_max = 3});
    posted.catch_up();
    EXPECT_EQ(read(Feed(rows, book_.log(), position_of()), "acme", {}), texts(expected("acme")));
}

TEST_F(FeedTest, SaysThatTheJournalCannotBeRead) {
    book_.log().fail(journal::JournalError::unavailable);
    const auto page = feed().read(domain::TenantId{"acme"}, {}, {}, {});
    EXPECT_FALSE(page);
}

TEST(FeedPlaceText, IsReadStrictly) {
    EXPECT_EQ(parse_feed_place("3-1201"), (FeedPlace{.shard = 3, .seq = 1201}));
    EXPECT_EQ(parse_feed_place("3-1201.2"), (FeedPlace{.shard = 3, .seq = 1201, .events = 2}));
    for (const char* wrong :
         {"", "3", "-", "3-", "-1", "3-1.", "3-1.x", "3-1.2.3", "3- 1", "a-1", "3-1.-1",
          "3-18446744073709551616", "4294967296-1", "3-1.4294967296"}) {
        EXPECT_FALSE(parse_feed_place(wrong)) << wrong;
    }
}

TEST(CloudEventText, IsOneLineOfStructuredJson) {
    const auto* type = journal::find_event_type("UserBlocked");
    std::string json;
    append_json(json, cloud_event_of(tests::support::sample_entry(*type), 0));
    EXPECT_EQ(
        json,
        R"({"specversion":"1.0","id":"3-1201.1","source":"urn:daybook:tenant:acme",)"
        R"("type":"UserBlocked","subject":"users/sample-1","time":"2026-01-31T10:00:00.123Z",)"
        R"("recordedtime":"2026-01-31T10:00:00.123Z","sequence":"4",)"
        R"("sequencetype":"Integer","datacontenttype":"application/json",)"
        R"("dataschema":"urn:daybook:event:UserBlocked:1","data":{}})");
    EXPECT_EQ(topic_of("daybook", domain::Kind::bills), "daybook.bills");
}

// A sample has all members given, so a personal text that slips through is seen.
TEST(CloudEventText, SaysNothingOfPersons) {
    for (const auto& type : journal::event_types()) {
        if (!domain::is_published(type.kind)) continue;
        const journal::Entry entry = tests::support::sample_entry(type);
        const std::string data = cloud_event_of(entry, 0).data;
        EXPECT_EQ(data.find("Kåre"), std::string::npos) << data;
        simdjson::dom::parser parser;
        EXPECT_EQ(parser.parse(data).error(), simdjson::SUCCESS) << data;
    }
}

}  // namespace
}  // namespace projections
