// Histories against a straight reading of all entries.
#include "projections/history.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "codec/reflect.hpp"
#include "journal/event_codec.hpp"
#include "projections/representation.hpp"
#include "tests/projections/posted.hpp"
#include "tests/projections/publisher.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using domain::Kind;
using domain::Subject;
using projections::History;
using projections::HistoryQuery;
using projections::PastEvent;

constexpr std::array<std::string_view, 2> left_out = {"version", "updatedAt"};

class HistoryTest : public ::testing::Test {
protected:
    void post() { posted_.catch_up(); }
    History history() {
        return History(rows_, book_.log(), book_.codec(), [this](const domain::TenantId&) {
            return projections::Position{0, posted_.projector().applied()};
        });
    }
    // All pages.
    std::vector<PastEvent> told(HistoryQuery query, const std::string& tenant = "acme") {
        const History all = history();
        std::vector<PastEvent> events;
        while (true) {
            auto page = all.read(domain::TenantId{tenant}, query);
            if (!page) {
                ADD_FAILURE() << name(page.error());
                return events;
            }
            EXPECT_LE(page->events.size(), query.limit);
            for (PastEvent& event : page->events) events.push_back(std::move(event));
            if (!page->next) return events;
            query.after = *page->next;
        }
    }
    // Every event of these subjects, one after the other, with what it changed.
    std::vector<PastEvent> expected(const std::string& tenant, const std::set<Subject>& subjects,
                                    const HistoryQuery& query) {
        std::vector<PastEvent> events;
        std::map<Subject, domain::AnyAggregate> states;
        for (const auto& record : *book_.log().read(0, 0, 1UL << 30U)) {
            const auto decoded = book_.codec().decode(*record.bytes);
            const auto* const entry = std::get_if<journal::Entry>(&*decoded);
            if (entry == nullptr || entry->tenant.text != tenant) continue;
            for (const journal::RecordedEvent& event : entry->events) {
                if (!subjects.contains(event.subject)) continue;
                auto& state = states.try_emplace(event.subject, absent_aggregate(event.subject))
                                  .first->second;
                const std::string before =
                    event.sequence == 1 ? "" : projections::representation(state);
                advance(state, event.event, event.occurred_at);
                const std::string type(domain::event_name(event.event));
                if (!query.types.empty() && !query.types.contains(type)) continue;
                PastEvent past;
                past.subject = to_text(event.subject);
                past.sequence = static_cast<std::int64_t>(event.sequence);
                past.type = type;
                past.time = entry->time;
                past.occurred_at = event.occurred_at;
                past.data = data_of(event.event);
                past.changes =
                    codec::changes_between(before, projections::representation(state), left_out);
                past.position = "0-" + std::to_string(entry->seq);
                events.push_back(std::move(past));
            }
        }
        return events;
    }
    static domain::Json data_of(const domain::AnyEvent& event) {
        domain::Json data;
        codec::Writer writer(data.text, codec::Audience::client);
        const auto of_event = journal::data_of(event);
        writer.value(*of_event.type, of_event.address);
        return data;
    }

    Book book_;
    support::MemoryRows rows_;
    Posted posted_{book_, rows_, {.batch_entries_max = 50}};
};

TEST_F(HistoryTest, IsEveryEventOfTheResourceWithWhatItChanged) {
    Publisher acme(book_, "acme", 31);
    Publisher other(book_, "other", 32);
    for (int i = 0; i < 300; ++i) {
        acme.step();
        if (i % 4 == 0) other.step();
    }
    post();
    std::size_t longest = 0;
    for (const auto& [key, aggregate] : book_.aggregates()) {
        if (key.second.kind == Kind::users) continue;
        HistoryQuery query{.subject = key.second, .limit = 1 + acme.below(5)};
        const auto all = expected(key.first, {key.second}, query);
        EXPECT_EQ(told(query, key.first), all) << to_text(key.second);
        longest = std::max(longest, all.size());
        EXPECT_TRUE(told(query, "acm").empty());
    }
    EXPECT_GT(longest, 4U);
}

