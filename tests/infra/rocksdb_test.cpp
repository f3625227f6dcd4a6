// Rows on disk: as an ordered map, encrypted, and derived again after damage.
#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "infra/rocksdb/encrypted_files.hpp"
#include "infra/rocksdb/rows.hpp"
#include "tests/support/fault_file_system.hpp"
#include "tests/support/memory_directory.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;
using infra::RocksRows;
using infra::RocksRowsOptions;

using Map = std::map<std::string, std::string, std::less<>>;

infra::Secret key_of(unsigned char byte) {
    infra::Secret key;
    key.bytes.fill(byte);
    return key;
}

std::optional<std::string> value_of(const journal::Rows& rows, std::string_view key) {
    std::optional<std::string> value;
    const bool found = rows.get(key, [&](std::string_view text) { value = text; });
    EXPECT_EQ(found, value.has_value());
    return value;
}

bool put(journal::Rows& rows, std::string_view key, std::string_view value) {
    const auto batch = rows.batch();
    batch->put(key, value);
    return rows.write(*batch);
}

Map all_of(const journal::Rows& rows, std::string_view prefix = "") {
    Map found;
    const auto snapshot = rows.snapshot();
    const auto walk = snapshot->walk(prefix);
    for (walk->seek(prefix); walk->valid(); walk->next()) found.emplace(walk->key(), walk->value());
    return found;
}

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class Rows : public testing::Test {
protected:
    Rows() {
        options_.directory = directory_.path() / "rows";
        options_.write_buffer_bytes = 256 << 10;
    }
    std::unique_ptr<RocksRows> open() { return std::make_unique<RocksRows>(options_); }

    support::MemoryDirectory directory_;
    RocksRowsOptions options_;
};

TEST_F(Rows, ABatchIsAppliedInOrderAndItsLaterChangesWin) {
    const auto rows = open();
    const auto batch = rows->batch();
    batch->put("a", "1");
    batch->put("a", "2");
    batch->put("b", "1");
    batch->erase("b");
    batch->put("", "empty key");
    batch->put("c", "");
    ASSERT_TRUE(rows->write(*batch));
    EXPECT_EQ(all_of(*rows), (Map{{"", "empty key"}, {"a", "2"}, {"c", ""}}));
    batch->clear();
    ASSERT_TRUE(rows->write(*batch));
    EXPECT_EQ(value_of(*rows, "a"), "2");
    EXPECT_EQ(value_of(*rows, "b"), std::nullopt);
    EXPECT_EQ(value_of(*rows, "c"), "");
}

// The files are not encrypted here, so that what is in them can be seen.
TEST_F(Rows, WhatAKeyHeldBeforeLeavesTheDisk) {
    const auto is_in_a_file = [this](std::string_view text) {
        for (const auto& entry : fs::recursive_directory_iterator(options_.directory)) {
            if (!entry.is_regular_file()) continue;
            if (contents(entry.path()).find(text) != std::string::npos) return true;
        }
        return false;
    };
    auto rows = open();
    put(*rows, "person", "Zq83kfhwLr");
    put(*rows, "word Pm29dkxeTv", "");
    put(*rows, "other", "Hd61vmqaXu");
    ASSERT_TRUE(rows->flush());
    ASSERT_TRUE(is_in_a_file("Zq83kfhwLr") && is_in_a_file("Pm29dkxeTv"));
    auto snapshot = rows->snapshot();
    const auto batch = rows->batch();
    batch->put("person", "Wc47nsbyGj");
    batch->drop_history("person");
    batch->erase("word Pm29dkxeTv");
    batch->drop_history("word Pm29dkxeTv");
    ASSERT_TRUE(rows->write(*batch));
    EXPECT_EQ(snapshot->get("person"), "Zq83kfhwLr");  // Until nobody looks at it any more.
    snapshot.reset();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (is_in_a_file("Zq83kfhwLr") || is_in_a_file("Pm29dkxeTv")) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
    }
    EXPECT_EQ(value_of(*rows, "person"), "Wc47nsbyGj");
    EXPECT_EQ(value_of(*rows, "other"), "Hd61vmqaXu");
    EXPECT_EQ(value_of(*rows, "word Pm29dkxeTv"), std::nullopt);
}

