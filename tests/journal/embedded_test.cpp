// What only the embedded engine promises.
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "infra/journal/embedded_journal.hpp"
#include "infra/journal/tail.hpp"
#include "infra/journal/wakers.hpp"
#include "infra/rocksdb/directory_lock.hpp"
#include "tests/support/memory_directory.hpp"

namespace tests {
namespace {

namespace fs = std::filesystem;

std::string refusal(const infra::EmbeddedJournalOptions& options) {
    try {
        const infra::EmbeddedJournal log(options);
    } catch (const std::runtime_error& failure) {
        return failure.what();
    }
    return {};
}

journal::Bytes bytes(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

class EmbeddedJournal : public testing::Test {
protected:
    EmbeddedJournal() { options_.directory = directory_.path() / "journal"; }

    support::MemoryDirectory directory_;
    infra::EmbeddedJournalOptions options_;
};

TEST_F(EmbeddedJournal, IsRefusedWhileAnotherProcessHasItAndNamesThatProcess) {
    const infra::EmbeddedJournal log(options_);
    const std::string owner = "is in use by process " + std::to_string(getpid());
    EXPECT_NE(refusal(options_).find(owner), std::string::npos) << refusal(options_);
}

TEST_F(EmbeddedJournal, KeepsTheNumberOfShardsThatItWasMadeWith) {
    options_.shards = 3;
    EXPECT_EQ(refusal(options_), "");
    options_.shards = 4;
    EXPECT_NE(refusal(options_).find("has 3 shards, not 4"), std::string::npos);
    options_.shards = 3;
    EXPECT_EQ(refusal(options_), "");
}

TEST_F(EmbeddedJournal, WritesWhatWasAppendedBeforeItEnds) {
    {
        infra::EmbeddedJournal log(options_);
        const auto session = log.open_session(0);
        for (int i = 0; i < 1000; ++i) session->append({bytes(std::to_string(i))});
    }
    const infra::EmbeddedJournal log(options_);
    EXPECT_EQ(log.end(0), 1000U);
}

TEST_F(EmbeddedJournal, OffsetsAreDenseFromOneThoughManyThreadsAppend) {
    options_.shards = 2;
    options_.batch_bytes_max = 200;
    infra::EmbeddedJournal log(options_);
    {
        std::vector<std::jthread> writers;
        writers.reserve(4);
        for (unsigned i = 0; i < 4; ++i) {
            writers.emplace_back([&log, i] {
                const auto session = log.open_session(i % 2);
                for (int k = 0; k < 200; ++k) session->append({bytes("a"), bytes("b")});
            });
        }
    }
    while (log.end(0) < 800 || log.end(1) < 800) std::this_thread::yield();
    const auto records = log.read(1, 0, 1 << 20);
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), 800U);
    for (std::size_t i = 0; i < records->size(); ++i) EXPECT_EQ((*records)[i].offset, i + 1);
}

// A reader from the start follows into what is being written, from the files into memory.
TEST_F(EmbeddedJournal, AReaderCrossesFromFilesToMemoryWithoutAGap) {
    options_.tail_bytes_max = 1000;
    options_.write_buffer_bytes = 64 << 10;
    infra::EmbeddedJournal log(options_);
    const std::jthread writer([&log] {
        const auto session = log.open_session(0);
        for (int i = 1; i <= 3000; ++i) {
            session->append({bytes(std::to_string(i) + std::string(200, ' '))});
            if (i % 50 == 0) std::this_thread::yield();
        }
    });
    journal::Offset after = 0;
    while (after < 3000) {
        const auto some = log.read(0, after, 5000);
        ASSERT_TRUE(some);
        for (const auto& record : *some) {
            ASSERT_EQ(record.offset, ++after);
            ASSERT_EQ(std::stoull(*record.bytes), after);
        }
        if (some->empty()) std::this_thread::yield();
    }
}

// A read that meets damage stops the journal, whoever read it.
TEST_F(EmbeddedJournal, AReadThatMeetsDamageStopsTheJournalAndNamesTheOffset) {
    {
        infra::EmbeddedJournal log(options_);
        const auto session = log.open_session(0);
        for (int i = 0; i < 100; ++i) session->append({bytes(std::string(5000, 'x'))});
    }
    std::string said;
    options_.report = [&](std::string_view line) { said += line; };
    infra::EmbeddedJournal log(options_);
    const auto session = log.open_session(0);
    for (const auto& entry : fs::directory_iterator(options_.directory / "log")) {
        if (entry.path().extension() != ".sst") continue;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100);
        file << "damage";
    }
    const auto read = log.read(0, 0, 1 << 20);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error(), journal::JournalError::broken);
    EXPECT_EQ(session->error(), journal::JournalError::broken);
    EXPECT_NE(said.find("offset 1 of shard 0"), std::string::npos) << said;
}

TEST(DirectoryLock, IsFreeAgainWhenItEnds) {
    const support::MemoryDirectory directory;
    {
        const infra::DirectoryLock lock(directory.path());
    }
    EXPECT_NO_THROW(infra::DirectoryLock(directory.path()));
}

TEST(Tail, KeepsTheNewestWithinItsBytes) {
    infra::Tail tail(10, 100);
    for (int i = 0; i < 50; ++i) tail.add({bytes(std::string(30, 'x'))});
    EXPECT_EQ(tail.end(), 60U);
    EXPECT_EQ(tail.read(57, 1000)->size(), 3U);
    EXPECT_EQ(tail.read(57, 1000)->front().offset, 58U);
    EXPECT_FALSE(tail.read(56, 1000));
    EXPECT_TRUE(tail.read(60, 1000)->empty());
    tail.add({bytes(std::string(300, 'x'))});
    EXPECT_FALSE(tail.read(60, 1000));
}

// The end of a subscription waits for its running call, so that what it refers to may go.
TEST(Wakers, ASubscriptionEndsOnlyWhenItsCallHas) {
    infra::Wakers wakers;
    std::mutex mutex;
    std::condition_variable changed;
    bool is_running = false;
    bool may_end = false;
    bool has_ended = false;
    auto subscription = wakers.add([&] {
        std::unique_lock lock(mutex);
        is_running = true;
        changed.notify_all();
        changed.wait(lock, [&] { return may_end; });
        has_ended = true;
    });
    const std::jthread waker([&] { wakers.wake(); });
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return is_running; });
        may_end = true;
        changed.notify_all();
    }
    subscription.reset();
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(has_ended);
}

}  // namespace
}  // namespace tests
