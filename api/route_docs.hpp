// What the routes of resources say of themselves, so that a route stays one line:
//
//   {post, "/management/bills", bills_write, write.command<CreateBill>(),
//    creates<CreateBill>("createBill", "Draft a bill.")}
//
// REQUIRES: the texts are literals.
#pragma once

#include <string_view>

#include "api/http/router.hpp"
#include "api/schema.hpp"
#include "codec/reflect.hpp"

namespace api {

http::RouteDoc gets(domain::Kind kind, std::string_view operation, std::string_view summary);
http::RouteDoc lists(domain::Kind kind, std::string_view operation, std::string_view summary);

// Of a command on the kind; `request` is null for one without a body.
http::RouteDoc creates(domain::Kind kind, const Schema* request, std::string_view operation,
                       std::string_view summary);
http::RouteDoc changes(domain::Kind kind, const Schema* request, std::string_view operation,
                       std::string_view summary);
// The same, for a change that must name the version that it is based on.
http::RouteDoc changes_version(domain::Kind kind, const Schema* request, std::string_view operation,
                               std::string_view summary);

// Of a command that is never done: the answer is the resource as it would be.
http::RouteDoc previews(domain::Kind kind, const Schema* request, std::string_view operation,
                        std::string_view summary);

template <class Value>
const Schema* value_schema() {
    static const Schema schema{Schema::Shape::value, &codec::type_of<Value>()};
    return &schema;
}

template <class Wish>
http::RouteDoc creates(std::string_view operation, std::string_view summary) {
    return creates(kind_of_command<Wish>(), value_schema<Wish>(), operation, summary);
}
template <class Wish>
http::RouteDoc changes(std::string_view operation, std::string_view summary) {
    return changes(kind_of_command<Wish>(), value_schema<Wish>(), operation, summary);
}
template <class Wish>
http::RouteDoc changes_version(std::string_view operation, std::string_view summary) {
    return changes_version(kind_of_command<Wish>(), value_schema<Wish>(), operation, summary);
}
template <class Wish>
http::RouteDoc previews(std::string_view operation, std::string_view summary) {
    return previews(kind_of_command<Wish>(), value_schema<Wish>(), operation, summary);
}
// Of a command on one kind that answers with a resource of another.
template <class Wish>
http::RouteDoc makes(domain::Kind answer, std::string_view operation, std::string_view summary) {
    http::RouteDoc doc = changes(answer, value_schema<Wish>(), operation, summary);
    doc.tag = domain::name(kind_of_command<Wish>());
    return doc;
}
// Of a command whose verb takes no body.
template <class Wish>
http::RouteDoc removes(std::string_view operation, std::string_view summary) {
    return changes(kind_of_command<Wish>(), nullptr, operation, summary);
}

}  // namespace api
