#include "api/http/admission.hpp"

#include <algorithm>
#include <string>

#include "api/http/fields.hpp"

namespace api::http {
namespace {

using Refusal = std::optional<Response>;

Response not_found() {
    return Problem{Status::not_found, "unknown_path", "There is nothing at this path."};
}

Response options(std::string_view allow) {
    Response response = Response::empty(Status::no_content);
    response.add("Allow", allow);
    return response;
}

Response method_not_allowed(std::string_view allow) {
    Response response = Problem{Status::method_not_allowed, "method_not_allowed",
                                "This path has no operation with this method."};
    response.add("Allow", allow);
    return response;
}

std::string_view explain(CredentialsRefusal refusal) {
    switch (refusal) {
        case CredentialsRefusal::credentials_missing:
            return "Send an API key in the field Authorization: Bearer.";
        case CredentialsRefusal::credentials_invalid: return "The credentials are not valid.";
        case CredentialsRefusal::credentials_expired: return "The API key has expired.";
        case CredentialsRefusal::credentials_revoked: return "The API key was revoked.";
    }
    return {};
}

Refusal authenticate(Authenticator& authenticator, Request& request) {
    const std::optional<Scope> scope = request.route->access.scope();
    if (!scope) return {};
    auto authenticated = authenticator.authenticate(request.header("Authorization"));
    if (!authenticated) {
        const CredentialsRefusal refusal = authenticated.error();
        if (refusal == CredentialsRefusal::credentials_invalid && !authenticator.knows_all_keys()) {
            Problem problem{Status::unavailable, "views_catching_up",
                            "The keys are still being read; send the request again."};
            problem.retry_after = 1;
            return Response(std::move(problem));
        }
        Response response = Problem{Status::unauthorized, std::string(name(refusal)),
                                    std::string(explain(refusal))};
        response.add("WWW-Authenticate", "Bearer realm=\"daybook\"");
        return response;
    }
    request.principal = *std::move(authenticated);
    if (request.principal->scopes.contains(*scope)) return {};
    const std::string needed(name(*scope));
    Response response = Problem{Status::forbidden, "insufficient_scope",
                                "The API key lacks the scope " + needed + "."};
    response.add(
        "WWW-Authenticate",
        "Bearer realm=\"daybook\", error=\"insufficient_scope\", scope=\"" + needed + "\"");
    return response;
}

std::string known_parameters(const RouteDoc& doc) {
    if (doc.query.empty()) return "This operation takes no query parameter.";
    std::string text = "Known are ";
    for (const QueryParameter& parameter : doc.query) {
        if (&parameter != doc.query.data()) text += ", ";
        text += parameter.name;
    }
    return text += '.';
}

// A mistyped filter must not widen a list, so that an unknown parameter is an error.
Refusal check_query(const Request& request) {
    const RouteDoc& doc = request.route->doc;
    std::vector<FieldError> errors;
    for (std::size_t i = 0; i < request.query.size(); ++i) {
        const std::string_view name = request.query[i].name;
        const auto known = std::ranges::find(doc.query, name, &QueryParameter::name);
        if (known == doc.query.end()) {
            errors.push_back({std::string(name), "unknown_parameter", known_parameters(doc)});
            continue;
        }
        const auto before = std::span(request.query).first(i);
        const bool is_repeated = std::ranges::find(before, name, &NameValue::name) != before.end();
        if (is_repeated && !known->is_repeatable) {
            errors.push_back({std::string(name), "repeated_parameter", "May be given once only."});
        }
    }
    for (const QueryParameter& parameter : doc.query) {
        if (!parameter.is_required || request.parameter(parameter.name)) continue;
        errors.push_back({std::string(parameter.name), "missing_parameter", "Must be given."});
    }
    if (errors.empty()) return {};
    Problem problem{
        Status::bad_request, errors[0].code,
        "The query parameter '" + errors[0].pointer + "' cannot be accepted. " + errors[0].detail};
    problem.errors = std::move(errors);
    return Response(std::move(problem));
}

Refusal check_accept(const Request& request) {
    const auto& produces = request.route->doc.produces;
    if (accepts(request.header("Accept"), produces)) return {};
    std::string types;
    for (const std::string_view type : produces) types.append(" ").append(type);
    return Problem{Status::not_acceptable, "not_acceptable", "This operation answers with" + types};
}

// Who changes what others change too must say which version they saw.
Refusal check_if_match(const Request& request) {
    if (!request.route->doc.needs_if_match || request.has_header("If-Match")) return {};
    return Problem{Status::precondition_required, "if_match_required",
                   "Send If-Match with the ETag of the version that you saw."};
}

Refusal check_body(const Request& request, bool has_body) {
    if (!has_body) return {};
    const Verb verb = request.verb;
    if (verb != Verb::post && verb != Verb::put && verb != Verb::patch) {
        return Problem{Status::bad_request, "body_not_allowed", "This method takes no body."};
    }
    const std::string_view type = request.header("Content-Type");
    if (is_media_type(type, "application/json")) return {};
    const bool is_patch = verb == Verb::patch;
    if (is_patch && is_media_type(type, "application/merge-patch+json")) return {};
    Response response = Problem{Status::unsupported_media_type, "unsupported_media_type",
                                "The body must be application/json in UTF-8."};
    if (is_patch) response.add("Accept-Patch", "application/merge-patch+json, application/json");
    return response;
}

}  // namespace

std::optional<Response> admit(const Router& router, Authenticator& authenticator,
                              const Target& target, bool has_body, Request& request) {
    if (target.is_asterisk) return options("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    const Router::Match match = router.find(request.verb, target.segments());
    if (match.route == nullptr) {
        if (match.allow.empty()) return not_found();
        if (request.verb == Verb::options) return options(match.allow);
        return method_not_allowed(match.allow);
    }
    request.route = match.route;
    request.path_values = match.values;
    if (auto refusal = authenticate(authenticator, request)) return refusal;
    if (auto refusal = check_query(request)) return refusal;
    if (auto refusal = check_accept(request)) return refusal;
    if (auto refusal = check_if_match(request)) return refusal;
    return check_body(request, has_body);
}

}  // namespace api::http
