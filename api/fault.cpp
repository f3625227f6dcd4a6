#include "api/fault.hpp"

#include <utility>

namespace api {

http::Status status_of(commands::FaultKind kind) {
    using enum commands::FaultKind;
    using http::Status;
    switch (kind) {
        case not_found: return Status::not_found;
        case gone: return Status::gone;
        case conflict: return Status::conflict;
        case invalid:
        case key_reused: return Status::unprocessable_content;
        case stale_version: return Status::precondition_failed;
        case unavailable:
        case moved:
        case outcome_unknown: return Status::unavailable;
        case full: return Status::insufficient_storage;
    }
    return Status::internal_error;
}

std::vector<http::FieldError> field_errors(std::vector<codec::Problem> problems) {
    std::vector<http::FieldError> errors;
    errors.reserve(problems.size());
    for (codec::Problem& problem : problems) {
        errors.push_back(
            {std::move(problem.pointer), std::move(problem.code), std::move(problem.detail)});
    }
    return errors;
}

http::Problem problem_of(commands::Fault fault) {
    using enum commands::FaultKind;
    if (fault.kind == outcome_unknown) return http::outcome_unknown();
    http::Problem problem{status_of(fault.kind), std::move(fault.code), std::move(fault.detail)};
    problem.errors = field_errors(std::move(fault.errors));
    problem.from = std::move(fault.from);
    problem.command = std::move(fault.command);
    problem.allowed = std::move(fault.allowed);
    if (fault.kind == unavailable || fault.kind == moved || fault.kind == full) {
        problem.retry_after = 1;
    }
    return problem;
}

}  // namespace api