TEST_F(Rows, ASnapshotStaysWhatItWas) {
    const auto rows = open();
    put(*rows, "a", "1");
    const auto snapshot = rows->snapshot();
    put(*rows, "a", "2");
    put(*rows, "b", "2");
    EXPECT_EQ(snapshot->get("a"), "1");
    EXPECT_EQ(snapshot->get("b"), std::nullopt);
    const auto walk = snapshot->walk("");
    walk->seek("");
    ASSERT_TRUE(walk->valid());
    EXPECT_EQ(walk->value(), "1");
    walk->next();
    EXPECT_FALSE(walk->valid());
}

TEST_F(Rows, AWalkStaysWithinItsPrefixWhicheverWayItGoes) {
    const auto rows = open();
    const std::string high("\xFF\xFF", 2);
    for (const std::string& key : std::vector<std::string>{"a", "b", "b/1", "b/2", "b/3", "b0", "c",
                                                           high, high + "1", high + "2"}) {
        put(*rows, key, key);
    }
    EXPECT_EQ(all_of(*rows, "b/").size(), 3U);
    EXPECT_EQ(all_of(*rows, high).size(), 3U);
    const auto snapshot = rows->snapshot();
    const auto walk = snapshot->walk("b/");
    walk->seek("a");
    EXPECT_EQ(walk->key(), "b/1");
    walk->previous();
    EXPECT_FALSE(walk->valid());
    walk->seek_before("b/2");
    EXPECT_EQ(walk->key(), "b/1");
    walk->seek_before("b/22");
    EXPECT_EQ(walk->key(), "b/2");
    walk->seek_before("z");
    EXPECT_EQ(walk->key(), "b/3");
    walk->next();
    EXPECT_FALSE(walk->valid());
    walk->seek_before("b/1");
    EXPECT_FALSE(walk->valid());
    walk->seek("b/4");
    EXPECT_FALSE(walk->valid());
    walk->seek("c");
    EXPECT_FALSE(walk->valid());
}

// Every look-up and walk after random changes is what a std::map gives, over flushes and restarts.
TEST_F(Rows, AreAsAMapIs) {
    std::mt19937_64 random(3);
    Map map;
    options_.key = key_of(7);
    auto rows = open();
    const auto some_key = [&] { return std::to_string(random() % 300); };
    for (int round = 0; round < 300; ++round) {
        const auto batch = rows->batch();
        for (int i = 0; i < 5; ++i) {
            const std::string key = some_key();
            if (random() % 3 == 0) {
                batch->erase(key);
                map.erase(key);
            } else {
                const std::string value(random() % 2000, static_cast<char>('a' + random() % 26));
                batch->put(key, value);
                map[key] = value;
            }
        }
        ASSERT_TRUE(rows->write(*batch));
        if (round % 70 == 69) {
            rows.reset();
            rows = open();
            ASSERT_FALSE(rows->emptied()) << *rows->emptied();
        }
        const std::string key = some_key();
        const auto found = map.find(key);
        EXPECT_EQ(value_of(*rows, key),
                  found == map.end() ? std::nullopt : std::optional(found->second));
    }
    EXPECT_EQ(all_of(*rows), map);
}

TEST_F(Rows, AllIsThereAfterACleanEnd) {
    put(*open(), "a", "1");
    EXPECT_EQ(value_of(*open(), "a"), "1");
}

TEST_F(Rows, ErasingAPrefixDropsItsRowsAndItsBytes) {
    const std::string secret = "to be forgotten";
    const auto rows = open();
    for (int i = 0; i < 1000; ++i) put(*rows, "b/" + std::to_string(i), secret);
    ASSERT_TRUE(rows->flush());
    for (int i = 0; i < 10; ++i) put(*rows, "b/x" + std::to_string(i), secret);
    put(*rows, "a", "kept");
    put(*rows, "b0", "kept");
    ASSERT_TRUE(rows->erase_prefix("b/"));
    EXPECT_EQ(value_of(*rows, "word Pm29dkxeTv"), std::nullopt);
    ASSERT_TRUE(rows->flush());
    for (const auto& entry : fs::recursive_directory_iterator(options_.directory)) {
        EXPECT_EQ(contents(entry.path()).find(secret), std::string::npos) << entry.path();
    }
}

