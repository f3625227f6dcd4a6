// The command line from outside: what it prints, and how it ends.
#include "cli/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "domain/api_key_text.hpp"
#include "infra/rocksdb/directory_lock.hpp"
#include "tests/support/temporary_directory.hpp"

namespace {

using cli::ExitCode;
using testing::HasSubstr;
using testing::Not;

struct Ended {
    int code = 0;
    std::string out;
    std::string error;
};

Ended daybook(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv{"daybook"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Ended ended;
    ended.code = cli::run(static_cast<int>(argv.size()), argv.data());
    ended.out = testing::internal::GetCapturedStdout();
    ended.error = testing::internal::GetCapturedStderr();
    return ended;
}

int number(ExitCode code) { return static_cast<int>(code); }

std::string text_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::string without_line_end(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

TEST(Program, HelpShowsExamplesAndExitCodesAndEndsWell) {
    const Ended ended = daybook({"--help"});
    EXPECT_EQ(ended.code, number(ExitCode::ok));
    EXPECT_THAT(ended.out, HasSubstr("Examples:"));
    EXPECT_THAT(ended.out, HasSubstr("Exit codes:"));
}

TEST(Program, HelpOfServeShowsEachSettingWithItsDefault) {
    const Ended ended = daybook({"serve", "--help"});
    EXPECT_EQ(ended.code, number(ExitCode::ok));
    EXPECT_THAT(ended.out, HasSubstr("--http-connections-max"));
    EXPECT_THAT(ended.out, HasSubstr("10000"));
    EXPECT_THAT(ended.out, HasSubstr("DAYBOOK_LISTEN"));
}

TEST(Program, AWrongCommandLineIsAUsageError) {
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {"frobnicate"},
        {"serve", "--no-such-flag"},
        {"keys"},
        {"keys", "create", "--name", "x"},
        {"keys", "create", "--tenant", "main", "--name", "x", "--expires-at", "soon"}};
    for (const auto& arguments : wrong) {
        const Ended ended = daybook(arguments);
        EXPECT_EQ(ended.code, number(ExitCode::usage)) << testing::PrintToString(arguments);
        EXPECT_FALSE(ended.error.empty());
    }
}

TEST(Program, AWrongSettingIsNamed) {
    const Ended listen = daybook({"serve", "--listen", "example.org:80"});
    EXPECT_EQ(listen.code, number(ExitCode::settings));
    EXPECT_THAT(listen.error, HasSubstr("example.org:80"));
    const Ended level = daybook({"serve", "--log-level", "loud"});
    EXPECT_EQ(level.code, number(ExitCode::settings));
    EXPECT_THAT(level.error, HasSubstr("--log-level"));
}

TEST(Program, TheFirstStartIsForThisMachineAlone) {
    const tests::support::TemporaryDirectory directory;
    const auto data = directory.path() / "data";
    const Ended ended =
        daybook({"serve", "--data", data.string(), "--listen", "0.0.0.0:0", "--allow-plaintext"});
    EXPECT_EQ(ended.code, number(ExitCode::settings));
    EXPECT_THAT(ended.error, HasSubstr("daybook init"));
    EXPECT_FALSE(std::filesystem::exists(data));
}

TEST(Program, ADirectoryWithoutDataIsNamedWithTheFix) {
    const Ended ended = daybook({"keys", "list", "--data", "/nonexistent/daybook"});
    EXPECT_EQ(ended.code, number(ExitCode::data));
    EXPECT_THAT(ended.error, HasSubstr("daybook init"));
}

class MadeDirectory : public testing::Test {
protected:
    void SetUp() override {
        const Ended ended = daybook({"init", "--data", data()});
        ASSERT_EQ(ended.code, number(ExitCode::ok)) << ended.error;
        shown_ = ended.out;
    }
    Ended with_data(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--data", data()});
        return daybook(arguments);
    }
    std::string data() const { return (directory_.path() / "data").string(); }
    const std::string& shown() const { return shown_; }

private:
    tests::support::TemporaryDirectory directory_;
    std::string shown_;
};

TEST_F(MadeDirectory, HoldsTheFirstKeyForItsOwnerAlone) {
    const std::filesystem::path file = std::filesystem::path(data()) / "initial-admin-key";
    const std::string key = without_line_end(text_of(file));
    EXPECT_TRUE(domain::parse_api_key_text(key));
    EXPECT_THAT(shown(), HasSubstr(key));
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write);
    EXPECT_EQ(std::filesystem::status(data()).permissions(), perms::owner_all);
}

TEST_F(MadeDirectory, IsMadeOnce) {
    EXPECT_EQ(with_data({"init"}).code, number(ExitCode::data));
    const Ended list = with_data({"keys", "list"});
    EXPECT_EQ(list.code, number(ExitCode::ok)) << list.error;
    EXPECT_THAT(list.out, HasSubstr("First key"));
}

TEST_F(MadeDirectory, KeysAreCreatedRotatedAndRevoked) {
    ASSERT_EQ(with_data({"tenants", "create", "acme", "--name", "Acme Press"}).code, 0);
    EXPECT_THAT(with_data({"tenants", "list"}).out, HasSubstr("Acme Press"));

    const Ended created = with_data(
        {"keys", "create", "--tenant", "acme", "--name", "shop", "--scope", "bills:read"});
    ASSERT_EQ(created.code, 0) << created.error;
    const std::string key = without_line_end(created.out);
    ASSERT_TRUE(domain::parse_api_key_text(key)) << key;
    const std::string id(domain::parse_api_key_text(key)->id);

    const Ended rotated = with_data({"keys", "rotate", id});
    ASSERT_EQ(rotated.code, 0) << rotated.error;
    const std::string second = without_line_end(rotated.out);
    ASSERT_TRUE(domain::parse_api_key_text(second));
    EXPECT_EQ(domain::parse_api_key_text(second)->id, id);
    EXPECT_NE(second, key);

    EXPECT_EQ(with_data({"keys", "revoke", id, "--reason", "leaked"}).code, 0);
    const Ended list = with_data({"keys", "list", "--tenant", "acme", "--json"});
    EXPECT_THAT(list.out, HasSubstr("REVOKED"));
    EXPECT_THAT(list.out, Not(HasSubstr("sha256"))) << "Not even hashes are shown.";
    EXPECT_EQ(with_data({"keys", "rotate", id}).code, number(ExitCode::failure));
}

TEST_F(MadeDirectory, WhatDoesNotExistIsNamed) {
    const Ended tenant = with_data({"keys", "create", "--tenant", "nobody", "--name", "x"});
    EXPECT_EQ(tenant.code, number(ExitCode::failure));
    EXPECT_THAT(tenant.error, HasSubstr("tenant"));
    const Ended scope =
        with_data({"keys", "create", "--tenant", "main", "--name", "x", "--scope", "bills:reed"});
    EXPECT_EQ(scope.code, number(ExitCode::failure));
    EXPECT_THAT(scope.error, HasSubstr("bills:read"));
    EXPECT_EQ(with_data({"keys", "revoke", "nokey"}).code, number(ExitCode::failure));
}

TEST_F(MadeDirectory, OfAnotherProcessIsRefused) {
    const infra::DirectoryLock lock(data());
    const Ended ended = with_data({"keys", "list"});
    EXPECT_EQ(ended.code, number(ExitCode::data));
    EXPECT_THAT(ended.error, HasSubstr("in use"));
}

}  // namespace
