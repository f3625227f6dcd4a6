#include "api/body.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "api/fault.hpp"
#include "codec/reader.hpp"

namespace api {

using http::Problem;
using http::Status;

std::optional<Problem> read_body(std::string_view body, const codec::Type& type, void* value,
                                 const codec::Type* resource, const domain::Limits& limits) {
    const bool may_be_empty = type.kind == codec::TypeKind::object && !has_required_members(type);
    if (body.empty() && may_be_empty) body = "{}";

    codec::Document& document = codec::scratch_document();
    if (auto fault = document.parse(body, codec::Strictness::request)) {
        Problem problem{Status::bad_request, fault->code,
                        "The body cannot be read: " + fault->detail};
        problem.errors.push_back(
            {std::move(fault->pointer), std::move(fault->code), std::move(fault->detail)});
        return problem;
    }
    codec::Reader reader(codec::Strictness::request);
    reader.resource = resource;
    type.read(document.root(), value, limits, reader);
    if (reader.ok()) return std::nullopt;
    Problem problem{Status::unprocessable_content, "invalid_body",
                    "The body breaks the rules that `errors` names; mend all of them."};
    problem.errors = field_errors(reader.take_problems());
    return problem;
}

bool has_required_members(const codec::Type& type) {
    return std::ranges::any_of(type.members, [](const codec::Member& member) {
        return member.limits.is_required && member.type().kind != codec::TypeKind::change &&
               member.type().kind != codec::TypeKind::optional;
    });
}

}  // namespace api