TEST_F(HistoryTest, IsOfAUserAllThatIsTheUsers) {
    Publisher acme(book_, "acme", 33);
    acme.steps(500);
    post();
    for (const std::string user : {"u0", "u3"}) {
        std::set<Subject> subjects;
        for (const auto& [key, aggregate] : book_.aggregates()) {
            std::visit(
                [&](const auto& one) {
                    if constexpr (requires { one.state.user_id; }) {
                        if (one.state.user_id == domain::UserId{user}) subjects.insert(key.second);
                    }
                    if constexpr (requires { one.state.payer_id; }) {
                        if (one.state.payer_id == domain::UserId{user}) subjects.insert(key.second);
                    }
                },
                aggregate);
        }
        HistoryQuery query{.subject = {Kind::users, user}, .limit = 7};
        const auto all = expected("acme", subjects, query);
        ASSERT_GT(all.size(), 50U);
        EXPECT_EQ(told(query), all);
        query.types = {"BillPaid", "EntitlementSuspended"};
        const auto some = expected("acme", subjects, query);
        ASSERT_GT(some.size(), 3U);
        EXPECT_EQ(told(query), some);
    }
}

TEST_F(HistoryTest, FoldsOnWhereAFilterHasPassedOverEvents) {
    for (int i = 0; i < 40; ++i) {
        domain::VendorEvent event = domain::VendorSuspended{};
        if (i == 0) event = domain::VendorCreated();
        if (i > 0 && i % 2 == 0) event = domain::VendorReinstated{};
        book_.append("acme", {{{Kind::vendors, "press"}, domain::VendorEvent(event)}});
    }
    post();
    HistoryQuery query{
        .subject = {Kind::vendors, "press"}, .types = {"VendorSuspended"}, .limit = 3};
    const auto all = expected("acme", {query.subject}, query);
    EXPECT_EQ(all.size(), 20U);
    EXPECT_EQ(told(query), all);
}

TEST_F(HistoryTest, EndsAPageEarlyWhenAFilterFindsTooFew) {
    for (int i = 0; i < 600; ++i) {
        domain::VendorEvent event = domain::VendorSuspended{};
        if (i == 0) event = domain::VendorCreated();
        if (i > 0 && i % 2 == 0) event = domain::VendorReinstated{};
        book_.append("acme", {{{Kind::vendors, "press"}, domain::VendorEvent(event)}});
    }
    post();
    HistoryQuery query{.subject = {Kind::vendors, "press"}, .types = {"VendorClosed"}};
    std::size_t pages = 0;
    for (bool goes_on = true; goes_on; ++pages) {
        const auto page = history().read({"acme"}, query);
        ASSERT_TRUE(page);
        EXPECT_TRUE(page->events.empty());
        goes_on = page->next.has_value();
        if (goes_on) query.after = *page->next;
    }
    EXPECT_EQ(pages, 3U);
}

TEST_F(HistoryTest, TellsInAStoryNothingPersonalAboutOthersAndNothingAboutWhoWasErased) {
    const auto draft = [&](const std::string& id, const std::string& receiver) {
        domain::ContractDrafted event;
        event.user_id = {receiver};
        event.payer_id = {"kari"};
        event.vendor_id = {"press"};
        event.currency = *domain::Currency::parse("NOK");
        event.time_zone = {"UTC"};
        event.delivery_address = domain::Address{};
        event.delivery_address->street = domain::Personal{"Canary street of " + receiver};
        book_.append("acme", {{{Kind::contracts, id}, domain::ContractEvent(event)}});
        domain::ContractPayerChanged changed;
        changed.payer_id = {receiver};
        book_.append("acme", {{{Kind::contracts, id}, domain::ContractEvent(changed)}});
    };
    draft("own", "kari");
    draft("gift", "ola");
    post();
    const auto text_of = [&](const Subject& subject) {
        std::string text;
        codec::write(text, told({.subject = subject}), codec::Audience::client);
        return text;
    };
    // What she paid once is in it.
    const std::string story = text_of({Kind::users, "kari"});
    EXPECT_NE(story.find("contracts/gift"), std::string::npos);
    EXPECT_NE(story.find("street of kari"), std::string::npos);
    EXPECT_EQ(story.find("street of ola"), std::string::npos);
    EXPECT_NE(text_of({Kind::contracts, "gift"}).find("street of ola"), std::string::npos);
    domain::UserCreated created;
    created.email = {"kari@canary.example"};
    book_.append("acme", {{{Kind::users, "kari"}, domain::UserEvent(created)}});
    book_.append("acme", {{{Kind::users, "kari"}, domain::UserEvent(domain::UserDeleted{})}});
    book_.destroy_key({"acme"}, {"kari"});
    post();
    for (const Subject& subject : {Subject{Kind::users, "kari"}, Subject{Kind::contracts, "own"}}) {
        EXPECT_EQ(text_of(subject).find("kari@"), std::string::npos);
        EXPECT_EQ(text_of(subject).find("street of kari"), std::string::npos);
    }
    EXPECT_EQ(told({.subject = {Kind::contracts, "own"}}).size(), 2U);
}

}  // namespace
}  // namespace tests::projections_test
