// Faults of commands as problem documents: the error contract of all writes, on one screen.
#pragma once

#include "api/http/problem.hpp"
#include "codec/reader.hpp"
#include "commands/fault.hpp"

namespace api {

http::Status status_of(commands::FaultKind kind);
http::Problem problem_of(commands::Fault fault);

std::vector<http::FieldError> field_errors(std::vector<codec::Problem> problems);

}  // namespace api
