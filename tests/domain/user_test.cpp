#include "domain/user.hpp"

#include <algorithm>

#include "tests/domain/samples_user.hpp"
#include "tests/support/given.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<UserDecider>;

UserEvent created() { return Samples<UserDecider>::past(UserStatus::active).front(); }

Address address(std::optional<std::int64_t> id) {
    Address made;
    made.id = id;
    made.street = Personal{"Storgata"};
    return made;
}

TEST(User, GetsTheNextCustomerNumberUnlessOneIsBrought) {
    EXPECT_EQ(given({}).when(sample_user()).after().customer_number, 7);
    CreateUser imported = sample_user();
    imported.customer_number = 958280;
    const auto outcome = given({}).when(imported);
    EXPECT_EQ(outcome.after().customer_number, 958280);
    const auto counter = std::get<UserCreated>(outcome.decision->front()).counter();
    EXPECT_EQ(counter.key, "customer-number");
    EXPECT_EQ(counter.value, 958280);
}

TEST(User, AddressesAreNumberedAfterTheHighest) {
    CreateUser create = sample_user();
    create.addresses = {address({}), address(4), address({})};
    const auto user = given({}).when(create).after();
    ASSERT_EQ(user.addresses.size(), 3U);
    EXPECT_EQ(user.addresses[0].id, 5);
    EXPECT_EQ(user.addresses[1].id, 4);
    EXPECT_EQ(user.addresses[2].id, 6);
}

TEST(User, AChangeKeepsWhatItDoesNotNameAndClearsWhatIsNull) {
    UserProfile expected;
    expected.phone = Personal{"+47 22 86 44 00"};
    given({created()})
        .when(UpdateUser{.name = {.is_given = true, .value = {}},
                         .phone = change_to(Phone{"+47 22 86 44 00"})})
        .then({UserProfileChanged{expected}});
}

TEST(User, AChangeOfMetadataIsRecordedKeyByKey) {
    const UserMetadataSet theme{"theme", {"\"dark\""}};
    const UserMetadataSet size{"size", {"12"}};
    given({created(), theme, size})
        .when(UpdateUser{.metadata = change_to(Metadata{
                             {"theme", {"null"}}, {"size", {"12"}}, {"font", {"\"serif\""}}})})
        .then({UserMetadataRemoved{"theme"}, UserMetadataSet{"font", {"\"serif\""}}});
}

TEST(User, MetadataSetTwiceIsRecordedOnceAndRemovedTwiceIsNoError) {
    const UserMetadataSet theme{"theme", {"\"dark\""}};
    given({created(), theme}).when(SetUserMetadata{"theme", {"\"dark\""}}).then_nothing();
    given({created()}).when(RemoveUserMetadata{.key = "theme"}).then_nothing();
}

TEST(User, ANewLoginIdentifierIsNotVerified) {
    CreateUser create = sample_user();
    create.email_verified = true;
    const UserEvent verified = UserDecider::decide({}, create)->front();
    const auto user =
        given({verified}).when(ChangeLoginIdentifier{.email = {"k@example.org"}}).after();
    EXPECT_EQ(user.email.text, "k@example.org");
    EXPECT_FALSE(user.email_verified);
    given({verified}).when(ChangeLoginIdentifier{.email = create.email}).then_nothing();
}

TEST(User, ClaimsItsNumberAndItsAddressWhateverTheCase) {
    const auto user = given({}).when(sample_user()).after();
    EXPECT_EQ(claims(user, "kari"),
              (std::vector<std::string>{"customer-number/7", "user-email/kari@example.org"}));
}

TEST(User, AnErasedPersonReadsAsEmptyText) {
    UserCreated erased = std::get<UserCreated>(created());
    erased.email = {};
    erased.metadata = {{"theme", {""}}};
    const auto user = given({erased, UserMetadataSet{"size", {""}}}).state;
    EXPECT_TRUE(user.metadata.empty());
    EXPECT_EQ(claims(user, "kari"), std::vector<std::string>{"customer-number/7"});
}

template <class Change>
CreateUser broken(Change change) {
    CreateUser create = sample_user();
    change(create);
    return create;
}

std::vector<UserEvent> with_many_keys() {
    std::vector<UserEvent> past{created()};
    for (int i = 0; i < 50; ++i) past.emplace_back(UserMetadataSet{std::to_string(i), {"1"}});
    return past;
}

const tests::support::Refusal<UserDecider> refusals[] = {
    {UserRejection::user_has_live_contracts, {created()}, DeleteUser{.has_live_contracts = true}},
    {UserRejection::password_changed_meanwhile,
     {created(), UserPasswordSet{{}, {}, false, {"two"}, {}}},
     SetPassword{.rehashed = CredentialId{"one"}}},
    {UserRejection::address_id_repeated, {}, broken([](auto& create) {
         create.addresses = {address(1), address(1)};
     })},
    {UserRejection::address_ends_before_it_begins, {}, broken([](auto& create) {
         create.addresses = {address(1)};
         create.addresses.front().from = Date{"2026-02-01"};
         create.addresses.front().to = Date{"2026-01-31"};
     })},
    {UserRejection::metadata_key_malformed, {created()}, SetUserMetadata{"", {"1"}}},
    {UserRejection::metadata_key_malformed, {created()}, SetUserMetadata{"a\nb", {"1"}}},
    {UserRejection::metadata_key_malformed,
     {created()},
     SetUserMetadata{std::string(41, 'a'), {"1"}}},
    {UserRejection::too_many_metadata_keys, with_many_keys(), SetUserMetadata{"one more", {"1"}}},
    {UserRejection::too_many_metadata_keys, with_many_keys(),
     UpdateUser{.metadata = change_to(Metadata{{"one more", {"1"}}})}},
};

TEST(User, Refuses) { tests::support::expect_refusals<UserDecider>(refusals); }

TEST(User, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<UserDecider>(refusals);
}

}  // namespace
}  // namespace domain
