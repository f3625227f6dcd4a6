#include "api/passwords.hpp"

#include <utility>

#include "api/body.hpp"
#include "api/fault.hpp"
#include "api/http/completion.hpp"
#include "api/kinds.hpp"
#include "api/route_docs.hpp"
#include "api/views.hpp"
#include "codec/reflect.hpp"
#include "commands/user.hpp"

namespace api {

using namespace domain;
using http::Problem;
using http::Response;
using http::Status;
using http::Task;

namespace {

constexpr std::size_t password_length_min = 8;
constexpr std::size_t password_length_max = 1024;
constexpr std::size_t hash_length_max = 256;

struct NewPassword {
    std::optional<std::string> password;
    std::optional<std::string> hash;
    std::optional<std::string> reason;
};
constexpr auto describe(const NewPassword*) {
    using P = NewPassword;
    return fields(
        field<&P::password>("password", "The new password; any characters.")
            .length(password_length_min, password_length_max),
        field<&P::hash>("hash",
                        "Instead of it, when users are imported: its hash by Argon2id or PBKDF2 "
                        "in PHC form, or by bcrypt.")
            .length(1, hash_length_max),
        field<&P::reason>("reason", "Why; kept in the history.").length(0, 500));
}

struct GivenPassword {
    std::string password;
};
constexpr auto describe(const GivenPassword*) {
    return fields(field<&GivenPassword::password>("password", "What the user typed.")
                      .required()
                      .length(0, password_length_max));
}

Problem field_problem(std::string_view field, std::string_view code, std::string_view detail) {
    Problem problem{Status::unprocessable_content, std::string(code), std::string(detail)};
    problem.errors.push_back({"/" + std::string(field), std::string(code), std::string(detail)});
    return problem;
}

Problem overloaded() {
    return http::try_again(Status::unavailable, "overloaded",
                           "Too many passwords wait to be hashed. Nothing was done.");
}

Problem not_kept() {
    return http::try_again(Status::unavailable, "key_store_unavailable",
                           "The password could not be kept. Nothing was done.");
}

// The same for who does not exist.
Problem incorrect() {
    return {Status::unprocessable_content, "password_incorrect",
            "This is not the user's password, or the user has none."};
}

journal::Person person_in(const http::Request& request) {
    return {request.tenant(), UserId{std::string(request.path_values[0])}};
}

// Another node writes the shard: it reads the body.
Asking asks_nothing(const http::Request&) { return Failure(http::journal_unavailable()); }

}  // namespace

http::Handler Passwords::set() const {
    writes_.may_issue<SetPassword>();
    return [this](http::Request request) { return answer_set(std::move(request)); };
}

http::Handler Passwords::verify() const {
    return [this](http::Request request) { return answer_verify(std::move(request)); };
}

http::RouteDoc Passwords::set_doc() {
    http::RouteDoc doc = changes(Kind::users, value_schema<NewPassword>(), "setPassword",
                                 "Set a user's password; there need not be one yet.");
    doc.response = nullptr;
    doc.success = Status::no_content;
    doc.has_secret_body = true;
    return doc;
}

http::RouteDoc Passwords::verify_doc() {
    return {.operation = "verifyPassword",
            .summary = "Is this the user's password? 204 if it is, 422 if not.",
            .tag = domain::name(Kind::users),
            .request = value_schema<GivenPassword>(),
            .success = Status::no_content,
            .has_secret_body = true,
            .reads_views = true};
}

// The request outlives the wait for what it asks for.
Task<Response> Passwords::answer_set(http::Request request) const {
    if (!writes_.are_here(request.tenant())) {
        co_return co_await writes_.run(std::move(request), Kind::users, &asks_nothing);
    }
    NewPassword body;
    auto problem = read_body(request.body, codec::type_of<NewPassword>(), &body, nullptr);
    if (problem) co_return *std::move(problem);
    const journal::Person person = person_in(request);
    auto wish = co_await keep(request, std::move(body.password), std::move(body.hash));
    if (!wish) co_return std::move(wish.error());

    const CredentialId id = wish->credential_id;
    const Ask ask = [wish = *wish, reason = body.reason](const http::Request&) -> Asking {
        Asked asked = make_asked(wish);
        asked.reason = reason;
        return asked;
    };
    Response response = co_await writes_.run(std::move(request), Kind::users, ask);
    const bool is_used =
        response.status == Status::no_content && response.field("Idempotent-Replayed").empty();
    const bool may_be_used = response.status == Status::unavailable;
    if (!is_used && !may_be_used) ports_.keys->drop(person, id);
    co_return response;
}

Task<Passwords::Kept> Passwords::keep(const http::Request& request,
                                      std::optional<std::string> password,
                                      std::optional<std::string> hash) const {
    if (password.has_value() == hash.has_value()) {
        co_return Failure(field_problem("password", "required",
                                        "Send either the password or, on import, its hash."));
    }
    const journal::Person person = person_in(request);
    // Who was never created has no key, and who was erased has none any more.
    if (!ports_.keys->find(person)) co_return Failure(no_such_resource(Kind::users));
    if (hash) {
        const auto algorithm = ports_.algorithm_of(*hash);
        if (algorithm) co_return keep_hash(person, *hash, *algorithm);
        co_return Failure(field_problem(
            "hash", "invalid_format",
            "Must be a hash by argon2id or pbkdf2 (sha256, sha512) in PHC form, or by bcrypt, with "
            "parameters that can be verified here in a second."));
    }
    if (ports_.is_common(*password)) {
        co_return Failure(field_problem("password", "password_too_common",
                                        "Very many people use this password; choose another."));
    }
    bool is_taken = true;
    std::function<void(http::Completion<Kept>)> start = [&](http::Completion<Kept> done) {
        is_taken = ports_.hash(*std::move(password),
                               [this, person, done](const std::optional<std::string>& made) {
                                   done(made ? keep_hash(person, *made, PasswordAlgorithm::argon2id)
                                             : Kept(Failure(overloaded())));
                               });
        if (!is_taken) done(Failure(overloaded()));
    };
    auto kept = co_await http::completed<Kept>(request.deadline, std::move(start));
    co_return kept ? *std::move(kept) : Kept(Failure(overloaded()));
}

Passwords::Kept Passwords::keep_hash(const journal::Person& person, const std::string& hash,
                                     PasswordAlgorithm algorithm) const {
    SetPassword wish{.credential_id = {ports_.new_id()}, .algorithm = algorithm};
    if (!ports_.keys->keep(person, wish.credential_id, hash)) return Failure(not_kept());
    return wish;
}

Task<Response> Passwords::answer_verify(http::Request request) const {
    GivenPassword body;
    auto problem = read_body(request.body, codec::type_of<GivenPassword>(), &body, nullptr);
    if (problem) co_return *std::move(problem);
    if (has_min_position(request)) {
        auto behind = co_await reads_.reach_position(request);
        if (behind) co_return *std::move(behind);
    }
    const journal::Person person = person_in(request);
    const auto found = reads_.views().queries.find(person.tenant, {Kind::users, person.user.text});
    const User user = found ? std::get<AggregateOf<UserDecider>>(*found).state : User{};
    const AuthMethod* const method = password_of(user);
    std::optional<std::string> hash;
    if (method != nullptr) hash = ports_.keys->kept(person, method->credential_id);

    struct Verdict {
        bool is_right = false;
        bool needs_rehash = false;
    };
    std::function<void(http::Completion<std::optional<Verdict>>)> start =
        [&](http::Completion<std::optional<Verdict>> done) {
            const bool is_taken = ports_.verify(
                body.password, std::move(hash),
                [done](bool is_right, bool is_old) { done(Verdict{is_right, is_old}); });
            if (!is_taken) done(std::nullopt);
        };
    const auto verdict =
        co_await http::completed<std::optional<Verdict>>(request.deadline, std::move(start));
    if (!verdict || !*verdict) co_return overloaded();
    if (!(*verdict)->is_right) co_return incorrect();
    if (user.status == UserStatus::blocked) {
        co_return Problem{Status::unprocessable_content, "user_blocked",
                          "The password is right, but the user is blocked."};
    }
    if ((*verdict)->needs_rehash) {
        rehash(request, person, std::move(body.password), method->credential_id);
    }
    co_return Response::empty(Status::no_content);
}

// Nobody waits for it, and when it fails the next sign-in tries again.
void Passwords::rehash(const http::Request& request, const journal::Person& person,
                       std::string password, const CredentialId& old) const {
    if (!writes_.are_here(person.tenant)) return;
    const auto submit = writes_.aside(request);
    std::ignore = ports_.hash(
        std::move(password), [this, person, old, submit](const std::optional<std::string>& made) {
            if (!made) return;
            auto wish = keep_hash(person, *made, PasswordAlgorithm::argon2id);
            if (!wish) return;
            wish->rehashed = old;
            const CredentialId id = wish->credential_id;
            submit({Kind::users, person.user.text}, commands::make_command(*std::move(wish)),
                   [this, person, id](bool is_done) {
                       if (!is_done) ports_.keys->drop(person, id);
                   });
        });
}

}  // namespace api
