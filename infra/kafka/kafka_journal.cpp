#include "infra/kafka/kafka_journal.hpp"

#include <array>
#include <cassert>
#include <stdexcept>
#include <utility>

#include "infra/kafka/topics.hpp"

namespace infra {

using journal::JournalError;
using journal::Offset;
using journal::ShardNumber;

namespace {

// A session of a shard that is broken.
class BrokenSession final : public journal::Session {
public:
    void append(std::vector<journal::Bytes> /*records*/) override {}
    std::optional<JournalError> error() const override { return JournalError::broken; }
};

}  // namespace

KafkaJournal::KafkaJournal(KafkaJournalOptions options) : options_(std::move(options)) {
    options_.report = rarely(std::move(options_.report));
    events_.report = options_.report;
    const int partitions = check_topic(options_.connection, journal_topic(options_.topic, 0));
    // A fetch that waits at the broker is answered as soon as there is something.
    consumer_ = make_kafka_consumer(options_.connection, {{"fetch.wait.max.ms", "100"}}, events_);
    topic_ = kafka_topic(*consumer_, options_.topic);
    queue_.reset(rd_kafka_queue_new(consumer_.get()));
    for (std::int32_t shard = 0; shard < partitions; ++shard) {
        const Offset end = find_end(shard);
        auto one = std::make_unique<Shard>();
        one->tail = std::make_unique<Tail>(end, options_.tail_bytes_max);
        one->wakers = std::make_unique<Wakers>();
        shards_.push_back(std::move(one));
        const auto next = static_cast<std::int64_t>(end);
        if (rd_kafka_consume_start_queue(topic_.get(), shard, next, queue_.get()) != 0) {
            throw std::runtime_error("cannot read the topic " + options_.topic + ": " +
                                     rd_kafka_err2str(rd_kafka_last_error()));
        }
    }
    std::vector<Offset> ends;
    for (const auto& shard : shards_) ends.push_back(shard->tail->end());
    ends_ = std::make_unique<KafkaEnds>(options_.connection, options_.topic, ends, options_.report);
    history_ = std::make_unique<KafkaHistory>(options_.connection, options_.topic, shards(),
                                              options_.read_timeout, options_.report);
    producers_ = std::make_unique<KafkaProducers>(
        KafkaProducersOptions{.connection = options_.connection,
                              .topic = options_.topic,
                              .delivery_timeout = options_.delivery_timeout,
                              .report = options_.report});
    follower_ = std::thread([this] { follow(); });
}

KafkaJournal::~KafkaJournal() {
    producers_.reset();
    is_stopping_ = true;
    rd_kafka_queue_yield(queue_.get());
    follower_.join();
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        rd_kafka_consume_stop(topic_.get(), static_cast<std::int32_t>(shard));
    }
}

// A topic that has just been made, and a broker that has just come, need a moment.
Offset KafkaJournal::find_end(std::int32_t shard) {
    constexpr std::chrono::milliseconds pause{20};
    const std::string where = "shard " + std::to_string(shard) + " of the topic " + options_.topic;
    const auto patience = options_.connection.patience;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::int64_t first = 0;
    std::int64_t end = 0;
    while (true) {
        const auto error =
            rd_kafka_query_watermark_offsets(consumer_.get(), options_.topic.c_str(), shard, &first,
                                             &end, static_cast<int>(patience.count()));
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) break;
        if (std::chrono::steady_clock::now() >= deadline) {
            throw std::runtime_error("cannot find the end of " + where + ": " +
                                     rd_kafka_err2str(error));
        }
        std::this_thread::sleep_for(pause);
    }
    if (first != 0) {
        throw std::runtime_error(where + " begins at offset " + std::to_string(first) +
                                 ": the records before it were deleted, and the journal needs all "
                                 "of them");
    }
    return static_cast<Offset>(end);
}

ShardNumber KafkaJournal::shards() const { return static_cast<ShardNumber>(shards_.size()); }

std::unique_ptr<journal::Session> KafkaJournal::open_session(ShardNumber shard) {
    assert(shard < shards_.size());
    if (shards_[shard]->is_broken) return std::make_unique<BrokenSession>();
    return producers_->open(shard, [wakers = shards_[shard]->wakers.get()] { wakers->wake(); });
}

domain::Result<std::vector<journal::Record>, JournalError> KafkaJournal::read(
    ShardNumber shard, Offset after, std::size_t bytes_max) {
    assert(shard < shards_.size());
    Shard& one = *shards_[shard];
    if (one.is_broken) return domain::Failure(JournalError::broken);
    if (auto records = one.tail->read(after, bytes_max)) return *std::move(records);

    auto records = history_->read(shard, after, one.tail->end(), bytes_max);
    if (!records && records.error() == JournalError::broken) {
        one.is_broken = true;
        is_broken_ = true;
    }
    return records;
}

Offset KafkaJournal::end(ShardNumber shard) const {
    assert(shard < shards_.size());
    return shards_[shard]->tail->end();
}

std::optional<journal::KnownEnd> KafkaJournal::known_end(ShardNumber shard) const {
    assert(shard < shards_.size());
    return ends_->known(shard);
}

std::shared_ptr<void> KafkaJournal::subscribe(ShardNumber shard, std::function<void()> wake) {
    assert(shard < shards_.size());
    return shards_[shard]->wakers->add(std::move(wake));
}

void KafkaJournal::follow() {
    while (!is_stopping_) {
        rd_kafka_poll(consumer_.get(), 0);
        take(next_arrived());
    }
}

KafkaJournal::Arrived KafkaJournal::next_arrived() {
    constexpr int wait_ms = 200;
    constexpr std::size_t more_max = 2000;
    std::array<rd_kafka_message_t*, more_max> more{};
    Arrived arrived;
    KafkaMessage first(rd_kafka_consume_queue(queue_.get(), wait_ms));
    if (!first) return arrived;
    arrived.push_back(std::move(first));
    const auto count = rd_kafka_consume_batch_queue(queue_.get(), 0, more.data(), more.size());
    for (std::int64_t i = 0; i < count; ++i)
        arrived.emplace_back(more[static_cast<std::size_t>(i)]);
    return arrived;
}

void KafkaJournal::take(const Arrived& arrived) {
    if (arrived.empty()) return;
    std::vector<std::vector<journal::Record>> records(shards_.size());
    for (const auto& message : arrived) {
        const auto shard = static_cast<std::size_t>(message->partition);
        if (message->partition < 0 || shard >= shards_.size()) continue;
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (is_loss(message->err)) break_off(*shards_[shard], *message);
            continue;
        }
        const Offset offset = static_cast<Offset>(message->offset) + 1;
        const Offset last =
            records[shard].empty() ? shards_[shard]->tail->end() : records[shard].back().offset;
        if (offset <= last) continue;
        records[shard].push_back({offset, std::make_shared<const std::string>(value_of(*message))});
    }
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
        if (records[shard].empty() || shards_[shard]->is_broken) continue;
        shards_[shard]->tail->add(std::move(records[shard]));
        shards_[shard]->wakers->wake();
    }
}

void KafkaJournal::break_off(Shard& shard, const rd_kafka_message_t& failure) {
    shard.is_broken = true;
    is_broken_ = true;
    options_.report("shard " + std::to_string(failure.partition) +
                    " stopped for good: " + rd_kafka_message_errstr(&failure));
    shard.wakers->wake();
}

}  // namespace infra
