// Deleting a user: what goes on is ended, and nothing tells who it was.
#include <gtest/gtest.h>

#include "commands/user.hpp"
#include "tests/commands/subscriptions.hpp"

namespace commands::tests {
namespace {

class UserDeletion : public Subscriptions {
protected:
    // Kari receives, and Ola, who was given nothing, pays.
    void give() {
        CreateContract wish = contract("monthly");
        wish.payer_id = UserId{"ola"};
        wish.delivery_address = Address{};
        wish.delivery_address->street = Personal{"Storgata"};
        draft_and_confirm(wish);
    }
    User user(const std::string& id) { return books.state<UserDecider>(id); }
    static DeleteUser all() { return {.cancel_contracts = true}; }
};

TEST_F(UserDeletion, IsRefusedWhileAContractGoesOnForWhoReceivesAndForWhoPays) {
    give();
    EXPECT_EQ(books.refusal(Kind::users, "kari", DeleteUser{}), "user_has_live_contracts");
    EXPECT_EQ(books.refusal(Kind::users, "ola", DeleteUser{}), "user_has_live_contracts");
    CancelContract cancel;
    cancel.mode = CancelMode::immediate;
    books.done(Kind::contracts, contract_id, cancel);
    books.done(Kind::users, "ola", DeleteUser{});
    EXPECT_EQ(user("ola").status, UserStatus::deleted);
}

TEST_F(UserDeletion, EndsContractsAndRightsInTheSameEntry) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    ASSERT_EQ(rights().at(0).status, EntitlementStatus::active);
    books.done(Kind::users, "kari", all());
    EXPECT_EQ(contract_state().status, ContractStatus::canceled);
    EXPECT_EQ(rights().at(0).status, EntitlementStatus::revoked);
    EXPECT_EQ(bill().status, BillStatus::paid);
    EXPECT_EQ(bill().total, price);
}

TEST_F(UserDeletion, DiscardsADraft) {
    contract_id = books.done(Kind::contracts, "", contract("monthly"));
    books.done(Kind::users, "kari", all());
    EXPECT_EQ(contract_state().status, ContractStatus::canceled);
}

TEST_F(UserDeletion, LeavesNothingThatTellsWhoItWas) {
    confirm(contract("monthly"));
    pay(TransactionStatus::succeeded);
    ASSERT_EQ(bill().bill_to->email.text, "kari@example.org");
    books.done(Kind::users, "kari", all());
    EXPECT_EQ(bill().bill_to->email.text, "");
    User erased;
    erased.customer_number = 1;
    erased.status = UserStatus::deleted;
    EXPECT_EQ(user("kari"), erased);
}

TEST_F(UserDeletion, OfThePayerKeepsTheAddressOfWhoReceives) {
    give();
    const auto address = contract_state().delivery_address;
    ASSERT_TRUE(address);
    books.done(Kind::users, "ola", all());
    EXPECT_EQ(contract_state().delivery_address, address);
    books.done(Kind::users, "kari", all());
    EXPECT_EQ(contract_state().delivery_address->street->text, "");
}

TEST_F(UserDeletion, FreesTheEmailAddressButNeverTheNumber) {
    books.done(Kind::users, "kari", DeleteUser{});
    CreateUser again;
    again.email = Email{"kari@example.org"};
    again.customer_number = 1;
    EXPECT_EQ(books.refusal(Kind::users, "new", again), "customer_number_taken");
    again.customer_number.reset();
    books.done(Kind::users, "new", again);
    EXPECT_EQ(user("new").customer_number, 3);
}

TEST_F(UserDeletion, IsForEver) {
    books.done(Kind::users, "kari", DeleteUser{});
    EXPECT_EQ(books.refusal(Kind::users, "kari", DeleteUser{}), "illegal_transition");
    EXPECT_EQ(books.refusal(Kind::users, "kari", UnblockUser{}), "illegal_transition");
    EXPECT_EQ(books.refusal(Kind::contracts, "", contract("monthly")), "unknown_user");
}

TEST_F(UserDeletion, PasswordsReplaceOneAnotherAndARehashOnlyWhatItIsOf) {
    books.done(Kind::users, "kari", SetPassword{.credential_id = {"one"}});
    const Timestamp first = user("kari").auth_methods.at(0).changed_at;
    books.now += std::chrono::hours(1);
    books.done(Kind::users, "kari",
               SetPassword{.credential_id = {"two"}, .rehashed = CredentialId{"one"}});
    EXPECT_EQ(password_of(user("kari"))->credential_id.text, "two");
    EXPECT_EQ(password_of(user("kari"))->changed_at, first);
    EXPECT_EQ(
        books.refusal(Kind::users, "kari",
                      SetPassword{.credential_id = {"three"}, .rehashed = CredentialId{"one"}}),
        "password_changed_meanwhile");
    books.done(Kind::users, "kari", SetPassword{.credential_id = {"four"}});
    EXPECT_EQ(user("kari").auth_methods.at(0).changed_at, books.now);
    EXPECT_EQ(user("kari").auth_methods.at(0).created_at, first);
}

}  // namespace
}  // namespace commands::tests
