#include "domain/vendor.hpp"

#include "tests/support/given.hpp"

namespace domain {
namespace {

const auto given = tests::support::given<VendorDecider>;

VendorDetails acme() {
    VendorDetails details;
    details.name = "Acme Press";
    details.website = Url{"https://acme.example"};
    details.dunning.retry_days = {1, 3};
    details.metadata = {{"owner", {"\"kari\""}}};
    return details;
}
const VendorCreated created{acme()};

Metadata keys(int count) {
    Metadata metadata;
    for (int i = 0; i < count; ++i) metadata[std::to_string(i)] = {"1"};
    return metadata;
}

TEST(Vendor, CreatedIsActiveAndKeepsWhatWasSent) {
    const auto outcome = given({}).when(CreateVendor{acme(), Slug{"acme"}});
    outcome.then({created});
    EXPECT_EQ(outcome.after(), (Vendor{acme(), VendorStatus::active}));
}

TEST(Vendor, AChangeKeepsWhatItDoesNotNameAndClearsWhatIsNull) {
    VendorDetails expected = acme();
    expected.name = "Acme Books";
    expected.website.reset();
    given({created})
        .when(UpdateVendor{.name = change_to<std::string>("Acme Books"),
                           .website = {.is_given = true, .value = {}}})
        .then({VendorChanged{expected}});
}

TEST(Vendor, AChangeOfDunningIsMergedFieldByField) {
    VendorDetails expected = acme();
    expected.dunning.grace_days = 10;
    given({created})
        .when(UpdateVendor{.dunning =
                               change_to(DunningChange{.grace_days = change_to<std::int64_t>(10)})})
        .then({VendorChanged{expected}});
}

TEST(Vendor, MetadataIsMergedKeyByKeyAndNullRemoves) {
    VendorDetails expected = acme();
    expected.metadata = {{"region", {"\"east\""}}};
    given({created})
        .when(UpdateVendor{.metadata =
                               change_to(Metadata{{"owner", {"null"}}, {"region", {"\"east\""}}})})
        .then({VendorChanged{expected}});
}

TEST(Vendor, AChangeToWhatIsRecordsNothing) {
    given({created})
        .when(UpdateVendor{.name = change_to<std::string>("Acme Press")})
        .then_nothing();
}

TEST(Vendor, SuspendedIsChangedReinstatedOrClosed) {
    EXPECT_EQ(legal_commands<VendorDecider>(VendorStatus::suspended),
              (std::vector<std::string_view>{"UpdateVendor", "ReinstateVendor", "CloseVendor"}));
    EXPECT_TRUE(legal_commands<VendorDecider>(VendorStatus::closed).empty());
}

TEST(Vendor, ClaimsItsExternalId) {
    Vendor vendor;
    EXPECT_TRUE(claims(vendor, "acme").empty());
    vendor.external_id = "4711";
    EXPECT_EQ(claims(vendor, "acme"), std::vector<std::string>{"vendor-external/4711"});
}

CreateVendor with_dunning(Dunning dunning) {
    CreateVendor create{acme(), {}};
    create.dunning = std::move(dunning);
    return create;
}

const tests::support::Refusal<VendorDecider> refusals[] = {
    {VendorRejection::retry_days_must_rise, {}, with_dunning({{3, 3}, 14, 30})},
    {VendorRejection::dunning_cancels_within_grace, {}, with_dunning({{3}, 14, 13})},
    {VendorRejection::too_many_metadata_keys,
     {created},
     UpdateVendor{.metadata = change_to(keys(50))}},
};

TEST(Vendor, Refuses) { tests::support::expect_refusals<VendorDecider>(refusals); }

TEST(Vendor, EveryRefusalHasARow) {
    tests::support::expect_a_row_for_each_refusal<VendorDecider>(refusals);
}

}  // namespace
}  // namespace domain
