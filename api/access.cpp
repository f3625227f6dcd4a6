#include "api/access.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "api/body.hpp"
#include "api/list_parameters.hpp"
#include "api/preconditions.hpp"
#include "codec/reflect.hpp"

namespace api {
namespace {

using http::Problem;
using http::Response;
using http::Status;
using http::Task;

template <class T>
void read_text(const http::Request& request, std::string_view name, T& value,
               std::vector<http::FieldError>& errors) {
    auto parsed = T::parse(request.parameter(name).value_or(""));
    if (parsed) {
        value = *std::move(parsed);
    } else {
        errors.push_back({std::string(name), "invalid_parameter", std::string(parsed.error())});
    }
}

Problem invalid_query(std::vector<http::FieldError> errors) {
    Problem problem{Status::bad_request, "invalid_parameter",
                    "The query breaks the rules that `errors` names."};
    problem.errors = std::move(errors);
    return problem;
}

bool read_explain(const http::Request& request, std::vector<http::FieldError>& errors) {
    const auto text = request.parameter("explain");
    if (text && *text != "true" && *text != "false") {
        errors.push_back({"explain", "invalid_parameter", "Must be true or false."});
    }
    return text == "true";
}

AccessQuestion read_question(const http::Request& request, std::vector<http::FieldError>& errors) {
    AccessQuestion question;
    read_text(request, "userId", question.user_id, errors);
    read_text(request, "sku", question.sku, errors);
    if (const auto at = request.parameter("at")) {
        question.at = parse_time_or_date(*at);
        if (!question.at) {
            errors.push_back({"at", "invalid_parameter", "Must be an RFC 3339 time or a date."});
        }
    }
    return question;
}

}  // namespace

http::Handler AccessChecks::one() const {
    return [this](http::Request request) { return answer_one(std::move(request)); };
}

http::Handler AccessChecks::batch() const {
    return [this](http::Request request) { return answer_batch(std::move(request)); };
}

AccessCheck AccessChecks::check(const domain::TenantId& tenant, AccessQuestion question,
                                bool is_explained) const {
    auto access =
        read_.views().queries.access(tenant, {.user_id = std::move(question.user_id),
                                              .sku = std::move(question.sku),
                                              .at = question.at ? *question.at : now_(tenant),
                                              .is_explained = is_explained});
    AccessCheck made;
    static_cast<domain::AccessAnswer&>(made) = std::move(access.answer);
    made.position = to_text(access.position);
    made.explanation = std::move(access.explanation);
    return made;
}

Task<Response> AccessChecks::answer_one(http::Request request) const {
    std::vector<http::FieldError> errors;
    AccessQuestion question = read_question(request, errors);
    const bool is_explained = read_explain(request, errors);
    if (!errors.empty()) co_return invalid_query(std::move(errors));
    if (has_min_position(request)) {
        auto problem = co_await read_.reach_position(request);
        if (problem) co_return *std::move(problem);
    }
    const projections::Position position = read_.views().position_of(request.tenant());
    const AccessCheck answer = check(request.tenant(), std::move(question), is_explained);
    Response response = Response::json(Status::ok, codec::to_json(answer, codec::Audience::client));
    add_position(response, read_.views(), position);
    co_return response;
}

Task<Response> AccessChecks::answer_batch(http::Request request) const {
    std::vector<AccessQuestion> questions;
    auto invalid =
        read_body(request.body, codec::type_of<std::vector<AccessQuestion>>(), &questions, nullptr);
    if (invalid) co_return *std::move(invalid);
    std::vector<http::FieldError> errors;
    const bool is_explained = read_explain(request, errors);
    if (!errors.empty()) co_return invalid_query(std::move(errors));
    if (is_explained && questions.size() > explained_questions_max) {
        co_return Problem{Status::unprocessable_content, "too_many_items",
                          "With explain=true at most 10 questions are answered at once."};
    }
    if (has_min_position(request)) {
        auto problem = co_await read_.reach_position(request);
        if (problem) co_return *std::move(problem);
    }
    const projections::Position position = read_.views().position_of(request.tenant());
    std::vector<AccessCheck> answers;
    answers.reserve(questions.size());
    for (AccessQuestion& question : questions) {
        answers.push_back(check(request.tenant(), std::move(question), is_explained));
    }
    Response response =
        Response::json(Status::ok, codec::to_json(answers, codec::Audience::client));
    add_position(response, read_.views(), position);
    co_return response;
}

}  // namespace api
