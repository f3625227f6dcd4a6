// The control socket: requests arrive whole, and nobody else can ask.
#include "cli/control.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace {

using cli::ControlSocket;
using cli::OperatorReply;
using cli::OperatorRequest;

class Control : public testing::Test {
protected:
    // Longer than the name of a socket may be.
    std::filesystem::path path() const { return folder_ / "control.sock"; }
    void SetUp() override { std::filesystem::create_directories(folder_); }

private:
    tests::support::TemporaryDirectory directory_;
    std::filesystem::path folder_ = directory_.path() / std::string(120, 'a');
};

TEST_F(Control, ARequestArrivesWholeAndItsReplyComesBack) {
    OperatorRequest asked;
    asked.action = cli::OperatorAction::create_key;
    asked.tenant = "acme";
    asked.name = "a \"name\"\nof two lines";
    asked.scopes.assign(100, std::string(100, 's'));
    asked.overlap_seconds = 7;
    asked.as_json = true;
    std::string seen;
    const ControlSocket control(path(), [&seen](const OperatorRequest& request) {
        seen = codec::to_json(request);
        return OperatorReply{.exit_code = 1, .output = "no\nsuch"};
    });
    const auto reply = cli::ask_server(path(), asked);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->exit_code, 1);
    EXPECT_EQ(reply->output, "no\nsuch");
    EXPECT_EQ(seen, codec::to_json(asked));
}

TEST_F(Control, IsForTheOwnerAlone) {
    const ControlSocket control(path(), [](const OperatorRequest&) { return OperatorReply{}; });
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(path()).permissions(),
              perms::owner_read | perms::owner_write);
}

TEST_F(Control, WithoutAServerThereIsNoReply) {
    EXPECT_FALSE(cli::ask_server(path(), {}));
    {
        const ControlSocket control(path(), [](const OperatorRequest&) { return OperatorReply{}; });
    }
    EXPECT_FALSE(std::filesystem::exists(path()));
    EXPECT_FALSE(cli::ask_server(path(), {}));
}

TEST_F(Control, ASocketThatAKilledServerLeftIsTakenOver) {
    {
        const std::ofstream left(path());
    }
    const ControlSocket control(path(), [](const OperatorRequest&) { return OperatorReply{}; });
    EXPECT_TRUE(cli::ask_server(path(), {}));
}

}  // namespace
