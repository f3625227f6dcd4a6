// Properties: what holds for all data that RapidCheck can make, above all for all sequences of
// steps. What breaks one is shrunk to something short before it is reported.
//
// The same data is made each time, so that a test does not fail now and then. Other data, and more
// of it: RC_PARAMS="seed=7 max_success=10000" build/debug/tests/domain_test.
//
// A property says what is wrong in a text, empty if nothing is; GoogleTest's EXPECT_… are not seen.
// An assertion of the code that fails is seen, and shrunk like everything else.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <sstream>
#include <string>

namespace tests::support {

// Runs something; if it aborts, that is what is wrong. What was on its stack is leaked then, which
// nobody minds in a test that has failed.
class Abortable {
public:
    template <class Run>
    static std::string run(const Run& run) {
        struct sigaction caught = {};
        struct sigaction before = {};
        caught.sa_handler = &go_back;
        sigaction(SIGABRT, &caught, &before);
        std::string wrong = "an assertion failed";
        if (sigsetjmp(start, 1) == 0) wrong = run();
        sigaction(SIGABRT, &before, nullptr);
        return wrong;
    }

private:
    static void go_back(int) { siglongjmp(start, 1); }
    static inline sigjmp_buf start;
};

// Checks the property as often as said, with data of the type that it takes.
template <class Data>
void holds(int times, const std::function<std::string(const Data&)>& property) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    const rc::detail::TestMetadata metadata{
        std::string(test->test_suite_name()) + '/' + test->name(), test->name()};
    auto params = rc::detail::configuration().testParams;
    if (std::getenv("RC_PARAMS") == nullptr) {
        params.seed = 20'261'126;
        params.maxSuccess = times;
    }
    const auto check = [&](const Data& data) {
        const std::string wrong = Abortable::run([&] { return property(data); });
        if (!wrong.empty()) RC_FAIL(wrong);
    };
    const auto result = rc::detail::checkTestable(check, metadata, params);
    if (result.template is<rc::detail::SuccessResult>()) return;
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    FAIL() << text.str();
}

}  // namespace tests::support
