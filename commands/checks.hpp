// Checks: what a handler finds wrong with the fields of a request, all of it at once.
//
//     Checks checks;
//     checks.existing<domain::UserDecider>(work, wish.user_id.text, "/userId", "user");
//     if (checks.failed()) return checks.failure();
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/work.hpp"

namespace commands {

class Checks {
public:
    void add(std::string pointer, std::string code, std::string detail) {
        problems_.push_back({std::move(pointer), std::move(code), std::move(detail)});
    }

    // The aggregate that a field names; null, and a problem, if there is none.
    template <domain::Decider D>
    const domain::AggregateOf<D>* existing(Work& work, std::string_view id, std::string pointer,
                                           std::string_view noun) {
        const auto* found = work.find<D>(id);
        if (found == nullptr) {
            add(std::move(pointer), "unknown_" + std::string(noun),
                "no " + std::string(noun) + " has this id; create it first");
        }
        return found;
    }

    bool failed() const { return !problems_.empty(); }

    // The fault with all problems; its code and detail are the first one's. REQUIRES: failed().
    domain::Failure<Fault> failure() {
        Fault made = fault(FaultKind::invalid, problems_.front().code, problems_.front().detail);
        made.errors = std::move(problems_);
        return domain::Failure(std::move(made));
    }

private:
    std::vector<codec::Problem> problems_;
};

}  // namespace commands
