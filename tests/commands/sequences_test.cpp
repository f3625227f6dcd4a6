// The invariants of bills and money over everything that can be asked, in any order (I1 to I10).
#include "tests/commands/sequences.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/support/property.hpp"

namespace rc {

template <>
struct Arbitrary<commands::tests::Step> {
    static Gen<commands::tests::Step> arbitrary() {
        using commands::tests::Step;
        const auto number =
            gen::resize(kNominalSize, gen::inRange<std::int64_t>(0, commands::tests::numbers_end));
        const auto actions = commands::tests::Publisher::actions().size();
        return gen::build<Step>(
            gen::set(&Step::action,
                     gen::resize(kNominalSize, gen::inRange<std::size_t>(0, actions))),
            gen::set(&Step::numbers, gen::container<std::array<std::int64_t, 3>>(number)));
    }
};

}  // namespace rc

namespace commands::tests {
namespace {

using namespace domain;

// How often each event came in all runs: they are worth something only if everything happened.
std::map<std::string, int> seen;

std::string wrong_in(const std::vector<Step>& steps) {
    Publisher publisher;
    for (const Step& step : steps) {
        if (auto wrong = publisher.take(step); !wrong.empty()) return wrong;
    }
    for (const auto& [event, count] : publisher.events()) seen[event] += count;
    return "";
}

// Stops of deliveries need shipments; those have tests of their own.
bool is_of_shipments(std::string_view event) { return event.starts_with("ContractDeliveryStop"); }

template <class... Event>
void expect_seen(const std::variant<Event...>*) {
    for (const std::string_view event : {type_name<Event>()...}) {
        if (is_of_shipments(event)) continue;
        EXPECT_GT(seen[std::string(event)], 0) << event;
    }
}

TEST(Sequences, OfAnythingKeepTheInvariants) {
    ::tests::support::holds<std::vector<Step>>(4'000, wrong_in);
    if (HasFailure()) return;
    expect_seen(static_cast<const ContractEvent*>(nullptr));
    expect_seen(static_cast<const BillEvent*>(nullptr));
    expect_seen(static_cast<const TransactionEvent*>(nullptr));
    expect_seen(static_cast<const EntitlementEvent*>(nullptr));
}

}  // namespace
}  // namespace commands::tests
