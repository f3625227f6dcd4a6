// The architecture as a test: who may include what. CMake holds the layers apart, but not the
// packages: all of apt's headers are in /usr/include, open to everyone.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/repository.hpp"

namespace {

struct Layer {
    std::string folder;
    std::vector<std::string> may_include;  // Besides itself and the standard library.
};
const Layer layers[] = {
    {"domain/", {}},
    {"codec/", {"domain/", "simdjson.h"}},
    {"journal/", {"domain/", "codec/", "openssl/", "simdjson.h"}},
    {"commands/", {"domain/", "codec/", "journal/"}},
    {"projections/", {"domain/", "codec/", "journal/", "utf8proc.h", "xxhash.h"}},
    {"api/",
     {"domain/", "codec/", "journal/", "commands/", "projections/", "boost/", "openssl/",
      "pugixml.hpp", "simdjson.h"}},
    {"infra/",
     {"domain/", "codec/", "journal/", "commands/", "projections/", "boost/", "openssl/",
      "absl/time/", "librdkafka/", "prometheus/", "rocksdb/", "simdjson.h", "sodium.h", "spdlog/",
      "toml++/", "utf8proc.h",
      // The operating system.
      "crypt.h", "fcntl.h", "netinet/", "sys/", "unistd.h"}},
};

// The core decides the same from the same past for ever, so nothing of the outside may enter it.
const std::vector<std::string> not_in_domain = {
    "atomic", "condition_variable", "ctime", "filesystem", "fstream",
    "future", "iostream",           "mutex", "random",     "thread"};

bool may_include(const Layer& layer, const std::string& header) {
    const auto begins_header = [&](const std::string& p) { return header.starts_with(p); };
    const bool standard = header.find_first_of("./") == std::string::npos;
    if (standard) {
        return layer.folder != "domain/" || std::ranges::count(not_in_domain, header) == 0;
    }
    return begins_header(layer.folder) || std::ranges::any_of(layer.may_include, begins_header);
}

// What of a file breaks the architecture; nothing if the path is in no layer.
std::vector<std::string> breaches(const std::string& path, const std::string& text) {
    static const std::regex include(R"(^\s*#\s*include(_next)?\s*(?:["<]([^">]+)[">]|(\w+)))");
    const auto layer = std::ranges::find_if(
        layers, [&](const Layer& candidate) { return path.starts_with(candidate.folder); });
    if (layer == std::end(layers)) return {};

    std::vector<std::string> found;
    std::istringstream lines(text);
    std::string line;
    for (int n = 1; std::getline(lines, line); ++n) {
        std::smatch match;
        if (!std::regex_search(line, match, include)) continue;
        if (match[2].matched && may_include(*layer, match[2])) continue;
        found.push_back(path + ":" + std::to_string(n) + ": may not include " + match.str());
    }
    return found;
}

TEST(Architecture, EachLayerIncludesOnlyWhatItMay) {
    for (const auto& file : tests::support::repository()) {
        for (const std::string& breach : breaches(file.path, file.text)) ADD_FAILURE() << breach;
    }
}

TEST(Architecture, NoLayerMayIncludeOneThatMayIncludeIt) {
    for (const Layer& upper : layers) {
        for (const Layer& lower : layers) {
            if (&upper == &lower || !may_include(upper, lower.folder + "x.hpp")) continue;
            EXPECT_FALSE(may_include(lower, upper.folder + "x.hpp"))
                << lower.folder << " and " << upper.folder << " include one another";
        }
    }
}

struct Sample {
    std::string path;
    std::string line;
};

