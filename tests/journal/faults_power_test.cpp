// Power failures: what the journal has given to a reader is there ever after.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "infra/journal/embedded_journal.hpp"
#include "tests/support/fault_file_system.hpp"
#include "tests/support/memory_directory.hpp"

namespace tests {
namespace {

using journal::Offset;

infra::EmbeddedJournalOptions options_for(const support::TemporaryDirectory& directory,
                                          std::shared_ptr<support::FaultFileSystem> disk) {
    infra::EmbeddedJournalOptions options;
    options.directory = directory.path() / "journal";
    options.shards = 2;
    options.write_buffer_bytes = 64 << 10;  // RocksDB's least: buffers fill and are flushed.
    options.tail_bytes_max = 64 << 10;
    options.mark_sync_interval = std::chrono::milliseconds(1);
    options.files = std::move(disk);
    return options;
}

// What a reader was given, by shard and offset.
using Seen = std::map<std::pair<journal::ShardNumber, Offset>, std::string>;

void read_on(journal::Journal& log, journal::ShardNumber shard, Offset after, Seen& seen) {
    for (;;) {
        const auto some = log.read(shard, after, 1 << 20);
        if (!some || some->empty()) return;
        for (const auto& record : *some) seen[{shard, record.offset}] = *record.bytes;
        after = some->back().offset;
    }
}

// Appends by chance, reads along, and stops at a moment that chance decides.
void work_until_the_power_fails(infra::EmbeddedJournal& log, support::FaultFileSystem& disk,
                                std::mt19937_64& random, Seen& seen) {
    std::mutex mutex;
    std::condition_variable woken;
    bool is_new = false;
    std::vector<std::shared_ptr<void>> subscriptions;
    std::vector<std::unique_ptr<journal::Session>> sessions;
    for (journal::ShardNumber shard = 0; shard < 2; ++shard) {
        subscriptions.push_back(log.subscribe(shard, [&] {
            const std::lock_guard lock(mutex);
            is_new = true;
            woken.notify_all();
        }));
        sessions.push_back(log.open_session(shard));
    }
    const std::size_t rounds = 1 + random() % 12;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (std::size_t i = random() % 4 + 1; i > 0; --i) {
            std::vector<journal::Bytes> batch;
            for (std::size_t k = random() % 3 + 1; k > 0; --k) {
                const std::string text = std::to_string(random()) + ' ';
                batch.push_back(
                    std::make_shared<const std::string>(text + std::string(random() % 6000, 'x')));
            }
            sessions[random() % 2]->append(std::move(batch));
        }
        if (round + 1 == rounds) break;  // The last ones are cut off on their way.
        std::unique_lock lock(mutex);
        woken.wait(lock, [&] { return is_new; });
        is_new = false;
        lock.unlock();
        for (journal::ShardNumber shard = 0; shard < 2; ++shard) read_on(log, shard, 0, seen);
    }
    disk.power_off();
}

// Nothing if all that was seen is there after power failures; else what is wrong.
std::string loss_after_power_failures(std::uint64_t seed, bool sync) {
    std::mt19937_64 random(seed);
    const support::MemoryDirectory directory;
    const auto disk = std::make_shared<support::FaultFileSystem>();
    auto options = options_for(directory, disk);
    options.sync = sync;
    Seen seen;
    try {
        for (int life = 0; life < 3; ++life) {
            auto log = std::make_unique<infra::EmbeddedJournal>(options);
            Seen now;
            for (journal::ShardNumber shard = 0; shard < 2; ++shard) read_on(*log, shard, 0, now);
            for (const auto& [place, bytes] : seen) {
                if (now[place] != bytes) {
                    return "offset " + std::to_string(place.second) + " is gone or another";
                }
            }
            seen = now;
            work_until_the_power_fails(*log, *disk, random, seen);
            log.reset();
            disk->power_on(random());
        }
    } catch (const std::runtime_error& refusal) {
        return refusal.what();
    }
    return {};
}

TEST(PowerFailure, LosesNothingThatWasRead) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        ASSERT_EQ(loss_after_power_failures(seed, true), "") << "seed " << seed;
    }
}

TEST(PowerFailure, LosesNothingThatWasReadOver500SeedsSlow) {
    for (std::uint64_t seed = 1000; seed < 1500; ++seed) {
        ASSERT_EQ(loss_after_power_failures(seed, true), "") << "seed " << seed;
    }
}

// The test above can fail: a journal that does not sync is found out.
TEST(PowerFailure, AMissingSyncIsNoticed) {
    int noticed = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        if (!loss_after_power_failures(seed, false).empty()) ++noticed;
    }
    EXPECT_GT(noticed, 0);
}

}  // namespace
}  // namespace tests
