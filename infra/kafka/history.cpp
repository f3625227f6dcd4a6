#include "infra/kafka/history.hpp"

#include <algorithm>
#include <utility>

namespace infra {

using journal::JournalError;
using journal::Offset;
using journal::Record;
using std::chrono::steady_clock;

KafkaHistory::KafkaHistory(const KafkaConnection& connection, const std::string& topic,
                           journal::ShardNumber shards, std::chrono::milliseconds patience,
                           std::function<void(std::string_view)> report)
    : patience_(patience),
      events_{.report = std::move(report)},
      client_(make_kafka_consumer(connection,
                                  {{"enable.partition.eof", "true"},
                                   // A position that is sought waits for the fetch that runs.
                                   {"fetch.wait.max.ms", "10"},
                                   // Of a shard. Once they are full, librdkafka looks at them
                                   // again after a second.
                                   {"queued.max.messages.kbytes", "16384"}},
                                  events_)),
      topic_(kafka_topic(*client_, topic)),
      cursors_(shards) {
    idle_watch_ = std::thread([this] { stop_idle(); });
}

KafkaHistory::~KafkaHistory() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    ended_.notify_one();
    idle_watch_.join();
    for (std::size_t shard = 0; shard < cursors_.size(); ++shard) {
        stop(cursors_[shard], static_cast<std::int32_t>(shard));
    }
}

// Sees to it that what follows `after` is what is fetched next, or soon.
bool KafkaHistory::place(Cursor& cursor, std::int32_t shard, Offset after) {
    constexpr Offset skipped_max = 2000;
    cursor.used_at = steady_clock::now();
    const bool is_near =
        cursor.is_started && after >= cursor.position && after - cursor.position <= skipped_max;
    // Kafka counts from 0, the port from 1: what follows `after` is at `after`.
    const auto first = static_cast<std::int64_t>(after);
    if (is_near) {
        if (cursor.ahead && cursor.ahead->offset < first) cursor.ahead.reset();
    } else {
        stop(cursor, shard);
        if (rd_kafka_consume_start(topic_.get(), shard, first) != 0) return false;
        cursor.is_started = true;
    }
    cursor.position = after;
    return true;
}

void KafkaHistory::stop(Cursor& cursor, std::int32_t shard) {
    cursor.ahead.reset();
    if (std::exchange(cursor.is_started, false)) rd_kafka_consume_stop(topic_.get(), shard);
}

void KafkaHistory::stop_idle() {
    constexpr std::chrono::seconds idle{1};
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, idle, [this] { return is_ending_; })) {
        for (std::size_t shard = 0; shard < cursors_.size(); ++shard) {
            const std::unique_lock use(cursors_[shard].mutex, std::try_to_lock);
            if (!use || steady_clock::now() - cursors_[shard].used_at < idle) continue;
            stop(cursors_[shard], static_cast<std::int32_t>(shard));
        }
    }
}

KafkaHistory::Look KafkaHistory::look(Cursor& cursor, std::int32_t shard, Offset last,
                                      steady_clock::time_point deadline) {
    while (!cursor.ahead) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
        const int wait_ms = std::max(0, static_cast<int>(left.count()));
        KafkaMessage message(rd_kafka_consume(topic_.get(), shard, wait_ms));
        if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (message->offset >= 0 && static_cast<Offset>(message->offset) >= cursor.position) {
                cursor.ahead = std::move(message);
            }
        } else if (message && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            // A new leader may not yet know how far all have come; then it says an earlier end.
            if (static_cast<Offset>(message->offset) >= last) return Look::end;
        } else if (message && is_loss(message->err)) {
            events_.report("the journal cannot be read from offset " +
                           std::to_string(cursor.position) + ": " +
                           rd_kafka_message_errstr(message.get()));
            return Look::loss;
        }
        if (!cursor.ahead && steady_clock::now() >= deadline) return Look::nothing;
    }
    return Look::record;
}

domain::Result<std::vector<Record>, JournalError> KafkaHistory::read(journal::ShardNumber shard,
                                                                     Offset after, Offset last,
                                                                     std::size_t bytes_max) {
    Cursor& cursor = cursors_[shard];
    const auto partition = static_cast<std::int32_t>(shard);
    const auto deadline = steady_clock::now() + patience_;
    const std::lock_guard lock(cursor.mutex);
    rd_kafka_poll(client_.get(), 0);
    if (!place(cursor, partition, after)) {
        return domain::Failure(JournalError::unavailable);
    }
    std::vector<Record> records;
    std::size_t bytes = 0;
    Look found = Look::end;
    while (cursor.position < last) {
        found = look(cursor, partition, last, deadline);
        if (found != Look::record) break;
        const rd_kafka_message_t& message = *cursor.ahead;
        const Offset offset = static_cast<Offset>(message.offset) + 1;
        bytes += message.len;
        if (offset > last || (bytes > bytes_max && !records.empty())) break;
        records.push_back({offset, std::make_shared<const std::string>(value_of(message))});
        cursor.position = offset;
        cursor.ahead.reset();
    }
    // What is behind is in memory.
    const bool is_done = cursor.position >= last;
    if (found == Look::end || found == Look::loss || is_done) stop(cursor, partition);
    if (!records.empty()) return records;
    if (found == Look::loss) return domain::Failure(JournalError::broken);
    if (found == Look::nothing) return domain::Failure(JournalError::unavailable);
    return records;
}

}  // namespace infra
