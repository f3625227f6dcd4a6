// Disks that are full or fail to sync.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "infra/journal/embedded_journal.hpp"
#include "tests/support/fault_file_system.hpp"
#include "tests/support/memory_directory.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {
namespace {

using infra::JournalState;
using journal::JournalError;

constexpr std::uint64_t much_space = std::uint64_t{1} << 40;

void wait_for(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!holds()) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::yield();
    }
}

std::vector<std::string> all_texts(journal::Journal& log) {
    std::vector<std::string> found;
    const auto records = log.read(0, 0, 1 << 30);
    if (!records) return {"unreadable"};
    for (const auto& record : *records) found.push_back(*record.bytes);
    return found;
}

class FailingDisk : public testing::Test {
protected:
    FailingDisk() {
        options_.directory = directory_.path() / "journal";
        options_.write_buffer_bytes = 256 << 10;
        options_.space_check_interval = std::chrono::milliseconds(1);
        options_.files = disk_;
        options_.report = [this](std::string_view line) { said_ += std::string(line) + '\n'; };
        open();
    }

    void open() { log_ = std::make_unique<infra::EmbeddedJournal>(options_); }
    void reopen() {
        log_.reset();
        open();
    }
    std::unique_ptr<journal::Session> append(const std::string& text) {
        auto session = log_->open_session(0);
        session->append({std::make_shared<const std::string>(text)});
        return session;
    }
    void append_and_wait(const std::string& text) {
        const auto end = log_->end(0);
        const auto session = append(text);
        wait_for([&] { return log_->end(0) > end; });
    }

    support::MemoryDirectory directory_;
    std::shared_ptr<support::FaultFileSystem> disk_ = std::make_shared<support::FaultFileSystem>();
    infra::EmbeddedJournalOptions options_;
    std::string said_;
    std::unique_ptr<infra::EmbeddedJournal> log_;
};

TEST_F(FailingDisk, AFailedSyncStopsTheJournalForGoodAndIsNotTriedAgain) {
    append_and_wait("one");
    disk_->fail_syncs_of(".log");
    const auto session = append("two");
    wait_for([&] { return session->error().has_value(); });
    EXPECT_EQ(session->error(), JournalError::broken);
    EXPECT_EQ(log_->state(), JournalState::broken);
    EXPECT_EQ(disk_->failed_syncs(), 1);

    disk_->fail_syncs_of("");
    const auto next = append("three");
    EXPECT_EQ(next->error(), JournalError::broken);
    EXPECT_EQ(all_texts(*log_), std::vector<std::string>{"one"});
    disk_->fail_syncs_of(".log");
    log_.reset();
    EXPECT_EQ(disk_->failed_syncs(), 1);
    disk_->fail_syncs_of("");
    open();
    // "two" was written and never acknowledged: it may be there.
    EXPECT_EQ(all_texts(*log_).front(), "one");
    append_and_wait("four");
    EXPECT_EQ(all_texts(*log_).back(), "four");
}

TEST_F(FailingDisk, AMarkThatCannotBeSyncedStopsTheJournal) {
    append_and_wait("one");
    disk_->fail_syncs_of("mark");
    const auto session = append("two");
    wait_for([&] { return log_->state() == JournalState::broken; });
    EXPECT_EQ(session->error(), JournalError::broken);
    EXPECT_NE(said_.find("high-water mark"), std::string::npos) << said_;
    disk_->fail_syncs_of("");
    reopen();
    EXPECT_EQ(all_texts(*log_).front(), "one");
}

TEST_F(FailingDisk, AFullDiskEndsSessionsAndTheJournalGoesOnWhenThereIsSpace) {
    append_and_wait("one");
    disk_->set_space(0);
    const auto session = append("two");
    wait_for([&] { return session->error().has_value(); });
    EXPECT_EQ(session->error(), JournalError::full);
    EXPECT_EQ(log_->state(), JournalState::full);
    EXPECT_EQ(log_->open_session(0)->error(), JournalError::full);
    EXPECT_EQ(all_texts(*log_), std::vector<std::string>{"one"});

    disk_->set_space(much_space);
    wait_for([&] { return log_->state() == JournalState::serving; });
    EXPECT_EQ(session->error(), JournalError::full);
    append_and_wait("three");
    const std::vector<std::string> expected = {"one", "three"};
    EXPECT_EQ(all_texts(*log_), expected);
    reopen();
    EXPECT_EQ(all_texts(*log_), expected);
}

// Wherever the disk is full (the log, a table, the manifest): what ended with `full` never comes.
TEST_F(FailingDisk, WhatDidNotFitNeverComesLaterSlow) {
    std::mt19937_64 random(7);
    std::vector<std::string> expected;
    for (int round = 0; round < 60; ++round) {
        disk_->set_space(random() % (600 << 10));
        std::unique_ptr<journal::Session> session = log_->open_session(0);
        while (!session->error()) {
            const auto end = log_->end(0);
            const std::string text = std::to_string(random()) + std::string(random() % 20'000, 'x');
            session->append({std::make_shared<const std::string>(text)});
            wait_for([&] { return log_->end(0) > end || session->error(); });
            if (log_->end(0) > end) expected.push_back(text);
        }
        ASSERT_EQ(session->error(), JournalError::full) << said_;
        ASSERT_EQ(all_texts(*log_), expected) << "round " << round;
        disk_->set_space(much_space);
        if (round % 3 == 0) {
            reopen();
        } else {
            wait_for([&] { return log_->state() == JournalState::serving; });
        }
        ASSERT_EQ(all_texts(*log_), expected) << "round " << round;
    }
}

// A file system of 24 MiB, where this process may make one.
class SmallDisk {
public:
    SmallDisk() {
        is_mounted_ = mount("daybook", directory_.path().c_str(), "tmpfs", 0, "size=24m") == 0;
    }
    ~SmallDisk() {
        if (is_mounted_) umount2(directory_.path().c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool is_mounted() const { return is_mounted_; }
    const std::filesystem::path& path() const { return directory_.path(); }

private:
    support::TemporaryDirectory directory_;
    bool is_mounted_ = false;
};

TEST(FullDisk, TheJournalServesWhatItHasAndGoesOnWhenThereIsSpaceSlow) {
    const SmallDisk disk;
    if (!disk.is_mounted()) GTEST_SKIP() << "no file system can be mounted here";
    const auto ballast = disk.path() / "ballast";
    std::ofstream(ballast) << std::string(8 << 20, 'x');
    infra::EmbeddedJournalOptions options;
    options.directory = disk.path() / "journal";
    options.space_check_interval = std::chrono::milliseconds(1);
    infra::EmbeddedJournal log(options);
    std::mt19937_64 random(1);
    std::vector<std::string> expected;
    const auto session = log.open_session(0);
    while (!session->error()) {
        std::string text(2000, ' ');
        std::ranges::generate(text, [&] { return static_cast<char>(random()); });
        session->append({std::make_shared<const std::string>(text)});
        wait_for([&] { return log.end(0) > expected.size() || session->error(); });
        if (log.end(0) > expected.size()) expected.push_back(std::move(text));
    }
    EXPECT_EQ(session->error(), JournalError::full);
    EXPECT_TRUE(all_texts(log) == expected);
    std::filesystem::remove(ballast);
    wait_for([&] { return log.state() == JournalState::serving; });
    EXPECT_TRUE(all_texts(log) == expected);
    log.open_session(0)->append({std::make_shared<const std::string>("next")});
    wait_for([&] { return log.end(0) > expected.size(); });
}

}  // namespace
}  // namespace tests
