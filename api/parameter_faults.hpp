// Collects what is wrong with the query parameters of a request, so that all of it is told at once.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/problem.hpp"

namespace api {

class ParameterFaults {
public:
    void add(std::string_view parameter, std::string detail) {
        errors_.push_back({std::string(parameter), "invalid_parameter", std::move(detail)});
    }
    bool empty() const { return errors_.empty(); }
    http::Problem problem() {
        http::Problem problem{http::Status::bad_request, "invalid_parameter",
                              "The query breaks the rules that `errors` names."};
        problem.errors = std::move(errors_);
        return problem;
    }

private:
    std::vector<http::FieldError> errors_;
};

}  // namespace api
