#include "api/audit.hpp"

#include <gtest/gtest.h>

#include "tests/api/house.hpp"

namespace api::testing {
namespace {

using journal::check_proof;
using journal::open_checkpoint;

constexpr const char* checkpoint_path = "/management/audit/checkpoint";
constexpr const char* inclusion_path = "/management/audit/proofs/inclusion?position=";
constexpr const char* consistency_path = "/management/audit/proofs/consistency?from=";

struct Auditor {
    House house;
    journal::NoteVerifier verifier = journal::NoteVerifier::parse(house.checkpoint_key()).value();

    std::string write(std::string_view tenant = "acme") const {
        const auto made = house.ask({.verb = "POST",
                                     .path = "/management/vendors",
                                     .body = R"({"name":"Nordpress"})",
                                     .fields = {},
                                     .tenant = tenant});
        EXPECT_EQ(made.status, 201) << made.body;
        return std::string(made.field("Daybook-Position"));
    }
    journal::SignedCheckpoint checkpoint(const std::string& position) const {
        const auto answer = house.ask(
            {.path = checkpoint_path, .fields = "Daybook-Min-Position: " + position + "\r\n"});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return open_checkpoint(answer.body, verifier).value();
    }
};

TEST(Audit, AnswersWithACheckpointThatHasTheWantedEntry) {
    const Auditor auditor;
    for (int i = 0; i < 3; ++i) {
        const std::string position = auditor.write();
        const auto checkpoint = auditor.checkpoint(position).checkpoint;
        EXPECT_GE("0-" + std::to_string(checkpoint.size), position);
    }
}

TEST(Audit, ProvesEntriesOfAllTenantsOfTheShardToEach) {
    const Auditor auditor;
    for (const std::string_view writer : {"acme", "other"}) {
        const std::string position = auditor.write(writer);
        for (const std::string_view reader : {"acme", "other"}) {
            const auto answer =
                auditor.house.ask({.path = inclusion_path + position, .tenant = reader});
            ASSERT_EQ(answer.status, 200) << answer.body;
            const auto checked = check_proof(answer.body, auditor.verifier, {});
            EXPECT_TRUE(checked) << checked.error();
        }
    }
}

TEST(Audit, ProvesThatTheTreeOnlyGrew) {
    const Auditor auditor;
    const auto old = auditor.checkpoint(auditor.write()).checkpoint;
    auditor.checkpoint(auditor.write());
    const auto answer = auditor.house.get(consistency_path + std::to_string(old.size));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(check_proof(answer.body, auditor.verifier, {old}));
    EXPECT_FALSE(check_proof(answer.body, auditor.verifier, {}));
    auto other = old;
    other.root[0] ^= 1U;
    EXPECT_FALSE(check_proof(answer.body, auditor.verifier, {other}));
}

TEST(Audit, ProofsOfATreeThatWasNotSignedNeedItsRoot) {
    const Auditor auditor;
    auditor.write();
    const auto known = auditor.checkpoint(auditor.write()).checkpoint;
    const auto answer =
        auditor.house.get(std::string(inclusion_path) + "0-2&size=" + std::to_string(known.size));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_FALSE(check_proof(answer.body, auditor.verifier, {}));
    EXPECT_TRUE(check_proof(answer.body, auditor.verifier, {known}));
}

TEST(Audit, ProvesABillToItsTenantAlone) {
    const Auditor auditor;
    const House& house = auditor.house;
    ASSERT_EQ(house.post("/management/vendors", R"({"id":"n","name":"Nordpress"})").status, 201);
    ASSERT_EQ(
        house.post("/management/users", R"({"id":"u","email":"kari@example.org","name":"Kari"})")
            .status,
        201);
    const auto draft = [](std::string_view id) {
        return R"({"id":")" + std::string(id) +
               R"(","userId":"u","vendorId":"n","currency":"NOK","items":[{"sku":"s","title":"T",)" +
               R"("quantity":1,"unitAmount":4900}]})";
    };
    for (const std::string_view id : {"b", "b-2"}) {
        const auto made = house.post("/management/bills", draft(id));
        ASSERT_EQ(made.status, 201) << made.body;
    }
    ASSERT_EQ(house.post("/management/bills/b/issue", "{}").status, 200);
    const auto answer = house.get("/management/bills/b/proof");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto checked = check_proof(answer.body, auditor.verifier, {});
    ASSERT_TRUE(checked) << checked.error();
    EXPECT_TRUE(checked->starts_with("bills/b has the events 1 to ")) << *checked;
    journal::ResourceProof proof;
    ASSERT_TRUE(codec::read_stored(answer.body, proof));
    EXPECT_EQ(proof.entries.size(), 2U);
    EXPECT_EQ(house.ask({.path = "/management/bills/b/proof", .tenant = "other"}).status, 404);
    EXPECT_EQ(house.get("/management/bills/c/proof").status, 404);
}

TEST(Audit, RefusesWhatIsMalformedOrNotThereYet) {
    const Auditor auditor;
    const std::string position = auditor.write();
    for (const char* const query : {"", "x", "1-1", "0-0", "0--1", "0-2&size=1", "0-2&size=x"}) {
        const auto answer = auditor.house.get(std::string(inclusion_path) + query);
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_EQ(member(answer.body, "code"), "invalid_parameter");
    }
    for (const char* const query : {"", "0", "x", "2&to=1", "1&to=0", "1&to=x"}) {
        EXPECT_EQ(auditor.house.get(std::string(consistency_path) + query).status, 400) << query;
    }
    for (const std::string& path :
         {std::string(inclusion_path) + "0-999", inclusion_path + position + "&size=999",
          std::string(consistency_path) + "999", std::string(consistency_path) + "1&to=999"}) {
        const auto answer = auditor.house.get(path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_EQ(member(answer.body, "code"), "tree_too_small");
    }
}

}  // namespace
}  // namespace api::testing
