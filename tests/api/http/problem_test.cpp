#include "api/http/problem.hpp"

#include <gtest/gtest.h>

#include "api/http/response.hpp"
#include "api/http/wire.hpp"

namespace api::http {
namespace {

TEST(Problem, IsWrittenAsRfc9457Says) {
    Problem problem{Status::conflict, "bill_is_settled", "The bill \"b1\" is settled."};
    problem.from = "settled";
    problem.command = "cancelBill";
    problem.allowed = {"refundBill"};
    problem.errors = {{"/status", "wrong", "Tab\there."}};
    EXPECT_EQ(to_json(problem, "/bills/b1", "r1"),
              R"({"type":"urn:daybook:problem:bill_is_settled","title":"Bill is settled",)"
              R"("status":409,"detail":"The bill \"b1\" is settled.","instance":"/bills/b1",)"
              R"("code":"bill_is_settled","requestId":"r1","from":"settled",)"
              R"("command":"cancelBill","allowed":["refundBill"],)"
              R"("errors":[{"pointer":"/status","code":"wrong","detail":"Tab\there."}]})");
}

TEST(Problem, NeverWritesInvalidUtf8) {
    std::string out;
    append_json_string(out, "a\xff\xc3\xb8\x01\xe2\x82");
    EXPECT_EQ(out, "\"a\xef\xbf\xbd\xc3\xb8\\u0001\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(Problem, SaysWhenToRetryInAFieldToo) {
    Response response = journal_unavailable();
    render_problem(response, "/", "r1");
    EXPECT_EQ(response.status, Status::unavailable);
    EXPECT_EQ(response.field("retry-after"), "1");
    EXPECT_NE(response.body.find("\"retryAfter\":1"), std::string::npos);
}

TEST(Response, LetsNoTextStartAnotherField) {
    Response response;
    response.add("Location", "/a\r\nSet-Cookie: b");
    EXPECT_EQ(response.fields, "Location: /a  Set-Cookie: b\r\n");
    EXPECT_EQ(response.field("Set-Cookie"), "");
}

}  // namespace
}  // namespace api::http
