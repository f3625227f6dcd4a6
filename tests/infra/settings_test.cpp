// Settings: which source wins, and what is refused with which words.
#include "infra/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace {

using infra::Settings;
using infra::SettingsSources;
using testing::HasSubstr;

std::string refusal(const SettingsSources& sources) {
    try {
        infra::read_settings(sources);
    } catch (const infra::SettingsError& error) {
        return error.what();
    }
    return "(none)";
}

class SettingsFile : public testing::Test {
protected:
    std::string file(const std::string& text) {
        const auto path = directory_.path() / "daybook.toml";
        std::ofstream(path) << text;
        return path.string();
    }

private:
    tests::support::TemporaryDirectory directory_;
};

TEST_F(SettingsFile, FlagsWinOverTheEnvironmentAndThatOverTheFileAndThatOverTheDefaults) {
    SettingsSources sources;
    EXPECT_EQ(infra::read_settings(sources).http_io_threads, 0);
    sources.file = file("[http]\nio_threads = 1\nconnections_max = 11\ndrain_ms = 12\n");
    sources.environment = {{"DAYBOOK_HTTP_IO_THREADS", "2"}, {"DAYBOOK_HTTP_DRAIN_MS", "22"}};
    sources.flags = {{"http.io_threads", "3", "--http-io-threads"}};

    const Settings settings = infra::read_settings(sources);
    EXPECT_EQ(settings.http_io_threads, 3);
    EXPECT_EQ(settings.http_drain_ms, 22);
    EXPECT_EQ(settings.http_connections_max, 11);
    EXPECT_EQ(settings.http_body_bytes_max, Settings().http_body_bytes_max);
}

TEST_F(SettingsFile, TheEnvironmentNamesTheFileUnlessAFlagDoes) {
    SettingsSources sources;
    sources.environment = {{"DAYBOOK_CONFIG", file("listen = \"127.0.0.1:1\"\n")}};
    EXPECT_EQ(infra::read_settings(sources).listen, "127.0.0.1:1");
    sources.file = "/nonexistent/daybook.toml";
    EXPECT_THAT(refusal(sources), HasSubstr("/nonexistent/daybook.toml"));
}

TEST_F(SettingsFile, AnUnknownKeyIsRefusedWithItsLineAndTheOneThatWasMeant) {
    SettingsSources sources;
    sources.file = file("listen = \"127.0.0.1:1\"\n[http]\nio_thread = 1\n");
    EXPECT_THAT(refusal(sources), HasSubstr("line 3"));
    EXPECT_THAT(refusal(sources), HasSubstr("did you mean http.io_threads?"));

    sources.file = file("[htpp]\nio_threads = 1\n");
    EXPECT_THAT(refusal(sources), HasSubstr("there is no setting htpp"));
}

TEST_F(SettingsFile, AnUnknownVariableIsRefusedWithTheOneThatWasMeant) {
    SettingsSources sources;
    sources.environment = {{"DAYBOOK_LISTN", "x"}};
    EXPECT_THAT(refusal(sources), HasSubstr("did you mean DAYBOOK_LISTEN?"));
}

TEST_F(SettingsFile, VariablesOfOthersAreNoneOfItsBusiness) {
    SettingsSources sources;
    sources.environment = {{"HOME", "/root"}, {"DAYBOOK_BINARY", "x"}, {"DAYBOOKS", "y"}};
    EXPECT_EQ(infra::read_settings(sources), Settings());
}

TEST_F(SettingsFile, AValueOfAnotherTypeIsRefused) {
    SettingsSources sources;
    sources.file = file("[http]\nio_threads = \"2\"\n");
    EXPECT_THAT(refusal(sources), HasSubstr("without quotes"));
    sources.file = file("listen = 8080\n");
    EXPECT_THAT(refusal(sources), HasSubstr("in quotes"));
    sources.file = file("listen = \n");
    EXPECT_THAT(refusal(sources), HasSubstr("line 1"));
}

TEST_F(SettingsFile, AValueOutOfBoundsIsRefusedWithTheBounds) {
    SettingsSources sources;
    for (const char* value : {"1025", "-1", "1e3", " 1", "99999999999999999999", ""}) {
        sources.flags = {{"journal.shards", value, "--journal-shards"}};
        EXPECT_THAT(refusal(sources), HasSubstr("an integer from 0 to 1024")) << value;
    }
    sources.flags = {{"log.level", "verbose", "--log-level"}};
    EXPECT_THAT(refusal(sources), HasSubstr("one of debug, info, warning, error"));
    sources.flags = {{"allow_plaintext", "yes", "--allow-plaintext"}};
    EXPECT_THAT(refusal(sources), HasSubstr("true or false"));
}

TEST(SettingsTable, EachSettingHasANameAFlagAVariableAndALineInTheReference) {
    std::set<std::string> names;
    const std::string page = infra::settings_reference();
    for (const infra::Setting& setting : infra::settings_table()) {
        EXPECT_TRUE(names.insert(std::string(setting.name)).second) << setting.name;
        EXPECT_TRUE(names.insert(setting.flag()).second) << setting.flag();
        EXPECT_TRUE(names.insert(setting.variable()).second) << setting.variable();
        EXPECT_THAT(page, HasSubstr("`" + setting.variable() + "`"));
        EXPECT_FALSE(setting.doc.empty());
    }
}

TEST(SettingsTable, EachDefaultIsAllowed) {
    for (const infra::Setting& setting : infra::settings_table()) {
        if (setting.default_text().empty()) continue;
        SettingsSources sources;
        sources.flags = {{std::string(setting.name), setting.default_text(), setting.flag()}};
        EXPECT_EQ(infra::read_settings(sources), Settings()) << setting.name;
    }
}

}  // namespace
