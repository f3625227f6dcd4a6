#include "api/resources/state_machines.hpp"

#include <memory>

#include "api/route_docs.hpp"

namespace api {
namespace {

// The names of the statuses in the set, in their order; "absent" has none.
template <class Status>
std::vector<std::string> names_of(const domain::StatusSet<Status>& set) {
    std::vector<std::string> names;
    const auto all = describe(static_cast<const Status*>(nullptr));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool is_in = set.contains(static_cast<Status>(i)) && !all[i].empty();
        if (is_in) names.emplace_back(all[i]);
    }
    return names;
}

template <domain::Decider D>
StateMachine machine_of() {
    StateMachine machine;
    machine.kind = D::kind;
    for (const auto name : describe(static_cast<const domain::StatusOf<D>*>(nullptr))) {
        if (!name.empty()) machine.statuses.emplace_back(name);
    }
    for (const auto& row : D::transitions) {
        machine.transitions.push_back(
            {std::string(row.command), names_of(row.from), names_of(row.to)});
    }
    return machine;
}

http::Task<http::Response> answer(std::shared_ptr<const std::string> json) {
    co_return http::Response::json(http::Status::ok, std::move(json));
}

}  // namespace

std::vector<StateMachine> state_machines() {
    std::vector<StateMachine> all;
    domain::Deciders::for_each([&all](auto decider) {
        using D = decltype(decider)::type;
        const bool is_operators = D::kind == domain::Kind::tenants || D::kind == domain::Kind::keys;
        if (!is_operators) all.push_back(machine_of<D>());
    });
    return all;
}

std::vector<http::Route> state_machine_routes() {
    const auto json = std::make_shared<const std::string>(codec::to_json(state_machines()));
    http::RouteDoc doc{.operation = "getStateMachines",
                       .summary = "Which command is legal in which status, of each kind.",
                       .tag = "service",
                       .response = value_schema<std::vector<StateMachine>>()};
    return {{http::Verb::get, "/management/state-machines", http::public_access,
             [json](const http::Request&) { return answer(json); }, std::move(doc)}};
}

}  // namespace api
