// The generic write: a request becomes a command, its shard's outcome becomes the answer.
//
// The answer is given when the views of this node have the command's entry, so that whoever has it
// sees what was done. A command for a shard that another node writes is forwarded to that one. What
// differs between routes is said by the command's type and the route: a route that answers 201
// creates; `needs_if_match` asks for the version.
//
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "api/body.hpp"
#include "api/forward.hpp"
#include "api/http/router.hpp"
#include "api/kinds.hpp"
#include "api/mac.hpp"
#include "api/views.hpp"
#include "codec/reflect.hpp"
#include "commands/command.hpp"
#include "commands/shards.hpp"
#include "domain/result.hpp"

namespace api {

// A command as a request asks for it.
struct Asked {
    std::unique_ptr<commands::Command> command;
    std::string id;  // Of a new resource, if the client brings it.
    std::optional<std::string> reason;
};
using Asking = domain::Result<Asked, http::Problem>;
// Reads a request's body.
using Ask = std::function<Asking(const http::Request& request)>;

namespace detail {

template <class Wish>
std::string id_of(const Wish& wish) {
    if constexpr (std::same_as<Wish, domain::CreateProduct>) {
        return wish.sku.text;
    } else if constexpr (requires { wish.id->view(); }) {
        return wish.id ? std::string(wish.id->view()) : std::string();
    } else {
        return {};
    }
}

template <class Wish>
std::optional<std::string> reason_of(const Wish& wish) {
    if constexpr (requires { std::optional<std::string>(wish.reason); }) {
        return wish.reason;
    } else {
        return std::nullopt;
    }
}

}  // namespace detail

template <class Wish>
Asked make_asked(Wish wish) {
    Asked asked{.command = nullptr, .id = detail::id_of(wish), .reason = detail::reason_of(wish)};
    asked.command = commands::make_command(std::move(wish));
    return asked;
}

template <class Wish>
Asking ask(const http::Request& request) {
    Wish wish{};
    auto problem = read_body(request.body, codec::type_of<Wish>(), &wish,
                             &resource_type(kind_of_command<Wish>()));
    if (problem) return domain::Failure(*std::move(problem));
    return make_asked(std::move(wish));
}

class Writes {
public:
    // REQUIRES: all outlive this. `shards` is null on a node that writes none. `fingerprint_key` is
    // the same on every node.
    Writes(commands::Shards* shards, const Views& views, const Forwards& forwards,
           const MacKey& fingerprint_key)
        : shards_(shards), views_(views), forwards_(forwards), fingerprint_key_(fingerprint_key) {}
    Writes(const Writes&) = delete;
    Writes& operator=(const Writes&) = delete;

    // REQUIRES: commands/ declares handle() for Wish where this is called; the route's first path
    // parameter, if it has one, is the id.
    template <class Wish>
    http::Handler command(Ask read_request = &ask<Wish>) const {
        may_issue<Wish>();
        return handler(kind_of_command<Wish>(), read_request);
    }

    // For a handler that does something before its command is known. Clients may be told of it.
    template <class Wish>
    void may_issue() const {
        issuable_.insert(domain::type_name<Wish>());
    }
    // Is the tenant's shard this node's now? If not, `run` forwards the request as it came.
    bool are_here(const domain::TenantId& tenant) const;
    http::Task<http::Response> run(http::Request request, domain::Kind kind, Ask ask) const;

    // Commands that follow from a request, in its sender's name, and that nobody waits for. May be
    // called on any thread, after the request, too.
    using Aside = std::function<void(const domain::Subject& subject,
                                     std::unique_ptr<commands::Command> command,
                                     std::function<void(bool is_done)> done)>;
    Aside aside(const http::Request& request) const;

private:
    http::Handler handler(domain::Kind kind, Ask ask) const;
    struct Wait {
        std::shared_ptr<void> handle;
    };
    http::Task<std::optional<http::Response>> answer_here(const http::Request& request,
                                                          domain::Kind kind, Ask ask) const;
    void submit(commands::Submission submission, const std::shared_ptr<Wait>& wait,
                const std::function<void(commands::Outcome)>& done) const;

    commands::Shards* shards_;
    const Views& views_;
    const Forwards& forwards_;
    MacKey fingerprint_key_;
    // The commands that have routes: clients may be told of them. Complete before requests come.
    mutable std::set<std::string_view> issuable_;
};

}  // namespace api
