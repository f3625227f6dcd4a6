#include "projections/key_directory.hpp"

#include <gtest/gtest.h>

#include "tests/projections/posted.hpp"
#include "tests/support/memory_rows.hpp"

namespace tests::projections_test {
namespace {

using domain::Kind;

void issue(Book& book, const std::string& id, const std::string& tenant) {
    domain::ApiKeyIssued event;
    event.tenant = {tenant};
    event.name = "test";
    event.scopes = {*domain::ScopeName::parse("bills:read")};
    event.secret = *domain::Sha256Hex::parse(std::string(64, 'a'));
    book.append("system", {{{Kind::keys, id}, domain::ApiKeyEvent(event)}});
}

TEST(KeyDirectory, KnowsWhatWasAppliedAndAfterARestart) {
    Book book;
    support::MemoryRows rows;
    Posted posted(book, rows);
    issue(book, "key1", "acme");
    issue(book, "key2", "bolt");
    domain::TenantCreated created;
    created.name = "Acme";
    book.append("system", {{{Kind::tenants, "acme"}, domain::TenantEvent(created)}});
    posted.catch_up();
    for (int starts = 0; starts < 2; ++starts) {
        const auto key = posted.keys().find_key("key1");
        ASSERT_NE(key, nullptr);
        EXPECT_EQ(key->state.tenant, domain::TenantId{"acme"});
        EXPECT_EQ(key->state.secret_hashes.size(), 1U);  // Internal, and yet in the row.
        EXPECT_EQ(posted.keys().keys_of({"acme"}).size(), 1U);
        EXPECT_EQ(posted.keys().find_key("key3"), nullptr);
        EXPECT_NE(posted.keys().find_tenant({"acme"}), nullptr);
        EXPECT_EQ(posted.keys().tenants().size(), 1U);
        posted.restart();
    }
}

TEST(KeyDirectory, KnowsARevocationBeforeItIsAnnounced) {
    Book book;
    support::MemoryRows rows;
    Posted posted(book, rows);
    issue(book, "key1", "acme");
    posted.catch_up();
    const auto generation = posted.keys().generation();
    book.append("system", {{{Kind::keys, "key1"}, domain::ApiKeyEvent(domain::ApiKeyRevoked{})}});
    auto status = domain::ApiKeyStatus::absent;
    const auto handle = posted.projector().freshness().when_applied(
        book.seq(), [&] { status = posted.keys().find_key("key1")->state.status; });
    posted.catch_up();
    EXPECT_EQ(status, domain::ApiKeyStatus::revoked);
    EXPECT_NE(posted.keys().generation(), generation);
}

TEST(KeyDirectory, KeysAreNoResources) {
    Book book;
    support::MemoryRows rows;
    Posted posted(book, rows);
    issue(book, "key1", "acme");
    posted.catch_up();
    EXPECT_FALSE(posted.queries().get({"system"}, {Kind::keys, "key1"}).resource);
}

}  // namespace
}  // namespace tests::projections_test
