// Passwords: setting one, and asking whether one is right.
//
// The hash is made in a bounded pool and kept in the key store before the command is given that
// says so; the command holds no more than where it is kept. A password is in no log, no entry and
// no answer.
//
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/read.hpp"
#include "api/write.hpp"
#include "journal/key_store.hpp"

namespace api {

// What hashes and keeps. The functions may be called from any thread; `hash` and `verify` give
// false, and call nothing, when too many wait.
struct PasswordPorts {
    // Calls back on another thread, with nothing when there is no memory for it.
    std::function<bool(std::string password, std::function<void(std::optional<std::string>)> done)>
        hash;
    // The hash is that of a user, or none: the same work. `needs_rehash` of a right one.
    std::function<bool(std::string password, std::optional<std::string> hash,
                       std::function<void(bool is_right, bool needs_rehash)> done)>
        verify;
    // Of a hash that is imported: how it was made, if it can be verified.
    std::function<std::optional<domain::PasswordAlgorithm>(const std::string& hash)> algorithm_of;
    std::function<bool(std::string_view password)> is_common;
    journal::KeyStore* keys = nullptr;
    std::function<std::string()> new_id;
};

class Passwords {
public:
    // REQUIRES: all outlive this.
    Passwords(const Reads& reads, const Writes& writes, PasswordPorts ports)
        : reads_(reads), writes_(writes), ports_(std::move(ports)) {}
    Passwords(const Passwords&) = delete;
    Passwords& operator=(const Passwords&) = delete;

    // The first path parameter is the user's id.
    http::Handler set() const;
    http::Handler verify() const;

    static http::RouteDoc set_doc();
    static http::RouteDoc verify_doc();

private:
    using Kept = domain::Result<domain::SetPassword, http::Problem>;
    http::Task<http::Response> answer_set(http::Request request) const;
    http::Task<http::Response> answer_verify(http::Request request) const;
    http::Task<Kept> keep(const http::Request& request, std::optional<std::string> password,
                          std::optional<std::string> hash) const;
    Kept keep_hash(const journal::Person& person, const std::string& hash,
                   domain::PasswordAlgorithm algorithm) const;
    void rehash(const http::Request& request, const journal::Person& person, std::string password,
                const domain::CredentialId& old) const;

    const Reads& reads_;
    const Writes& writes_;
    PasswordPorts ports_;
};

}  // namespace api
