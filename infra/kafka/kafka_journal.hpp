// The journal on Apache Kafka: a shard is a partition of one topic, a record is a message of it.
//
// A record is shown once a consumer is given it: all replicas in step have it then. One consumer
// follows all shards and keeps the newest records in memory; older ones are read again from the
// brokers (history.hpp). Offsets are Kafka's plus one. Every session has an idempotent producer of
// its own; anything irregular ends it with `outcome_unknown`. Other processes can append: who may
// is decided from the log (journal/validity.hpp), and nothing here rests on transactions.
//
// Traps of librdkafka (2.0.2), and what is done about each:
//   - Nagle's algorithm is on, fetches that found nothing or a full queue pause for 500 ms, a lost
//     connection is tried again after up to 10 s: all set to milliseconds.
//   - A connection whose packets are dropped is used again when TCP tries again, which takes as
//   long
//     as they were dropped: its socket gives up after seconds, and so does one that is not made.
//   - Who asks for the ends of partitions goes on asking leaders that were replaced: then it is
//     told to look for them again (ends.hpp).
//   - A batch call waits until its batch is full: the first message is awaited alone, and what is
//     there already is taken with it.
//   - An idempotent producer goes on behind a message that failed. `enable.gapless.guarantee` ends
//     it, but not after time-outs: then the queue is purged at once, and what slips through is
//     void, because it does not follow.
//   - A message that timed out may still land: its outcome is unknown, never "not written".
//   - A reader whose queue is full is not fetched for within a second after it has room: the queue
//     of old records holds what is read in that time.
//   - A position that is no longer there is replaced by the end without a word: here it is an
//     error, and the shard is broken. So is a record whose checksum is wrong, behind which the
//     consumer would go on.
//   - Reading waits behind transactions that a stranger left open, by default: here all is read,
//   and
//     validity judges it. Markers of transactions leave gaps between offsets.
//   - Destroying a client may take long: a thread of its own does it.
//   - A missing topic is made when a producer asks for it, if brokers allow that: topics are
//   checked
//     before anything is made that could ask.
//   - The broker refuses time stamps of a clock that is ahead: the topic has the broker's own.
//   - Tokens of OAUTHBEARER are asked for where the application polls: a background thread does
//     it, and reads them from a file, because Debian's librdkafka cannot fetch them.
//
// Threads: as the port says. Start-up does not depend on the size of the journal.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "infra/journal/tail.hpp"
#include "infra/journal/wakers.hpp"
#include "infra/kafka/client.hpp"
#include "infra/kafka/ends.hpp"
#include "infra/kafka/history.hpp"
#include "infra/kafka/producers.hpp"
#include "journal/journal.hpp"

namespace infra {

struct KafkaJournalOptions {
    KafkaConnection connection;
    std::string topic = "daybook.journal";
    // The records of each shard that are kept in memory for its readers, the newest.
    std::size_t tail_bytes_max = 16 << 20;
    std::chrono::milliseconds delivery_timeout{4000};
    // How long a read of older records waits for the brokers.
    std::chrono::milliseconds read_timeout{2000};
    // Takes a line for the log.
    std::function<void(std::string_view)> report = [](std::string_view) {};
};

class KafkaJournal final : public journal::Journal {
public:
    // Checks the topic and finds the ends of its shards. Throws std::runtime_error that says what
    // is wrong.
    explicit KafkaJournal(KafkaJournalOptions options);
    ~KafkaJournal() override;
    KafkaJournal(const KafkaJournal&) = delete;
    KafkaJournal& operator=(const KafkaJournal&) = delete;

    journal::ShardNumber shards() const override;
    std::unique_ptr<journal::Session> open_session(journal::ShardNumber shard) override;
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        journal::ShardNumber shard, journal::Offset after, std::size_t bytes_max) override;
    journal::Offset end(journal::ShardNumber shard) const override;
    std::optional<journal::KnownEnd> known_end(journal::ShardNumber shard) const override;
    std::shared_ptr<void> subscribe(journal::ShardNumber shard,
                                    std::function<void()> wake) override;

    const std::string& topic() const { return options_.topic; }

    // A shard that has lost records, or met damaged ones, gives and takes nothing any more.
    bool is_broken() const { return is_broken_; }

private:
    struct Shard {
        std::unique_ptr<Tail> tail;
        std::unique_ptr<Wakers> wakers;
        std::atomic<bool> is_broken = false;
    };
    // A message, or an error of one, on its way to its shard.
    using Arrived = std::vector<KafkaMessage>;

    journal::Offset find_end(std::int32_t shard);
    void follow();
    Arrived next_arrived();
    void take(const Arrived& arrived);
    void break_off(Shard& shard, const rd_kafka_message_t& failure);

    KafkaJournalOptions options_;
    KafkaEvents events_;
    std::vector<std::unique_ptr<Shard>> shards_;
    std::atomic<bool> is_broken_ = false;
    std::atomic<bool> is_stopping_ = false;
    std::unique_ptr<KafkaHistory> history_;
    std::unique_ptr<KafkaEnds> ends_;
    KafkaClient consumer_;
    KafkaTopic topic_;
    KafkaQueue queue_;
    std::thread follower_;
    std::unique_ptr<KafkaProducers> producers_;
};

}  // namespace infra
