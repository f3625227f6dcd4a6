#include "api/access.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "api/body.hpp"
#include "api/list_parameters.hpp"
#include "api/parameter_faults.hpp"
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
               ParameterFaults& faults) {
    auto parsed = T::parse(request.parameter(name).value_or(""));
    if (parsed) {
        value = *std::move(parsed);
    } else {
        faults.add(name, std::string(parsed.error()));
    }
}

bool read_explain(const http::Request& request, ParameterFaults& faults) {
    const auto text = request.parameter("explain");
    if (text && *text != "true" && *text != "false") {
        faults.add("explain", "Must be true or false.");
    }
    return text == "true";
}

AccessQuestion read_question(const http::Request& request, ParameterFaults& faults) {
    AccessQuestion question;
    read_text(request, "userId", question.user_id, faults);
    read_text(request, "sku", question.sku, faults);
    if (const auto at = request.parameter("at")) {
        question.at = parse_time_or_date(*at);
        if (!question.at) {
            faults.add("at", "Must be an RFC 3339 time or a date.");
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
    ParameterFaults faults;
    AccessQuestion question = read_question(request, faults);
    const bool is_explained = read_explain(request, faults);
    if (!faults.empty()) co_return faults.problem();
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
    ParameterFaults faults;
    const bool is_explained = read_explain(request, faults);
    if (!faults.empty()) co_return faults.problem();
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
