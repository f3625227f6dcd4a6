// Access: may this user use this product? Asked for one, or for up to a hundred at once; with
// `explain=true` the answer says what it rests on.
//
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread.
#pragma once

#include <functional>
#include <string>

#include "api/http/router.hpp"
#include "api/read.hpp"
#include "domain/coverage.hpp"
#include "domain/ids.hpp"
#include "domain/time.hpp"

namespace api {

struct AccessQuestion {
    domain::UserId user_id;
    domain::Sku sku;
    std::optional<domain::Timestamp> at;
};
constexpr auto describe(const AccessQuestion*) {
    using Q = AccessQuestion;
    return domain::fields(domain::field<&Q::user_id>("userId", "Who wants to use it.").required(),
                          domain::field<&Q::sku>("sku", "The product.").required(),
                          domain::field<&Q::at>("at", "At which instant; now if left out."));
}

struct AccessCheck : domain::AccessAnswer {
    std::string position;
    std::optional<projections::AccessExplanation> explanation;
};
constexpr auto describe(const AccessCheck*) {
    return std::tuple_cat(
        domain::describe(static_cast<const domain::AccessAnswer*>(nullptr)),
        domain::fields(domain::field<&AccessCheck::position>(
                           "position", "How much of the journal the answer has seen."),
                       domain::field<&AccessCheck::explanation>(
                           "explanation", "What it rests on; with explain=true.")));
}

// Explaining reads a hundred rows and more.
inline constexpr std::size_t explained_questions_max = 10;

class AccessChecks {
public:
    using Now = std::function<domain::Timestamp(const domain::TenantId&)>;
    // REQUIRES: `read` outlives this.
    AccessChecks(const Reads& read, Now now) : read_(read), now_(std::move(now)) {}
    AccessChecks(const AccessChecks&) = delete;
    AccessChecks& operator=(const AccessChecks&) = delete;

    http::Handler one() const;    // ?userId=&sku=&at=&explain=
    http::Handler batch() const;  // An array of AccessQuestion; an array of AccessCheck.

private:
    http::Task<http::Response> answer_one(http::Request request) const;
    http::Task<http::Response> answer_batch(http::Request request) const;
    AccessCheck check(const domain::TenantId& tenant, AccessQuestion question,
                      bool is_explained) const;

    const Reads& read_;
    Now now_;
};

}  // namespace api
