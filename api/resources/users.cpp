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

}  // namespace

std::vector<http::Route> user_routes(const Reads& read, const Writes& write) {
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
        {post, "/management/users/{id}/block", users_write, write.command<BlockUser>(),
         changes<BlockUser>("blockUser", "Keep a user from logging in.")},
        {post, "/management/users/{id}/unblock", users_write, write.command<UnblockUser>(),
         changes<UnblockUser>("unblockUser", "Let a user log in again.")},
    };
}

}  // namespace api
