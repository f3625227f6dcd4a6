// Every status × every command of every kind, from the tables themselves.
#include <gtest/gtest.h>

#include <set>

#include "tests/domain/samples_api_key.hpp"
#include "tests/domain/samples_bill.hpp"
#include "tests/domain/samples_contract.hpp"
#include "tests/domain/samples_entitlement.hpp"
#include "tests/domain/samples_fulfillment.hpp"
#include "tests/domain/samples_product.hpp"
#include "tests/domain/samples_tenant.hpp"
#include "tests/domain/samples_transaction.hpp"
#include "tests/domain/samples_user.hpp"
#include "tests/domain/samples_vendor.hpp"
#include "tests/domain/samples_webhook.hpp"

namespace domain {
namespace {

template <class D>
class Transitions : public testing::Test {};

using AllDeciders =
    testing::Types<VendorDecider, ProductDecider, UserDecider, ContractDecider, BillDecider,
                   TransactionDecider, EntitlementDecider, FulfillmentDecider,
                   WebhookEndpointDecider, WebhookDeliveriesDecider, TenantDecider, ApiKeyDecider>;
TYPED_TEST_SUITE(Transitions, AllDeciders);

template <Decider D>
std::vector<StatusOf<D>> all_statuses() {
    const auto names = describe(static_cast<const StatusOf<D>*>(nullptr));
    std::vector<StatusOf<D>> all;
    for (std::size_t i = 0; i < names.size(); ++i) all.push_back(static_cast<StatusOf<D>>(i));
    return all;
}

template <Decider D>
bool can_be_reached(StatusOf<D> status) {
    if (status == StatusOf<D>::absent) return true;
    for (const auto& row : D::transitions) {
        if (row.to.contains(status)) return true;
    }
    return false;
}

// Where the table says that the command may lead from this status.
template <Decider D>
bool may_lead_to(StatusOf<D> from, std::string_view command, StatusOf<D> to) {
    for (const auto& row : D::transitions) {
        const bool is_row = row.command == command && row.from.contains(from);
        if (is_row && row.to.contains(to)) return true;
    }
    return false;
}

// Not all that is legal in a status is possible after the same past: a bill is voided only when its
// payments were refunded.
template <Decider D>
auto past_before(StatusOf<D> status, std::string_view wish) {
    if constexpr (requires { Samples<D>::past(status, wish); }) {
        return Samples<D>::past(status, wish);
    } else {
        return Samples<D>::past(status);
    }
}

template <class... C>
std::set<std::string_view> names_of(const std::variant<C...>*) {
    return {type_name<C>()...};
}

TYPED_TEST(Transitions, EachSampleLeadsToTheStatusItIsNamedFor) {
    for (const auto status : all_statuses<TypeParam>()) {
        if (!can_be_reached<TypeParam>(status)) continue;
        const auto past = Samples<TypeParam>::past(status);
        EXPECT_EQ(fold<TypeParam>(past).status, status) << name(status);
    }
}

TYPED_TEST(Transitions, TheTableNamesEachCommandAndNothingElse) {
    const auto commands = names_of(static_cast<const typename TypeParam::Command*>(nullptr));
    std::set<std::string_view> in_table;
    for (const auto& row : TypeParam::transitions) in_table.insert(row.command);
    EXPECT_EQ(in_table, commands);
    for (const auto status : all_statuses<TypeParam>()) {
        std::set<std::string_view> in_samples;
        for (const auto& command : Samples<TypeParam>::commands(status)) {
            in_samples.insert(type_name_of(command));
        }
        EXPECT_EQ(in_samples, commands) << name(status);
    }
}

TYPED_TEST(Transitions, EachLegalPairEndsWhereTheTableSays) {
    for (const auto status : all_statuses<TypeParam>()) {
        if (!can_be_reached<TypeParam>(status)) continue;
        for (const auto& command : Samples<TypeParam>::commands(status)) {
            const auto wish = type_name_of(command);
            if (!is_legal<TypeParam>(status, wish)) continue;
            SCOPED_TRACE(std::string(name(status)) + " " + std::string(wish));
            const auto state = fold<TypeParam>(past_before<TypeParam>(status, wish));
            const auto decision = TypeParam::decide(state, command);
            ASSERT_TRUE(decision) << name(decision.error());
            const auto after = fold<TypeParam>(*decision, state);
            EXPECT_TRUE(may_lead_to<TypeParam>(status, wish, after.status)) << name(after.status);
        }
    }
}

TYPED_TEST(Transitions, LegalCommandsAreListedOnceAndTheOthersAreIllegal) {
    for (const auto status : all_statuses<TypeParam>()) {
        const auto listed = legal_commands<TypeParam>(status);
        const std::set<std::string_view> legal(listed.begin(), listed.end());
        EXPECT_EQ(legal.size(), listed.size()) << name(status);
        for (const auto& command : Samples<TypeParam>::commands(status)) {
            const auto wish = type_name_of(command);
            EXPECT_EQ(is_legal<TypeParam>(status, wish), legal.contains(wish)) << wish;
        }
    }
}

TYPED_TEST(Transitions, NothingIsCreatedTwice) {
    const auto first = legal_commands<TypeParam>(StatusOf<TypeParam>::absent);
    for (const auto command : first) {
        for (const auto status : all_statuses<TypeParam>()) {
            if (status == StatusOf<TypeParam>::absent) continue;
            EXPECT_FALSE(is_legal<TypeParam>(status, command)) << name(status) << " " << command;
        }
    }
}

}  // namespace
}  // namespace domain
