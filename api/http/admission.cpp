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
            return "Send an API key or a token in the field Authorization: Bearer.";
        case CredentialsRefusal::credentials_invalid: return "The credentials are not valid.";
        case CredentialsRefusal::credentials_expired:
            return "The API key or the token has expired.";
        case CredentialsRefusal::credentials_revoked: return "The API key was revoked.";
    }
    return {};
}

Response unauthorized(CredentialsRefusal refusal) {
    Response response =
        Problem{Status::unauthorized, std::string(name(refusal)), std::string(explain(refusal))};
    const bool is_missing = refusal == CredentialsRefusal::credentials_missing;
    response.add("WWW-Authenticate", is_missing
                                         ? "Bearer realm=\"daybook\""
                                         : "Bearer realm=\"daybook\", error=\"invalid_token\"");
    return response;
}

Response keys_incomplete() {
    return try_again(Status::unavailable, "views_catching_up",
                     "The keys are still being read; send the request again.");
}

Refusal authenticate(Authenticator& authenticator, Request& request,
                     std::optional<Denied>& denied) {
    const std::optional<Scope> scope = request.route->access.scope();
    if (!scope) return {};
    auto authenticated = authenticator.authenticate(request.header("Authorization"));
    if (!authenticated) {
        const bool may_be_ours = authenticated.error() == Denial::unknown_key ||
                                 authenticated.error() == Denial::unknown_tenant;
        if (may_be_ours && !authenticator.knows_all_keys()) return keys_incomplete();
        denied = std::move(authenticated.error());
        return unauthorized(refusal_of(denied->because));
    }
    request.principal = *std::move(authenticated);
    return {};
}

Refusal check_scope(const Request& request, std::optional<Denied>& denied) {
    const std::optional<Scope> scope = request.route->access.scope();
    if (!scope || request.principal->scopes.contains(*scope)) return {};
    denied = Denied{Denial::insufficient_scope};
    const std::string needed(name(*scope));
    Response response = Problem{Status::forbidden, "insufficient_scope",
                                "The credentials lack the scope " + needed + "."};
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

Response too_many(const Limits::Refusal& refusal) {
    const bool is_throttled = refusal.because == Denial::throttled;
    std::string detail = "Credentials from this address were refused too often.";
    if (!is_throttled) {
        const bool of_key = refusal.because == Denial::key_limit;
        const bool of_tenant = refusal.because == Denial::tenant_limit;
        detail = "More is asked than ";
        detail += of_key ? "these credentials" : of_tenant ? "this tenant" : "one address";
        detail += " may ask.";
    }
    Problem problem{Status::too_many_requests, is_throttled ? "too_many_failures" : "rate_limited",
                    std::move(detail)};
    problem.retry_after = static_cast<std::uint32_t>(refusal.retry_in.count());
    return problem;
}

// Credentials and limits, which guard all that follows.
Refusal check_caller(const Gatekeepers& keepers, Admitted& admitted, Request& request) {
    if (auto refusal = authenticate(keepers.authenticator, request, admitted.denied)) {
        if (!admitted.denied || request.is_from_peer) return refusal;
        const auto throttled = keepers.limits.fail(keepers.place);
        if (!throttled) return refusal;
        admitted.denied->because = throttled->because;
        return too_many(*throttled);
    }
    if (request.principal && !request.is_from_peer) {
        const auto limited = keepers.limits.ask(*request.principal, admitted.fields);
        if (limited) {
            admitted.denied = Denied{limited->because};
            return too_many(*limited);
        }
    }
    return check_scope(request, admitted.denied);
}

Refusal check(const Gatekeepers& keepers, const Target& target, bool has_body, Admitted& admitted,
              Request& request) {
    if (!request.is_from_peer) {
        if (const auto limited = keepers.limits.ask(keepers.place)) {
            admitted.denied = Denied{limited->because};
            return too_many(*limited);
        }
    }
    if (target.is_asterisk) return options("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    const Router::Match match = keepers.router.find(request.verb, target.segments());
    if (match.route == nullptr) {
        if (match.allow.empty()) return not_found();
        if (request.verb == Verb::options) return options(match.allow);
        return method_not_allowed(match.allow);
    }
    request.route = match.route;
    request.path_values = match.values;
    if (auto refusal = check_caller(keepers, admitted, request)) return refusal;
    if (auto refusal = check_query(request)) return refusal;
    if (auto refusal = check_accept(request)) return refusal;
    if (auto refusal = check_if_match(request)) return refusal;
    return check_body(request, has_body);
}

}  // namespace

Admitted admit(const Gatekeepers& keepers, const Target& target, bool has_body, Request& request) {
    Admitted admitted;
    admitted.refusal = check(keepers, target, has_body, admitted, request);
    return admitted;
}

}  // namespace api::http
