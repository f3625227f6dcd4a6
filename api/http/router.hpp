// The table of routes: one line says what may be asked, who may ask, and which function answers.
//
//   {Verb::get, "/management/bills/{id}", Scope::bills_read, get_bill_of(views), {.operation = …}}
//
// A route cannot be written without saying who may use it: Access has no default. The table can be
// walked, for the OpenAPI document and for the test that tries every route without a right.
// Threads: a Router never changes after it is built, so all threads share it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/auth.hpp"
#include "api/http/problem.hpp"
#include "api/http/request.hpp"
#include "api/http/response.hpp"

namespace api {
struct Schema;  // The description of a body, for the OpenAPI document; opaque here.
}

namespace api::http {

struct PublicAccess {};
inline constexpr PublicAccess public_access;

// Who may use a route: the holders of a scope, or anyone.
class Access {
public:
    constexpr Access(Scope scope) : scope_(scope) {}
    constexpr Access(PublicAccess) {}
    constexpr std::optional<Scope> scope() const { return scope_; }
    constexpr bool is_public() const { return !scope_; }

private:
    std::optional<Scope> scope_;
};

enum class ParameterType : std::uint8_t { string, integer, boolean, date_time, date_or_number };

struct QueryParameter {
    std::string_view name;
    ParameterType type = ParameterType::string;
    std::string_view doc = {};
    bool is_repeatable = false;
    bool is_required = false;
    std::vector<std::string_view> values = {};  // All that it may be; empty when it is open.
};

// What the OpenAPI document says of a route, and what is checked before its handler runs.
// REQUIRES: the views are literals.
struct RouteDoc {
    std::string_view operation;  // The operationId, "getBill".
    std::string_view summary;
    std::string_view tag = {};
    std::vector<QueryParameter> query = {};
    const Schema* request = nullptr;
    const Schema* response = nullptr;
    Status success = Status::ok;
    // What it can answer with; Accept is checked against them, and */* means the first.
    std::vector<std::string_view> produces = {"application/json"};
    std::optional<std::size_t> body_bytes_max = {};  // Instead of the server's limit.
    bool needs_if_match = false;                     // 428 without it.
    bool is_preview = false;  // Of a command: never done; the answer is what would be.
    // Nothing may be kept that the body could be guessed from, such as a hash of it.
    bool has_secret_body = false;
    bool reads_views = false;  // It needs them although its scope does not say so.
};

// May suspend, and may be resumed by way of another thread: see completion.hpp.
using Handler = std::function<Task<Response>(Request)>;

struct Route {
    Verb verb;
    std::string_view path;  // REQUIRES: a literal, "/management/bills/{id}".
    Access access;
    Handler handler;
    RouteDoc doc = {};
};

// The position of `name` among the {parameters} of a path.
std::optional<std::size_t> parameter_index(std::string_view path, std::string_view name);

class Router {
public:
    // Throws std::logic_error when two routes collide or a path is malformed: a start-up fault.
    explicit Router(std::vector<Route> routes);
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;
    ~Router();

    std::span<const Route> routes() const { return routes_; }

    struct Match {
        const Route* route = nullptr;  // Null: none has this path and verb.
        std::string allow;             // Set when the path exists: "GET, HEAD, OPTIONS".
        std::array<std::string_view, Request::path_parameters_max> values;
    };
    // HEAD finds the route of GET. `segments` are decoded.
    Match find(Verb verb, std::span<const std::string_view> segments) const;

private:
    struct Node;
    std::vector<Route> routes_;
    std::unique_ptr<Node> root_;
};

}  // namespace api::http