TEST(Architecture, EachKindOfForbiddenIncludeIsCaught) {
    const Sample samples[] = {
        // A layer above.
        {"domain/bill.hpp", "#include \"codec/json.hpp\""},
        {"codec/json.hpp", "#include \"journal/entry.hpp\""},
        {"journal/entry.hpp", "#include \"commands/shard.hpp\""},
        {"commands/shard.cpp", "#include \"api/server.hpp\""},
        {"projections/bills.cpp", "#include \"api/server.hpp\""},
        {"api/server.cpp", "#include \"cli/serve.hpp\""},
        // A neighbour.
        {"commands/shard.cpp", "#include \"projections/bills.hpp\""},
        {"projections/bills.cpp", "#include \"commands/shard.hpp\""},
        {"api/server.cpp", "#include \"infra/rocksdb/rows.hpp\""},
        {"infra/log.cpp", "#include \"api/server.hpp\""},
        {"infra/log.cpp", "#include \"cli/serve.hpp\""},
        // A package.
        {"domain/bill.cpp", "#include <boost/json.hpp>"},
        {"domain/bill.cpp", "#include <simdjson.h>"},
        {"codec/json.cpp", "#include <openssl/evp.h>"},
        {"journal/entry.cpp", "#include <rocksdb/db.h>"},
        {"journal/entry.cpp", "#include <librdkafka/rdkafka.h>"},
        {"commands/shard.hpp", "#include <boost/asio/awaitable.hpp>"},
        {"commands/shard.cpp", "#include <simdjson.h>"},
        {"commands/shard.cpp", "#include <spdlog/spdlog.h>"},
        {"projections/bills.cpp", "#include <rocksdb/write_batch.h>"},
        {"projections/bills.cpp", "#include <prometheus/counter.h>"},
        {"api/server.cpp", "#include <rocksdb/db.h>"},
        {"api/server.cpp", "#include <sodium.h>"},
        {"api/server.cpp", "#include <CLI/CLI.hpp>"},
        {"infra/settings.cpp", "#include <CLI/CLI.hpp>"},
        // The operating system.
        {"domain/time.cpp", "#include <sys/time.h>"},
        {"commands/shard.cpp", "#include <unistd.h>"},
        {"projections/bills.cpp", "#include <fcntl.h>"},
        // Clocks, chance, threads and files in the core.
        {"domain/time.cpp", "#include <ctime>"},
        {"domain/ids.cpp", "#include <random>"},
        {"domain/bill.cpp", "#include <thread>"},
        {"domain/bill.cpp", "#include <fstream>"},
        // Tests and tools.
        {"domain/bill.cpp", "#include <gtest/gtest.h>"},
        {"api/server.cpp", "#include \"tests/support/given.hpp\""},
        {"infra/log.cpp", "#include \"bench/load.hpp\""},
        // Other spellings.
        {"domain/bill.cpp", "#include \"money.hpp\""},
        {"domain/bill.cpp", "#include \"../api/server.hpp\""},
        {"domain/bill.cpp", "  #  include<boost/url.hpp>"},
        {"domain/bill.cpp", "#include_next <boost/url.hpp>"},
        {"domain/bill.cpp", "#include BOOST_HEADER"},
        {"domain/deep/er/bill.cpp", "#include \"api/server.hpp\""},
    };
    for (const auto& [path, line] : samples) {
        EXPECT_EQ(breaches(path, "// A comment.\n" + line + "\n").size(), 1U)
            << path << ": " << line;
    }
}

TEST(Architecture, WhatALayerNeedsIsNotCaught) {
    const Sample samples[] = {
        {"domain/bill.cpp", "#include \"domain/bill.hpp\"\n#include <string>"},
        {"codec/json.cpp", "#include <simdjson.h>"},
        {"journal/entry.cpp", "#include <openssl/evp.h>"},
        {"commands/shard.cpp", "#include <mutex>\n#include \"journal/journal.hpp\""},
        {"projections/digest.cpp", "#include <xxhash.h>"},
        {"api/server.cpp", "#include <boost/asio.hpp>\n#include \"commands/shard.hpp\""},
        {"infra/rocksdb/rows.cpp", "#include <rocksdb/db.h>\n#include <unistd.h>"},
        {"cli/serve.cpp", "#include <CLI/CLI.hpp>\n#include \"api/server.hpp\""},
        {"tests/domain/bill_test.cpp", "#include <gtest/gtest.h>"},
    };
    for (const auto& [path, text] : samples) EXPECT_TRUE(breaches(path, text).empty()) << path;
}

}  // namespace
