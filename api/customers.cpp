#include "api/customers.hpp"

#include <algorithm>
#include <utility>

#include "api/auth.hpp"
#include "api/http/on_worker.hpp"
#include "api/kinds.hpp"
#include "codec/writer.hpp"
#include "journal/chain.hpp"
#include "journal/erasure.hpp"
#include "projections/representation.hpp"

namespace api {

using namespace domain;
using http::Problem;
using http::Response;
using http::Status;
using http::Task;
using projections::PersonRecord;

namespace {

constexpr std::string_view xml_type = "application/xml; charset=utf-8";

bool is_number(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The same for the same content: the time of the request is not part of it.
std::string etag_of_content(std::string_view content) {
    constexpr std::size_t digits = 32;
    return '"' + journal::to_hex(hash_secret(content)).substr(0, digits) + '"';
}

// Every kind's resources in an array of its own, those without any, too.
std::string export_of(PersonRecord record) {
    const UserId user{std::get<AggregateOf<UserDecider>>(record.user).id};
    std::string json = "{\"user\":" + projections::representation(record.user);
    Deciders::for_each([&]<class D>(std::type_identity<D>) {
        if constexpr (requires(const typename D::State& state) { state.user_id; }) {
            json += ',';
            codec::append_quoted(json, domain::name(D::kind));
            json += ":[";
            bool comma = false;
            for (AnyAggregate& one : record.others) {
                auto* const of_kind = std::get_if<AggregateOf<D>>(&one);
                if (of_kind == nullptr) continue;
                // What they pay for another tells nothing about that one.
                if (of_kind->state.user_id != user) {
                    journal::erase_from(one, UserId{of_kind->state.user_id});
                }
                if (comma) json += ',';
                comma = true;
                projections::append_representation(json, one);
            }
            json += ']';
        }
    });
    return json + '}';
}

}  // namespace

http::Handler Customers::document() const {
    const Show show = [this](const Wanted& wanted, const PersonRecord& record) {
        Response response;
        const Timestamp now = now_();
        std::string xml = customer_xml(record, now);
        const std::string etag = etag_of_content(xml);
        if (wanted.known == etag) {
            response = Response::empty(Status::not_modified);
        } else {
            response.content_type = xml_type;
            response.body = with_as_of(std::move(xml), now);
        }
        response.add("ETag", etag);
        return response;
    };
    return [this, show](http::Request request) { return answer(std::move(request), true, show); };
}

http::Handler Customers::everything() const {
    const Show show = [](const Wanted&, PersonRecord record) {
        return Response::json(Status::ok, export_of(std::move(record)));
    };
    return [this, show](http::Request request) { return answer(std::move(request), false, show); };
}

http::RouteDoc Customers::document_doc() {
    return {.operation = "getCustomer",
            .summary =
                "A customer with addresses and subscriptions, as XML, by customer number or "
                "user id.",
            .tag = domain::name(Kind::users),
            .produces = {"application/xml"},
            .reads_views = true};
}

http::RouteDoc Customers::everything_doc() {
    return {.operation = "exportUser",
            .summary = "Everything that there is about a person.",
            .tag = domain::name(Kind::users),
            .reads_views = true};
}

// The worker has copies of all that it reads: the client may go meanwhile.
Task<Response> Customers::answer(http::Request request, bool by_number, Show show) const {
    if (has_min_position(request)) {
        auto behind = co_await reads_.reach_position(request);
        if (behind) co_return *std::move(behind);
    }
    const Wanted wanted{.tenant = request.tenant(),
                        .id = std::string(request.path_values[0]),
                        .by_number = by_number,
                        .known = std::string(request.header("If-None-Match"))};
    std::function<Response()> job = [this, wanted, show] { return answer_of(wanted, show); };
    auto answer = co_await http::on_worker(workers_, request.deadline, std::move(job));
    if (!answer) {
        co_return http::try_again(Status::unavailable, "overloaded",
                                  "The server is too busy to answer now.");
    }
    co_return *std::move(answer);
}

Response Customers::answer_of(const Wanted& wanted, const Show& show) const {
    auto found = find(wanted);
    if (!found) return std::move(found.error());
    const projections::Position position = found->position;
    Response response = show(wanted, *std::move(found));
    add_position(response, reads_.views(), position);
    return response;
}

Customers::Found Customers::find(const Wanted& wanted) const {
    const projections::Queries& queries = reads_.views().queries;
    std::optional<UserId> id;
    if (wanted.by_number && is_number(wanted.id)) id = queries.customer(wanted.tenant, wanted.id);
    auto record = queries.person(wanted.tenant, id.value_or(UserId{wanted.id}));
    if (!record) return Failure(no_such_resource(Kind::users));
    const User& user = std::get<AggregateOf<UserDecider>>(record->user).state;
    if (user.status == UserStatus::deleted) return Failure(erased(Kind::users));
    return *std::move(record);
}

}  // namespace api
