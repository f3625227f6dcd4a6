#include "commands/user.hpp"

#include <gtest/gtest.h>

#include "tests/support/workplace.hpp"

namespace commands {
namespace {

using tests::support::Workplace;

domain::CreateUser user(const std::string& email) {
    domain::CreateUser create;
    create.email = domain::Email{email};
    return create;
}

std::int64_t number_of(const Workplace& workplace, const std::string& id) {
    return workplace.state<domain::UserDecider>(id).customer_number;
}

TEST(UserCommands, CustomerNumbersHaveNoGapsEvenWhenACreateIsRefused) {
    Workplace workplace;
    ASSERT_TRUE(workplace.run(user("a@example.org")));
    EXPECT_EQ(workplace.code_of(user("a@example.org")), "user_email_taken");
    const auto second = workplace.run(user("b@example.org"));
    ASSERT_TRUE(second);
    EXPECT_EQ(number_of(workplace, "made-1"), 1);
    EXPECT_EQ(number_of(workplace, second->id), 2);
}

TEST(UserCommands, AnImportedNumberIsKeptAndTheNextOneFollowsIt) {
    Workplace workplace;
    auto imported = user("a@example.org");
    imported.id = domain::UserId{"user123"};
    imported.customer_number = 958280;
    ASSERT_TRUE(workplace.run(imported));
    EXPECT_EQ(number_of(workplace, "user123"), 958280);
    const auto next = workplace.run(user("b@example.org"));
    EXPECT_EQ(number_of(workplace, next->id), 958281);
    auto again = user("c@example.org");
    again.customer_number = 958280;
    EXPECT_EQ(workplace.code_of(again), "customer_number_taken");
}

TEST(UserCommands, ALoginIdentifierIsUniqueWhateverTheCase) {
    Workplace workplace;
    auto kari = user("Kari@example.org");
    kari.id = domain::UserId{"kari"};
    ASSERT_TRUE(workplace.run(kari));
    EXPECT_EQ(workplace.code_of(user("kari@EXAMPLE.org")), "user_email_taken");
    ASSERT_TRUE(
        workplace.run(domain::ChangeLoginIdentifier{.email = {"kari@example.com"}}, "kari"));
    EXPECT_TRUE(workplace.run(user("kari@example.org")));
    // The same address in another case is the user's own.
    EXPECT_TRUE(
        workplace.run(domain::ChangeLoginIdentifier{.email = {"KARI@example.com"}}, "kari"));
}

TEST(UserCommands, EachCommandReachesItsUser) {
    Workplace workplace;
    ASSERT_TRUE(workplace.run(user("a@example.org")));
    const std::string id = "made-1";
    EXPECT_TRUE(
        workplace.run(domain::UpdateUser{.name = domain::change_to(domain::Personal{"Kari"})}, id));
    EXPECT_TRUE(workplace.run(domain::SetUserMetadata{"theme", {"1"}}, id));
    EXPECT_TRUE(workplace.run(domain::RemoveUserMetadata{.key = "theme"}, id));
    EXPECT_EQ(workplace.events(), "UserMetadataRemoved");
    EXPECT_TRUE(workplace.run(domain::BlockUser{}, id));
    EXPECT_EQ(workplace.code_of(domain::BlockUser{}, id), "illegal_transition");
    EXPECT_TRUE(workplace.run(domain::UnblockUser{}, id));
    EXPECT_EQ(workplace.code_of(domain::BlockUser{}, "nobody"), "not_found");
}

}  // namespace
}  // namespace commands
