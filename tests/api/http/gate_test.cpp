// The gate, case by case: bytes in, status out, and whether the connection survives.
#include "api/http/gate.hpp"

#include <gtest/gtest.h>

#include "tests/api/http/loopback.hpp"

namespace api::http {
namespace {

using loopback::Answer;
using loopback::Client;
using loopback::get;
using loopback::Running;

std::string repeat(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

std::string post(std::string_view fields, std::string_view body) {
    std::string text = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    return text.append(fields).append("\r\n").append(body);
}

const std::string chunked = "Transfer-Encoding: chunked\r\n";

struct Refused {
    const char* name;
    std::string bytes;
    int status;
    const char* code;
};

const std::vector<Refused>& refused() {
    static const std::vector<Refused> rows = {
        {"NoHost", "GET /hello HTTP/1.1\r\n\r\n", 400, "host_missing"},
        {"TwoHosts", get("/hello", "Host: b\r\n"), 400, "repeated_field"},
        {"HostWithPath", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "malformed_field"},
        {"TwoEqualLengths", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), 400,
         "repeated_field"},
        {"TwoLengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{} "), 400,
         "malformed_request"},
        {"LengthAsList", post("Content-Length: 2, 2\r\n", "{}"), 400, "malformed_field"},
        {"LengthWithSign", post("Content-Length: +2\r\n", "{}"), 400, "malformed_request"},
        {"LengthThatOverflows", post("Content-Length: 99999999999999999999\r\n", "{}"), 400,
         "malformed_request"},
        {"LengthBesideChunked", post("Content-Length: 2\r\n" + chunked, "0\r\n\r\n"), 400,
         "malformed_request"},
        {"ChunkedBesideLength", post(chunked + "Content-Length: 2\r\n", "0\r\n\r\n"), 400,
         "malformed_request"},
        {"UnknownEncoding", post("Transfer-Encoding: gzip\r\n", "0\r\n\r\n"), 501,
         "transfer_encoding_not_supported"},
        {"UnknownEncodingFirst", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501,
         "transfer_encoding_not_supported"},
        {"EncodingTwice", post(chunked + chunked, "0\r\n\r\n"), 400, "malformed_request"},
        {"EncodingTwiceInOne", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 501,
         "transfer_encoding_not_supported"},
        {"UnknownEncodingBesideLength",
         post("Content-Length: 4\r\nTransfer-Encoding: x\r\n", "abcd"), 400, "malformed_request"},
        {"ChunkedOnHttp10", "POST /echo HTTP/1.0\r\nHost: a\r\n" + chunked + "\r\n0\r\n\r\n", 400,
         "ambiguous_framing"},
        {"HashInTarget", get("/hello#a"), 400, "malformed_target"},
        {"HighByteInTarget", get("/hell\xc3\xb6"), 400, "malformed_target"},
        {"ControlInTarget", get("/hel\x01lo"), 400, "malformed_request"},
        {"BadPercentInTarget", get("/hel%4"), 400, "malformed_target"},
        {"EncodedNulInTarget", get("/hello%00"), 400, "malformed_target"},
        {"EncodedBadUtf8InTarget", get("/hello?name=%ff"), 400, "malformed_target"},
        {"AuthorityForm", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "malformed_target"},
        {"Asterisk", get("*"), 400, "malformed_target"},
        {"101Fields", get("/hello", repeat("A: b\r\n", 100)), 431, "too_many_fields"},
        {"LongHeader", get("/hello", "A: " + std::string(8200, 'b') + "\r\n"), 431,
         "header_too_large"},
        {"EndlessHeader", "GET /" + std::string(9000, 'a'), 431, "header_too_large"},
        {"FoldedLine", get("/hello", "A: b\r\n c\r\n"), 400, "malformed_request"},
        {"BareLineFeed", "GET /hello HTTP/1.1\nHost: a\n\n", 400, "malformed_request"},
        {"SpaceBeforeColon", get("/hello", "A : b\r\n"), 400, "malformed_request"},
        {"NulInField", get("/hello", std::string("A: b\0c\r\n", 8)), 400, "malformed_request"},
        {"Http2", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 400, "malformed_request"},
        {"Garbage", "\x16\x03\x01\r\n\r\n", 400, "malformed_request"},
        {"UnknownMethod", "BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method_not_implemented"},
        {"Connect", "CONNECT /hello HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method_not_implemented"},
        {"LargeBody", post("Content-Length: 1048577\r\n", ""), 413, "body_too_large"},
        {"LargeChunk", post(chunked, "100001\r\n"), 413, "body_too_large"},
        {"HugeChunk", post(chunked, "ffffffffffffffff\r\n"), 413, "body_too_large"},
        {"BadChunkSize", post(chunked, "xyz\r\n"), 400, "malformed_chunk"},
        {"ChunkWithoutEnd", post(chunked, "2\r\n{}0\r\n\r\n"), 400, "malformed_chunk"},
        {"LongExtension", post(chunked, "2;a=" + std::string(300, 'b') + "\r\n{}\r\n0\r\n\r\n"),
         400, "chunk_extension_too_long"},
        {"EndlessExtension", post(chunked, "2;a=" + std::string(9000, 'b')), 400,
         "chunk_framing_too_long"},
        {"MuchFraming", post(chunked, repeat("1;a=" + std::string(200, 'b') + "\r\nx\r\n", 400)),
         400, "chunk_framing_too_long"},
        {"EndlessTrailer", post(chunked, "0\r\nA: " + std::string(9000, 'b')), 400,
         "chunk_framing_too_long"},
        {"OtherExpectation", post("Expect: tea\r\nContent-Length: 2\r\n", "{}"), 417,
         "expectation_failed"},
        {"TwoIdempotencyKeys", get("/hello", "Idempotency-Key: a\r\nidempotency-key: b\r\n"), 400,
         "repeated_field"},
        {"TwoAuthorizations", get("/hello", "Authorization: a\r\nAuthorization: b\r\n"), 400,
         "repeated_field"},
    };
    return rows;
}

TEST(Gate, RefusesAndClosesAndReadsNothingBehind) {
    const Running running;
    for (const Refused& row : refused()) {
        SCOPED_TRACE(row.name);
        Client client = running.connect();
        client.send(row.bytes + get("/hello"));  // Would be a second, smuggled request.
        const Answer answer = client.read_answer();
        EXPECT_EQ(answer.status, row.status) << answer.body;
        EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
        EXPECT_EQ(answer.field("Connection"), "close");
        EXPECT_NE(answer.body.find("\"code\":\"" + std::string(row.code) + "\""), std::string::npos)
            << answer.body;
        EXPECT_EQ(client.read_to_end(), "");
    }
}

struct Taken {
    const char* name;
    std::string bytes;
    int status;
    std::string body;
};

TEST(Gate, TakesWhatIsSound) {
    const Running running;
    const std::vector<Taken> rows = {
        {"Get", get("/hello"), 200, "\"hello\""},
        {"AbsoluteForm", get("http://else:80/hello?name=a"), 200, "\"hello\""},
        {"100Fields", get("/hello", repeat("A: b\r\n", 99)), 200, "\"hello\""},
        {"LongHeader", get("/hello", "A: " + std::string(8000, 'b') + "\r\n"), 200, "\"hello\""},
        {"ZeroLength", get("/hello", "Content-Length: 0\r\n"), 200, "\"hello\""},
        {"Length", post("Content-Length: 2\r\n", "{}"), 200, "{}"},
        {"Chunks", post(chunked, "1\r\n{\r\n1;a=\"b\"\r\n}\r\n0\r\n\r\n"), 200, "{}"},
        {"NoBody", "POST /echo HTTP/1.1\r\nHost: a\r\n\r\n", 200, ""},
        {"EmptyHost", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 200, "\"hello\""},
    };
    for (const Taken& row : rows) {
        SCOPED_TRACE(row.name);
        Client client = running.connect();
        client.send(row.bytes + get("/hello"));
        const Answer answer = client.read_answer();
        EXPECT_EQ(answer.status, row.status) << answer.body;
        EXPECT_EQ(answer.body, row.body);
        EXPECT_EQ(client.read_answer().body, "\"hello\"");
    }
}

TEST(Gate, DropsTrailersInsteadOfMergingThem) {
    const Running running;
    const std::string trailers = running.keys.authorization() + "Host: evil\r\nX-Request-Id: t\r\n";
    const Answer answer = running.ask(post(chunked, "2\r\n{}\r\n0\r\n" + trailers + "\r\n"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "{}");
    EXPECT_NE(answer.field("X-Request-Id"), "t");
}

TEST(Gate, TakesALargerBodyWhereARouteAllowsIt) {
    const Running running;
    const auto import = [](std::size_t size) {
        return "POST /import HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
               "Content-Length: " +
               std::to_string(size) + "\r\n\r\n" + std::string(size, '1');
    };
    EXPECT_EQ(running.ask(import(2'000'000)).body, "2000000");
    EXPECT_EQ(running.ask(import(2'000'001)).status, 413);
}

TEST(Gate, AsksForABodyThatWaits) {
    const Running running;
    Client client = running.connect();
    client.send(post("Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
    EXPECT_EQ(client.read_answer().status, 100);
    client.send("{}");
    EXPECT_EQ(client.read_answer().body, "{}");
}

TEST(Gate, DoesNotAskForABodyThatItWouldRefuse) {
    const Running running;
    const Answer answer = running.ask(
        "POST /nothing HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.field("Connection"), "close");
}

TEST(Gate, FindsTheEndOfAHeaderThatArrivesByteByByte) {
    const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    HeadScanner scanner;
    for (std::size_t i = 0; i < head.size(); ++i) {
        ASSERT_EQ(scanner.scan(std::string_view(head).substr(0, i)),
                  HeadScanner::Found::more_needed);
    }
    EXPECT_EQ(scanner.scan(head + "rest"), HeadScanner::Found::end);
    EXPECT_EQ(scanner.size(), head.size());
}

}  // namespace
}  // namespace api::http
