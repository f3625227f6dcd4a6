#include "api/http/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace api::http {
namespace {

Task<Response> nothing(Request) { co_return Response(); }

Route route(Verb verb, std::string_view path) {
    return {verb, path, Scope::bills_read, nothing, {.operation = "x", .summary = ""}};
}

Router bills() {
    std::vector<Route> routes;
    routes.push_back(route(Verb::get, "/bills"));
    routes.push_back(route(Verb::post, "/bills"));
    routes.push_back(route(Verb::get, "/bills/{id}"));
    routes.push_back(route(Verb::post, "/bills/preview"));
    routes.push_back(route(Verb::get, "/{kind}/{id}/history"));
    routes.push_back(route(Verb::get, "/"));
    return Router(std::move(routes));
}

std::string_view found(const Router& router, Verb verb, std::vector<std::string_view> segments) {
    const Router::Match match = router.find(verb, segments);
    return match.route != nullptr ? match.route->path : std::string_view(match.allow);
}

TEST(Router, FindsARouteByPathAndVerb) {
    const Router router = bills();
    EXPECT_EQ(found(router, Verb::get, {}), "/");
    EXPECT_EQ(found(router, Verb::get, {"bills"}), "/bills");
    EXPECT_EQ(found(router, Verb::head, {"bills"}), "/bills");
    EXPECT_EQ(found(router, Verb::get, {"bills", "b1"}), "/bills/{id}");
    EXPECT_EQ(found(router, Verb::post, {"bills", "preview"}), "/bills/preview");
    EXPECT_EQ(found(router, Verb::get, {"bill"}), "");
    EXPECT_EQ(found(router, Verb::get, {"bills", ""}), "");
}

TEST(Router, TurnsBackFromALiteralThatLeadsNowhere) {
    const Router router = bills();
    const std::vector<std::string_view> segments{"bills", "preview", "history"};
    const Router::Match match = router.find(Verb::get, segments);
    ASSERT_NE(match.route, nullptr);
    EXPECT_EQ(match.route->path, "/{kind}/{id}/history");
    EXPECT_EQ(match.values[0], "bills");
    EXPECT_EQ(match.values[1], "preview");
}

TEST(Router, ListsTheVerbsOfAPath) {
    const Router router = bills();
    const std::vector<std::string_view> segments{"bills"};
    const Router::Match match = router.find(Verb::delete_, segments);
    EXPECT_EQ(match.route, nullptr);
    EXPECT_EQ(match.allow, "GET, HEAD, POST, OPTIONS");
}

TEST(Router, RefusesATableThatIsAmbiguous) {
    const auto make = [](std::vector<Route> routes) { return Router(std::move(routes)); };
    EXPECT_THROW(make({route(Verb::get, "/a/{b}"), route(Verb::get, "/a/{c}")}), std::logic_error);
    EXPECT_THROW(make({route(Verb::get, "a")}), std::logic_error);
    EXPECT_THROW(make({route(Verb::head, "/a")}), std::logic_error);
    EXPECT_THROW(make({route(Verb::get, "/{a}/{b}/{c}/{d}/{e}")}), std::logic_error);
}

TEST(Router, KnowsWhichParameterIsWhich) {
    EXPECT_EQ(parameter_index("/users/{id}/metadata/{key}", "id"), 0U);
    EXPECT_EQ(parameter_index("/users/{id}/metadata/{key}", "key"), 1U);
    EXPECT_EQ(parameter_index("/users/{id}", "key"), std::nullopt);
}

}  // namespace
}  // namespace api::http
