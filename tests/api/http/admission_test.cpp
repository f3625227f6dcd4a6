// What is checked between head and body: path, method, credentials, scope, query, Accept, type.
#include "api/http/admission.hpp"

#include <gtest/gtest.h>

#include "tests/api/http/loopback.hpp"

namespace api::http {
namespace {

using loopback::Answer;
using loopback::get;
using loopback::Running;

Task<Response> done(Request) { co_return Response::empty(Status::no_content); }

TEST(Admission, AnswersAnUnknownPathWith404) {
    const Running running;
    for (const char* path : {"/", "/bills", "/bills/", "/bills/a/b", "/hello/", "//hello"}) {
        EXPECT_EQ(running.ask(get(path)).status, 404) << path;
    }
}

TEST(Admission, NamesTheMethodsThatAPathHas) {
    const Running running;
    const Answer answer = running.ask("DELETE /bills/a HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.field("Allow"), "GET, HEAD, PATCH, OPTIONS");
    for (const std::string method : {"TRACE", "QUERY"}) {
        const Answer other = running.ask(method + " /bills/a HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_EQ(other.status, 405) << method;
        EXPECT_EQ(other.field("Allow"), "GET, HEAD, PATCH, OPTIONS");
    }
    const Answer options = running.ask("OPTIONS /bills/a HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(options.field("Allow"), "GET, HEAD, PATCH, OPTIONS");
    EXPECT_EQ(running.ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").status, 204);
}

TEST(Admission, AsksForCredentials) {
    const Running running;
    const Answer none = running.ask(get("/bills/a"));
    EXPECT_EQ(none.status, 401);
    EXPECT_TRUE(none.field("WWW-Authenticate").starts_with("Bearer"));
    EXPECT_EQ(running.ask(get("/bills/a", "Authorization: Bearer x\r\n")).status, 401);
    EXPECT_EQ(running.ask(get("/bills/a", running.keys.authorization())).status, 200);
}

TEST(Admission, NamesTheScopeThatIsMissing) {
    const Running running;
    const Answer answer = running.ask("PATCH /bills/a HTTP/1.1\r\nHost: a\r\n" +
                                      running.keys.authorization() + "\r\n");
    EXPECT_EQ(answer.status, 403);
    EXPECT_NE(answer.body.find("bills:write"), std::string::npos);
}

TEST(Admission, NamesAQueryParameterThatIsUnknownOrRepeated) {
    const Running running;
    const Answer unknown = running.ask(get("/hello?nam=a"));
    EXPECT_EQ(unknown.status, 400);
    EXPECT_NE(unknown.body.find("unknown_parameter"), std::string::npos);
    EXPECT_NE(unknown.body.find("Known are name."), std::string::npos);
    const Answer repeated = running.ask(get("/hello?name=a&name=b"));
    EXPECT_EQ(repeated.status, 400);
    EXPECT_NE(repeated.body.find("repeated_parameter"), std::string::npos);
}

TEST(Admission, RefusesToAnswerInATypeThatIsNotAccepted) {
    const Running running;
    EXPECT_EQ(running.ask(get("/hello", "Accept: text/html\r\n")).status, 406);
    EXPECT_EQ(running.ask(get("/hello", "Accept: */*;q=0\r\n")).status, 406);
    EXPECT_EQ(running.ask(get("/hello", "Accept: text/html, */*;q=0.1\r\n")).status, 200);
}

TEST(Admission, AsksForTheVersionThatAChangeIsBasedOn) {
    Route route{Verb::post,
                "/change",
                Scope::bills_write,
                done,
                {.operation = "change", .summary = "", .needs_if_match = true}};
    const Running running({}, {std::move(route)}, ScopeSet::all());
    const std::string head = "POST /change HTTP/1.1\r\nHost: a\r\n" + running.keys.authorization();
    EXPECT_EQ(running.ask(head + "\r\n").status, 428);
    EXPECT_EQ(running.ask(head + "If-Match: \"7\"\r\n\r\n").status, 204);
}

std::string with_body(std::string_view method, std::string_view path, std::string_view type) {
    std::string text(method);
    text.append(" ").append(path).append(" HTTP/1.1\r\nHost: a\r\n").append(type);
    return text.append("Content-Length: 2\r\n\r\n{}");
}

TEST(Admission, TakesJsonBodiesOnly) {
    const Running running;
    const auto status_for = [&](std::string_view type) {
        return running.ask(with_body("POST", "/echo", type)).status;
    };
    EXPECT_EQ(status_for("Content-Type: application/json; charset=UTF-8\r\n"), 200);
    EXPECT_EQ(status_for("Content-Type: application/json; charset=latin1\r\n"), 415);
    EXPECT_EQ(status_for("Content-Type: text/plain\r\n"), 415);
    EXPECT_EQ(status_for("Content-Type: application/merge-patch+json\r\n"), 415);
    EXPECT_EQ(status_for(""), 415);
    EXPECT_EQ(running.ask(with_body("GET", "/hello", "")).status, 400);
}

TEST(Admission, KeepsTheConnectionOfARefusedRequest) {
    const Running running;
    loopback::Client client = running.connect();
    client.send(with_body("POST", "/nothing", "") + get("/hello"));
    EXPECT_EQ(client.read_answer().status, 404);
    EXPECT_EQ(client.read_answer().status, 200);
}

TEST(Admission, EchoesARequestIdThatIsSound) {
    const Running running;
    EXPECT_EQ(running.ask(get("/hello", "X-Request-Id: abc-1\r\n")).field("X-Request-Id"), "abc-1");
    const Answer made = running.ask(get("/hello", "X-Request-Id: a b\r\n"));
    EXPECT_EQ(made.field("X-Request-Id").size(), 32U);
    const Answer problem = running.ask(get("/nothing", "X-Request-Id: abc-2\r\n"));
    EXPECT_NE(problem.body.find("\"requestId\":\"abc-2\""), std::string::npos);
}

}  // namespace
}  // namespace api::http
