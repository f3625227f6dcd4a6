#include "api/route_docs.hpp"

#include "api/as_of.hpp"
#include "api/list_parameters.hpp"

namespace api {

using http::ParameterType;
using http::RouteDoc;

RouteDoc gets(domain::Kind kind, std::string_view operation, std::string_view summary) {
    return {.operation = operation,
            .summary = summary,
            .tag = domain::name(kind),
            .query = past_parameters(kind),
            .response = resource_schema(kind)};
}

RouteDoc lists(domain::Kind kind, std::string_view operation, std::string_view summary) {
    return {.operation = operation,
            .summary = summary,
            .tag = domain::name(kind),
            .query = list_parameters(kind),
            .response = list_schema(kind)};
}

RouteDoc changes(domain::Kind kind, const Schema* request, std::string_view operation,
                 std::string_view summary) {
    return {.operation = operation,
            .summary = summary,
            .tag = domain::name(kind),
            .query = {{.name = "dryRun",
                       .type = ParameterType::boolean,
                       .doc = "Answer with what would be done, and do nothing."}},
            .request = request,
            .response = resource_schema(kind)};
}

RouteDoc creates(domain::Kind kind, const Schema* request, std::string_view operation,
                 std::string_view summary) {
    RouteDoc doc = changes(kind, request, operation, summary);
    doc.success = http::Status::created;
    return doc;
}

RouteDoc previews(domain::Kind kind, const Schema* request, std::string_view operation,
                  std::string_view summary) {
    return {.operation = operation,
            .summary = summary,
            .tag = domain::name(kind),
            .request = request,
            .response = resource_schema(kind),
            .is_preview = true};
}

RouteDoc changes_version(domain::Kind kind, const Schema* request, std::string_view operation,
                         std::string_view summary) {
    RouteDoc doc = changes(kind, request, operation, summary);
    doc.needs_if_match = true;
    return doc;
}

}  // namespace api
