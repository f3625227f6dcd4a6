// Metrics: the page is what Prometheus reads, and every request is counted once.
#include "infra/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using infra::MetricsPage;
using infra::RequestMetrics;
using std::chrono::microseconds;
using testing::HasSubstr;
using testing::Not;

std::string page_of(const RequestMetrics& requests) {
    MetricsPage page;
    requests.add_to(page);
    return page.text();
}

TEST(MetricsPage, EachLineIsACommentOrASample) {
    MetricsPage page;
    page.gauge("daybook_a", "A \"help\".", 1.5, {{"name", "a \"b\"\n\\"}});
    page.counter("daybook_b_total", "B.", 3);
    page.histogram("daybook_c_seconds", "C.",
                   {.bounds = {0.1, 1}, .counts = {1, 2, 3}, .sum = 9.5});
    infra::add_process(page);

    const std::regex line_form(
        R"(# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? \S+)");
    std::istringstream lines(page.text());
    for (std::string line; std::getline(lines, line);) {
        EXPECT_TRUE(std::regex_match(line, line_form)) << line;
    }
    EXPECT_THAT(page.text(), HasSubstr("daybook_c_seconds_bucket{le=\"1\"} 3\n"));
    EXPECT_THAT(page.text(), HasSubstr("daybook_c_seconds_bucket{le=\"+Inf\"} 6\n"));
    EXPECT_THAT(page.text(), HasSubstr("daybook_c_seconds_count 6\n"));
    EXPECT_THAT(page.text(), HasSubstr("process_resident_memory_bytes "));
}

TEST(RequestMetrics, CountByRouteMethodAndStatusClass) {
    RequestMetrics requests({{"/a/{id}", "GET"}, {"/a", "POST"}});
    requests.record("/a/{id}", "GET", 200, microseconds(100));
    requests.record("/a/{id}", "GET", 404, microseconds(101));
    requests.record("/a/{id}", "GET", 200, microseconds(9'000'000));

    const std::string page = page_of(requests);
    EXPECT_THAT(page, HasSubstr("daybook_http_requests_total{route=\"/a/{id}\",method=\"GET\","
                                "status=\"2xx\"} 2\n"));
    EXPECT_THAT(page, HasSubstr("status=\"4xx\"} 1\n"));
    EXPECT_THAT(page, HasSubstr("method=\"GET\",le=\"0.0001\"} 1\n"));
    EXPECT_THAT(page, HasSubstr("method=\"GET\",le=\"5\"} 2\n"));
    EXPECT_THAT(page, HasSubstr("method=\"GET\",le=\"+Inf\"} 3\n"));
    EXPECT_THAT(page, Not(HasSubstr("POST"))) << "A route that nobody used has no samples.";
}

TEST(RequestMetrics, WhatNoRouteTakesIsCountedTogether) {
    RequestMetrics requests({{"/a", "GET"}});
    requests.record("/no/such/path", "BREW", 404, microseconds(1));
    requests.record("-", "-", 400, microseconds(1));
    EXPECT_THAT(page_of(requests), HasSubstr("{route=\"-\",method=\"-\",status=\"4xx\"} 2\n"));
}

TEST(RequestMetrics, NoRequestOfManyThreadsIsLost) {
    RequestMetrics requests({{"/a", "GET"}});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&requests] {
            for (int n = 0; n < 10'000; ++n) requests.record("/a", "GET", 200, microseconds(n));
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(page_of(requests), HasSubstr("status=\"2xx\"} 40000\n"));
}

}  // namespace
