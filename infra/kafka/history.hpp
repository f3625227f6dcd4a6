// Reads records that are no longer in memory, from any offset, with one consumer for all shards.
//
// A read waits for the brokers, for a bounded time: it asks for records that are known to be there.
// Whoever reads on from where a read ended is served from what was fetched ahead.
// Threads: all functions may be called from any thread; reads of one shard follow one another.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
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
    };
    enum class Look : std::uint8_t { record, end, nothing, loss };

    bool start(Cursor& cursor, std::int32_t shard, journal::Offset after);
    void stop(Cursor& cursor, std::int32_t shard);
    Look look(Cursor& cursor, std::int32_t shard, journal::Offset last,
              std::chrono::steady_clock::time_point deadline);

    std::chrono::milliseconds patience_;
    KafkaEvents events_;
    KafkaClient client_;
    KafkaTopic topic_;
    std::vector<Cursor> cursors_;
};

}  // namespace infra
