#include "api/resources/users.hpp"

#include <algorithm>

#include "api/route_docs.hpp"
#include "commands/user.hpp"

namespace api {

using namespace domain;

namespace {

constexpr std::ptrdiff_t metadata_key_length_max = 40;

std::optional<http::Problem> check_key(std::string_view key) {
    const auto is_first_byte = [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    };
    const auto length = std::ranges::count_if(key, is_first_byte);
    if (length <= metadata_key_length_max) return std::nullopt;
    return http::Problem{http::Status::bad_request, "invalid_parameter",
                         "The key may have at most 40 characters."};
}

// The body as a whole is the value.
Asking ask_metadata(const http::Request& request) {
    const std::string_view key = request.path_value("key");
    if (auto problem = check_key(key)) return Failure(*std::move(problem));
    SetUserMetadata wish{.key = std::string(key), .value = {}};
    const Limits limits{.length_max = user_metadata_value_length_max};
    auto problem = read_body(request.body, codec::type_of<Json>(), &wish.value, nullptr, limits);
    if (problem) return Failure(*std::move(problem));
    return make_asked(std::move(wish));
}

Asking ask_metadata_removal(const http::Request& request) {
    const std::string_view key = request.path_value("key");
    if (auto problem = check_key(key)) return Failure(*std::move(problem));
    return make_asked(RemoveUserMetadata{.key = std::string(key), .reason = {}});
}

Asking ask_deletion(const http::Request& request) {
    DeleteUser wish;
    const auto text = request.parameter("cancelContracts").value_or("false");
    if (text != "true" && text != "false") {
        http::Problem problem{http::Status::bad_request, "invalid_parameter",
                              "cancelContracts must be true or false."};
        problem.errors.push_back(
            {"cancelContracts", "invalid_parameter", "Must be true or false."});
        return Failure(std::move(problem));
    }
    wish.cancel_contracts = text == "true";
    return make_asked(std::move(wish));
}

http::RouteDoc deletes() {
    http::RouteDoc doc = removes<DeleteUser>("deleteUser", "Erase a person for ever.");
    doc.query.push_back({.name = "cancelContracts",
                         .type = http::ParameterType::boolean,
                         .doc = "End at once, without a refund, the contracts that go on. Without "
                                "it a user who has some is not deleted."});
    doc.response = nullptr;
    doc.success = http::Status::no_content;
    return doc;
}

}  // namespace

std::vector<http::Route> user_routes(const Reads& read, const Writes& write,
                                     const Passwords& passwords, const Customers& customers) {
    using enum http::Verb;
    using enum Scope;
    constexpr Kind kind = Kind::users;
    return {
        {get, "/management/users", users_read, read.list(kind),
         lists(kind, "listUsers", "Users, the newest first.")},
        {post, "/management/users", users_write, write.command<CreateUser>(),
         creates<CreateUser>("createUser", "Create a user.")},
        {get, "/management/users/{id}", users_read, read.get(kind),
         gets(kind, "getUser", "A user.")},
        {patch, "/management/users/{id}", users_write, write.command<UpdateUser>(),
         changes<UpdateUser>("updateUser", "Change a user by a JSON merge patch.")},
        {put, "/management/users/{id}/login-identifier", users_write,
         write.command<ChangeLoginIdentifier>(),
         changes<ChangeLoginIdentifier>("changeLoginIdentifier",
                                        "Change the e-mail address that a user logs in with.")},
        {put, "/management/users/{id}/metadata/{key}", users_write,
         write.command<SetUserMetadata>(&ask_metadata),
         changes(kind, value_schema<Json>(), "setUserMetadata", "Keep a JSON value with a user.")},
        {delete_, "/management/users/{id}/metadata/{key}", users_write,
         write.command<RemoveUserMetadata>(&ask_metadata_removal),
         removes<RemoveUserMetadata>("removeUserMetadata", "Forget a value.")},
        {get, "/management/users/{id}/export", customers_read, customers.everything(),
         Customers::everything_doc()},
        {get, "/management/customers/{id}", customers_read, customers.document(),
         Customers::document_doc()},
        {put, "/management/users/{id}/password", users_password, passwords.set(),
         Passwords::set_doc()},
        {post, "/management/users/{id}/password/verify", users_password, passwords.verify(),
         Passwords::verify_doc()},
        {post, "/management/users/{id}/block", users_write, write.command<BlockUser>(),
         changes<BlockUser>("blockUser", "Keep a user from logging in.")},
        {post, "/management/users/{id}/unblock", users_write, write.command<UnblockUser>(),
         changes<UnblockUser>("unblockUser", "Let a user log in again.")},
        {delete_, "/management/users/{id}", users_erase, write.command<DeleteUser>(&ask_deletion),
         deletes()},
    };
}

}  // namespace api
