// The route of the state machines: the tables of legal transitions, as the rules have them.
#pragma once

#include <string>
#include <vector>

#include "api/http/router.hpp"
#include "domain/aggregates.hpp"

namespace api {

struct StateTransition {
    std::string command;
    std::vector<std::string> from;  // Empty: it creates.
    std::vector<std::string> to;
};
constexpr auto describe(const StateTransition*) {
    using domain::field;
    using T = StateTransition;
    return domain::fields(
        field<&T::command>("command", "What is asked.").required(),
        field<&T::from>("from", "In which statuses it is legal; none if it creates.").required(),
        field<&T::to>("to", "In which of these it ends.").required());
}

struct StateMachine {
    domain::Kind kind = domain::Kind::vendors;
    std::vector<std::string> statuses;
    std::vector<StateTransition> transitions;
};
constexpr auto describe(const StateMachine*) {
    using domain::field;
    using M = StateMachine;
    return domain::fields(
        field<&M::kind>("kind", "Of what.").required(),
        field<&M::statuses>("statuses", "All that it may have.").required(),
        field<&M::transitions>("transitions", "What is legal when. All else is refused with 409.")
            .required());
}

// One for each kind that a client has to do with.
std::vector<StateMachine> state_machines();

std::vector<http::Route> state_machine_routes();

}  // namespace api