TEST_F(Rows, APrefixBehindAllOthersCanBeErasedToo) {
    const auto rows = open();
    const std::string high("\xFF\xFF", 2);
    put(*rows, "a", "1");
    put(*rows, high, "1");
    put(*rows, high + "x", "1");
    ASSERT_TRUE(rows->erase_prefix(high));
    EXPECT_EQ(all_of(*rows), (Map{{"a", "1"}}));
    ASSERT_TRUE(rows->erase_prefix(""));
    EXPECT_TRUE(all_of(*rows).empty());
    ASSERT_TRUE(rows->erase_prefix(high));
}

// After a power failure there is a prefix of the batches, and each is whole.
TEST_F(Rows, AfterACrashAPrefixOfTheBatchesIsThere) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        std::mt19937_64 random(seed);
        const auto disk = std::make_shared<support::FaultFileSystem>();
        options_.directory = directory_.path() / std::to_string(seed);
        options_.files = disk;
        options_.write_buffer_bytes = 64 << 10;
        if (seed % 2 == 0) options_.key = key_of(1);
        auto rows = open();
        const std::size_t batches = 1 + random() % 150;
        for (std::size_t i = 1; i <= batches; ++i) {
            const auto batch = rows->batch();
            batch->put("position", std::to_string(i));
            batch->put("row" + std::to_string(i), std::string(random() % 4000, 'x'));
            ASSERT_TRUE(rows->write(*batch));
        }
        disk->power_off();
        rows.reset();
        disk->power_on(seed);

        rows = open();
        EXPECT_FALSE(rows->emptied()) << *rows->emptied();
        const auto position = std::stoull(value_of(*rows, "position").value_or("0"));
        EXPECT_EQ(all_of(*rows, "row").size(), position) << "seed " << seed;
    }
}

