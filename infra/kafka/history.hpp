// Reads records that are no longer in memory, from any offset, with one consumer for all shards.
//
// A read waits for the brokers, for a bounded time: it asks for records that are known to be there.
// Whoever reads on from where a read ended, or a little further on, is served from what was fetched
// ahead. A shard that nobody reads any more is not fetched any more.
// Threads: all functions may be called from any thread; reads of one shard follow one another.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/result.hpp"
#include "infra/kafka/client.hpp"
#include "journal/journal.hpp"

namespace infra {

class KafkaHistory {
public:
    KafkaHistory(const KafkaConnection& connection, const std::string& topic,
                 journal::ShardNumber shards, std::chrono::milliseconds patience,
                 std::function<void(std::string_view)> report);
    ~KafkaHistory();
    KafkaHistory(const KafkaHistory&) = delete;
    KafkaHistory& operator=(const KafkaHistory&) = delete;

    // Records from behind `after` to `last`, which is there, as many as fit. Failures:
    // `unavailable` when the brokers did not give them in time, `broken` when they have lost some.
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        journal::ShardNumber shard, journal::Offset after, journal::Offset last,
        std::size_t bytes_max);

private:
    struct Cursor {
        std::mutex mutex;
        bool is_started = false;
        journal::Offset position = 0;  // Of the last record given.
        KafkaMessage ahead;            // Fetched, and not given yet.
        std::chrono::steady_clock::time_point used_at;
    };
    enum class Look : std::uint8_t { record, end, nothing, loss };

    bool place(Cursor& cursor, std::int32_t shard, journal::Offset after);
    void stop(Cursor& cursor, std::int32_t shard);
    void stop_idle();
    Look look(Cursor& cursor, std::int32_t shard, journal::Offset last,
              std::chrono::steady_clock::time_point deadline);

    std::chrono::milliseconds patience_;
    KafkaEvents events_;
    KafkaClient client_;
    KafkaTopic topic_;
    std::vector<Cursor> cursors_;

    std::mutex mutex_;
    std::condition_variable ended_;
    bool is_ending_ = false;
    std::thread idle_watch_;
};

}  // namespace infra
