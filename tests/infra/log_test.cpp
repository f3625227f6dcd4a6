// The log: lines are JSON whatever is in them, levels hold, and requests cost no order or line.
#include "infra/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using infra::Log;
using infra::LoggedRequests;
using infra::LogLevel;
using testing::HasSubstr;

// What was written, line by line.
class Written {
public:
    Log::Sink sink() { return std::make_shared<spdlog::sinks::ostream_sink_mt>(out_); }
    std::vector<std::string> lines() const {
        std::istringstream in(out_.str());
        std::vector<std::string> all;
        for (std::string line; std::getline(in, line);) all.push_back(line);
        return all;
    }

private:
    std::ostringstream out_;
};

infra::RequestLine answered(unsigned status) {
    return {.request_id = "r1",
            .tenant = "main",
            .method = "GET",
            .route = "/management/bills/{id}",
            .code = {},
            .fault = {},
            .status = status,
            .duration = std::chrono::microseconds(1042)};
}

TEST(Log, ALineIsOneJsonObjectWhateverItsFieldsHold) {
    Written written;
    {
        Log log(LogLevel::info, LoggedRequests::all, written.sink());
        log.error("storage", {{"message", "a \"quote\",\na line, {} and %v"},
                              {"count", std::int64_t{-3}},
                              {"ok", false}});
        log.request(answered(200));
    }
    ASSERT_EQ(written.lines().size(), 2U);
    simdjson::dom::parser parser;
    const simdjson::dom::element event = parser.parse(written.lines()[0]);
    EXPECT_EQ(std::string_view(event["level"]), "error");
    EXPECT_EQ(std::string_view(event["message"]), "a \"quote\",\na line, {} and %v");
    EXPECT_EQ(std::int64_t(event["count"]), -3);
    const simdjson::dom::element request = parser.parse(written.lines()[1]);
    EXPECT_EQ(std::string_view(request["route"]), "/management/bills/{id}");
    EXPECT_DOUBLE_EQ(double(request["duration_ms"]), 1.042);
}

TEST(Log, WhatIsLessSevereThanTheLevelIsLeftOut) {
    Written written;
    {
        Log log(LogLevel::warning, LoggedRequests::all, written.sink());
        log.debug("a");
        log.info("b");
        log.warning("c");
        log.request(answered(200));
        log.request(answered(500));
    }
    ASSERT_EQ(written.lines().size(), 2U);
    EXPECT_THAT(written.lines()[0], HasSubstr("\"c\""));
    EXPECT_THAT(written.lines()[1], HasSubstr("500"));
}

TEST(Log, RequestsCanBeLeftOutOrKeptToErrors) {
    Written none;
    Written errors;
    {
        Log log_none(LogLevel::info, LoggedRequests::none, none.sink());
        Log log_errors(LogLevel::info, LoggedRequests::errors, errors.sink());
        for (const unsigned status : {200U, 404U, 503U}) {
            log_none.request(answered(status));
            log_errors.request(answered(status));
        }
    }
    EXPECT_EQ(none.lines().size(), 0U);
    EXPECT_EQ(errors.lines().size(), 2U);
}

TEST(Log, NoLineOfManyThreadsIsLostOrCut) {
    Written written;
    {
        Log log(LogLevel::info, LoggedRequests::all, written.sink());
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&log] {
                for (int n = 0; n < 500; ++n) log.request(answered(200));
            });
        }
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(log.dropped(), 0U);
    }
    ASSERT_EQ(written.lines().size(), 2'000U);
    simdjson::dom::parser parser;
    for (const std::string& line : written.lines()) {
        EXPECT_EQ(parser.parse(line).error(), simdjson::SUCCESS) << line;
    }
}

TEST(Log, NotesWhatIsDeniedWhateverRequestsAreLogged) {
    Written written;
    {
        Log log(LogLevel::warning, LoggedRequests::none, written.sink());
        log.request(answered(401));
        infra::RequestLine line = answered(401);
        line.denial = "revoked_key";
        line.key = "k1";
        log.request(line);
    }
    ASSERT_EQ(written.lines().size(), 1U);
    simdjson::dom::parser parser;
    const simdjson::dom::element denied = parser.parse(written.lines()[0]);
    EXPECT_EQ(std::string_view(denied["event"]), "denied");
    EXPECT_EQ(std::string_view(denied["level"]), "warning");
    EXPECT_EQ(std::string_view(denied["reason"]), "revoked_key");
    EXPECT_EQ(std::string_view(denied["key"]), "k1");
    EXPECT_EQ(std::string_view(denied["requestId"]), "r1");
    EXPECT_NE(denied["address"].error(), simdjson::SUCCESS);
    EXPECT_NE(denied["client"].error(), simdjson::SUCCESS);
}

}  // namespace