TEST_F(Rows, AFullDiskIsRefusedAndLaterNot) {
    const auto disk = std::make_shared<support::FaultFileSystem>();
    options_.files = disk;
    options_.write_buffer_bytes = 64 << 10;
    const auto rows = open();
    disk->set_space(0);
    int written = 0;
    const auto key_at = [](int i) { return std::to_string(i); };
    while (put(*rows, key_at(written), std::string(10'000, 'x'))) ++written;
    EXPECT_EQ(value_of(*rows, key_at(written)), std::nullopt);
    disk->set_space(std::uint64_t{1} << 40);
    while (!put(*rows, key_at(written), "y")) {
    }
    EXPECT_EQ(all_of(*rows).size(), static_cast<std::size_t>(written) + 1);
}

TEST_F(Rows, NoFileOfAnEncryptedStoreHoldsPlaintext) {
    const std::string canary = "canary@example.org";
    options_.key = key_of(7);
    for (int round = 0; round < 3; ++round) {
        const auto rows = open();
        ASSERT_FALSE(rows->emptied());
        for (int i = 0; i < 200; ++i) {
            put(*rows, canary + std::to_string(round * 1000 + i), canary);
        }
        ASSERT_TRUE(rows->flush());
        put(*rows, canary, canary);
        ASSERT_TRUE(rows->erase_prefix(canary + "10"));  // Compacts.
    }
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(options_.directory)) {
        if (!entry.is_regular_file()) continue;
        const std::string text = contents(entry.path());
        EXPECT_EQ(text.find("canary"), std::string::npos) << entry.path();
        EXPECT_EQ(text.find("example.org"), std::string::npos) << entry.path();
        if (!text.empty()) ++files;
    }
    EXPECT_GT(files, 2U);
    EXPECT_EQ(value_of(*open(), canary), canary);
}

TEST_F(Rows, AnotherKeyEmptiesTheStore) {
    options_.key = key_of(7);
    put(*open(), "a", "1");
    options_.key = key_of(8);
    {
        const auto rows = open();
        ASSERT_TRUE(rows->emptied());
        EXPECT_NE(rows->emptied()->find("not encrypted with this key"), std::string::npos);
        EXPECT_TRUE(all_of(*rows).empty());
        put(*rows, "a", "2");
    }
    EXPECT_EQ(value_of(*open(), "a"), "2");
    options_.key.reset();
    EXPECT_TRUE(open()->emptied());
}

// A flipped byte anywhere: the store is emptied, or a read throws and the next start empties it, or
// all is there. Never is a row missing or another.
TEST_F(Rows, DamageIsNeverSilent) {
    options_.key = key_of(7);
    Map map;
    {
        const auto rows = open();
        for (int i = 0; i < 2000; ++i) {
            const std::string key = "row" + std::to_string(i);
            map[key] = key + std::string(100, 'x');
            put(*rows, key, map[key]);
        }
    }
    const fs::path whole = options_.directory;
    int noticed = 0;
    for (const auto& entry : fs::directory_iterator(whole)) {
        const std::string text = contents(entry.path());
        if (text.empty()) continue;
        for (std::size_t percent = 2; percent < 100; percent += 7) {
            options_.directory = directory_.path() / "trial";
            fs::remove_all(options_.directory);
            fs::copy(whole, options_.directory);
            std::string damaged = text;
            damaged[text.size() * percent / 100] ^= 0x10;
            std::ofstream(options_.directory / entry.path().filename(), std::ios::binary)
                << damaged;
            auto rows = open();
            bool emptied = rows->emptied().has_value();
            try {
                const Map found = all_of(*rows);
                EXPECT_TRUE(found == map || (emptied && found.empty())) << entry.path();
            } catch (const std::runtime_error&) {
                EXPECT_TRUE(rows->damaged());
                rows.reset();
                rows = open();
                emptied = rows->emptied().has_value();
                EXPECT_TRUE(emptied);
                EXPECT_TRUE(all_of(*rows).empty());
            }
            if (emptied) ++noticed;
        }
    }
    EXPECT_GT(noticed, 0);
}

TEST_F(Rows, AStoreThatAnotherHasOpenIsRefusedAndNotEmptied) {
    const auto rows = open();
    put(*rows, "a", "1");
    EXPECT_THROW(open(), std::runtime_error);
    EXPECT_EQ(value_of(*rows, "a"), "1");
}

// Reading and writing at any place of a file gives what was written, block borders or not.
TEST(EncryptedFiles, CanBeReadAtAnyPlace) {
    const support::MemoryDirectory directory;
    const auto files = infra::encrypted_files(rocksdb::FileSystem::Default(), key_of(7));
    const std::string path = (directory.path() / "file").string();
    std::mt19937_64 random(5);
    std::string plain;
    {
        std::unique_ptr<rocksdb::FSWritableFile> file;
        ASSERT_TRUE(files->NewWritableFile(path, {}, &file, nullptr).ok());
        while (plain.size() < 20'000) {
            std::string part(random() % 300, static_cast<char>('a' + random() % 26));
            plain += part;
            ASSERT_TRUE(file->Append(part, {}, nullptr).ok());
        }
        ASSERT_TRUE(file->Close({}, nullptr).ok());
    }
    EXPECT_EQ(fs::file_size(path), 4096 + plain.size());
    std::unique_ptr<rocksdb::FSRandomAccessFile> file;
    ASSERT_TRUE(files->NewRandomAccessFile(path, {}, &file, nullptr).ok());
    for (int i = 0; i < 200; ++i) {
        const std::size_t at = random() % plain.size();
        std::string scratch(random() % 500 + 1, '\0');
        rocksdb::Slice read;
        ASSERT_TRUE(file->Read(at, scratch.size(), {}, &read, scratch.data(), nullptr).ok());
        EXPECT_EQ(read.ToString(), plain.substr(at, scratch.size()));
    }
}

TEST(EncryptedFiles, TwoFilesOfTheSameContentsShareNoCiphertext) {
    const support::MemoryDirectory directory;
    const auto files = infra::encrypted_files(rocksdb::FileSystem::Default(), key_of(7));
    const std::string plain(1000, 'x');
    std::vector<std::string> encrypted;
    for (const char* name : {"one", "two"}) {
        const std::string path = (directory.path() / name).string();
        ASSERT_TRUE(rocksdb::WriteStringToFile(files.get(), plain, path, false).ok());
        encrypted.push_back(contents(path).substr(4096));
    }
    for (std::size_t at = 0; at + 16 <= plain.size(); at += 16) {
        EXPECT_EQ(encrypted[0].find(encrypted[1].substr(at, 16)), std::string::npos);
    }
}

}  // namespace
}  // namespace tests
