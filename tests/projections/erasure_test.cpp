// Erasing a person from the views: what is left is what a rebuild without the person's key gives.
#include <gtest/gtest.h>

#include "projections/projector.hpp"
#include "tests/projections/posted.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using domain::Kind;
using domain::Personal;
using projections::Step;
using support::MemoryRows;

const domain::TenantId tenant{"acme"};

class ErasedViews : public testing::Test {
protected:
    ErasedViews() {
        for (const std::string id : {"kari", "ola"}) {
            domain::UserCreated event;
            event.email = {id + "@canary.example"};
            event.name = Personal{id + " Canary"};
            event.customer_number = ++number_;
            append(Kind::users, id, domain::UserEvent(event));
        }
        // Kari receives one and pays for the other.
        add_contract("own", "kari");
        add_contract("gift", "ola");
        // The text that is in the first version only.
        for (const auto& [contract, receiver] :
             {std::pair("own", "kari"), std::pair("gift", "ola")}) {
            domain::ContractDeliveryAddressChanged moved;
            moved.user_id = {receiver};
            append(Kind::contracts, contract, domain::ContractEvent(moved));
        }
    }
    void append(Kind kind, const std::string& id, domain::AnyEvent event) {
        book_.append("acme", {{{kind, id}, std::move(event)}});
    }
    void add_contract(const std::string& id, const std::string& receiver) {
        domain::ContractDrafted event;
        event.name = "Daily";
        event.user_id = {receiver};
        event.payer_id = {"kari"};
        event.vendor_id = {"press"};
        event.currency = *domain::Currency::parse("NOK");
        event.time_zone = {"UTC"};
        event.delivery_address = domain::Address{};
        event.delivery_address->street = Personal{"Canary street of " + receiver};
        append(Kind::contracts, id, domain::ContractEvent(event));
    }
    void erase_kari() {
        append(Kind::users, "kari", domain::UserEvent(domain::UserDeleted{}));
        book_.destroy_key(tenant, domain::UserId{"kari"});
    }
    static std::size_t count_of(const MemoryRows& rows, std::string_view text) {
        std::size_t count = 0;
        for (const auto& [key, value] : rows.all()) {
            if (key.find(text) != std::string::npos || value.find(text) != std::string::npos) {
                ++count;
            }
        }
        return count;
    }

    Book book_;
    std::int64_t number_ = 0;
};

TEST_F(ErasedViews, AreWhatARebuildGives) {
    MemoryRows live;
    Posted posted(book_, live);
    posted.catch_up();
    ASSERT_GT(count_of(live, "kari@canary"), 0U);
    erase_kari();
    ASSERT_EQ(posted.catch_up(), Step::idle);
    MemoryRows rebuilt;
    Posted(book_, rebuilt).catch_up();
    EXPECT_EQ(live.all(), rebuilt.all());
}

TEST_F(ErasedViews, TellNothingAboutThePersonAndEverythingAboutOthers) {
    MemoryRows rows;
    Posted posted(book_, rows);
    posted.catch_up();
    const std::size_t of_ola = count_of(rows, "ola");
    ASSERT_GT(count_of(rows, "street of kari"), 0U);
    erase_kari();
    posted.catch_up();
    EXPECT_EQ(count_of(rows, "kari@canary"), 0U);
    EXPECT_EQ(count_of(rows, "street of kari"), 0U);
    EXPECT_EQ(count_of(rows, "ola"), of_ola);
    EXPECT_EQ(count_of(rows, "street of ola"), 1U);
    // As of before the erasure it is not told either, and all the rest is.
    std::string json;
    const auto moment = posted.queries().moment_at(tenant, 4);
    ASSERT_TRUE(
        posted.queries().get(tenant, {Kind::contracts, "own"}, {.as_of = moment},
                             [&](std::string_view row, std::uint64_t version, std::string_view) {
                                 json = row;
                                 EXPECT_EQ(version, 1U);
                             }));
    EXPECT_NE(json.find("Daily"), std::string::npos);
    EXPECT_EQ(json.find("Canary"), std::string::npos);
}

TEST_F(ErasedViews, ListThePersonNoMoreAndStillKnowTheNumber) {
    MemoryRows rows;
    Posted posted(book_, rows);
    posted.catch_up();
    EXPECT_EQ(posted.queries().list(tenant, Kind::users, {})->size, 2U);
    EXPECT_EQ(posted.queries().customer(tenant, "1"), domain::UserId{"kari"});
    erase_kari();
    posted.catch_up();
    EXPECT_EQ(posted.queries().list(tenant, Kind::users, {})->size, 1U);
    EXPECT_EQ(posted.queries().list(tenant, Kind::users, {.q = "canary"})->size, 1U);
    EXPECT_EQ(posted.queries().customer(tenant, "1"), domain::UserId{"kari"});
    EXPECT_EQ(posted.queries().get(tenant, {Kind::users, "kari"}).resource->status, "DELETED");
    EXPECT_EQ(posted.queries().list(tenant, Kind::contracts, {})->size, 2U);
}

TEST_F(ErasedViews, AreReachedWithAllThatTheErasureChanges) {
    MemoryRows rows;
    Posted posted(book_, rows);
    posted.catch_up();
    erase_kari();
    while (posted.projector().step() == Step::advanced) {
        const bool is_reached = posted.projector().applied() == book_.seq();
        EXPECT_EQ(count_of(rows, "street of kari") == 0, is_reached);
    }
}

TEST_F(ErasedViews, AreFinishedAfterACrashAtAnyStep) {
    MemoryRows rows;
    Posted posted(book_, rows, {.batch_entries_max = 1});
    posted.catch_up();
    erase_kari();
    while (posted.projector().step() == Step::advanced) posted.restart();
    MemoryRows rebuilt;
    Posted(book_, rebuilt).catch_up();
    EXPECT_EQ(rows.all(), rebuilt.all());
}

}  // namespace
}  // namespace tests::projections_test
