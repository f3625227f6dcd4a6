#include "infra/kafka/producers.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

namespace infra {

using journal::JournalError;

namespace {

KafkaProperties producer_properties(const KafkaProducersOptions& options) {
    const std::string timeout_ms = std::to_string(options.delivery_timeout.count());
    return {{"enable.idempotence", "true"},
            {"enable.gapless.guarantee", "true"},
            {"acks", "all"},
            {"linger.ms", "0"},
            {"message.timeout.ms", timeout_ms},
            {"request.timeout.ms", timeout_ms},
            {"retry.backoff.ms", "20"},
            {"message.max.bytes", std::to_string(kafka_record_bytes_max)},
            {"queue.buffering.max.messages", "1000000"},
            {"delivery.report.only.error", "true"}};
}

}  // namespace

// One client of librdkafka. Its session may have ended while it is still being destroyed.
class KafkaProducers::Producer {
public:
    Producer(KafkaProducers& all, journal::ShardNumber shard, std::function<void()> wake)
        : all_(all), shard_(static_cast<std::int32_t>(shard)), wake_(std::move(wake)) {
        events_.failed = [this](std::string_view why) { fail(why); };
        try {
            client_ = make_kafka_client(all.options_.connection, RD_KAFKA_PRODUCER,
                                        producer_properties(all.options_), events_);
            topic_ = kafka_topic(*client_, all.options_.topic);
        } catch (const std::exception& failure) {
            all.options_.report(failure.what());
            set_error(JournalError::unavailable);
            return;
        }
        const KafkaQueue reports(rd_kafka_queue_get_main(client_.get()));
        rd_kafka_queue_cb_event_enable(reports.get(), note_news, this);
    }
    ~Producer() {
        if (!client_) return;
        const KafkaQueue reports(rd_kafka_queue_get_main(client_.get()));
        rd_kafka_queue_cb_event_enable(reports.get(), nullptr, nullptr);
        drop_queued();
    }
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    void send(const std::vector<journal::Bytes>& records) {
        for (const auto& record : records) {
            if (error_ != 0) return;
            // The payload is copied, so librdkafka's missing const does no harm.
            const int result = rd_kafka_produce(topic_.get(), shard_, RD_KAFKA_MSG_F_COPY,
                                                const_cast<char*>(record->data()), record->size(),
                                                nullptr, 0, nullptr);
            if (result != 0) fail(rd_kafka_err2name(rd_kafka_last_error()));
        }
    }
    std::optional<JournalError> error() const {
        const std::uint8_t error = error_;
        if (error == 0) return std::nullopt;
        return static_cast<JournalError>(error - 1);
    }
    // Of the thread that looks after producers.
    void serve_reports() {
        if (client_) {
            while (rd_kafka_poll(client_.get(), 0) > 0) {
            }
        }
        if (error_ != 0 && !is_owner_woken_) {
            is_owner_woken_ = true;
            wake_();
        }
    }
    void end() { has_ended_ = true; }
    bool has_ended() const { return has_ended_; }

private:
    static void note_news(rd_kafka_t* /*client*/, void* self) {
        static_cast<Producer*>(self)->all_.look_again();
    }
    void set_error(JournalError error) {
        error_ = static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(error));
    }
    void fail(std::string_view why) {
        if (error_ == 0) {
            all_.options_.report("shard " + std::to_string(shard_) +
                                 ": an entry was not delivered: " + std::string(why));
        }
        set_error(JournalError::outcome_unknown);
        drop_queued();
        all_.look_again();
    }
    // What was not sent must not follow what failed.
    void drop_queued() {
        rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                          RD_KAFKA_PURGE_F_NON_BLOCKING);
    }

    KafkaProducers& all_;
    std::int32_t shard_;
    std::function<void()> wake_;
    KafkaEvents events_;
    std::atomic<std::uint8_t> error_ = 0;  // 1 + a JournalError; 0 while there is none.
    std::atomic<bool> has_ended_ = false;
    bool is_owner_woken_ = false;
    KafkaClient client_;
    KafkaTopic topic_;
};

class KafkaProducers::Writer final : public journal::Session {
public:
    explicit Writer(std::shared_ptr<Producer> producer) : producer_(std::move(producer)) {}
    ~Writer() override { producer_->end(); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void append(std::vector<journal::Bytes> records) override { producer_->send(records); }
    std::optional<JournalError> error() const override { return producer_->error(); }

private:
    std::shared_ptr<Producer> producer_;
};

KafkaProducers::KafkaProducers(KafkaProducersOptions options) : options_(std::move(options)) {
    thread_ = std::thread([this] { run(); });
}

KafkaProducers::~KafkaProducers() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

std::unique_ptr<journal::Session> KafkaProducers::open(journal::ShardNumber shard,
                                                       std::function<void()> wake) {
    auto producer = std::make_shared<Producer>(*this, shard, std::move(wake));
    {
        const std::lock_guard lock(mutex_);
        producers_.push_back(producer);
        has_news_ = true;
    }
    changed_.notify_one();
    return std::make_unique<Writer>(std::move(producer));
}

void KafkaProducers::look_again() {
    {
        const std::lock_guard lock(mutex_);
        has_news_ = true;
    }
    changed_.notify_one();
}

void KafkaProducers::run() {
    // Ended sessions are found within this time; everything else announces itself.
    constexpr std::chrono::milliseconds pause{200};
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
        changed_.wait_for(lock, pause, [this] { return has_news_ || is_stopping_; });
        has_news_ = false;
        // Those that nobody else holds: destroying one may take long, and is this thread's work.
        std::vector<std::shared_ptr<Producer>> ended;
        std::erase_if(producers_, [&ended](auto& one) {
            if (!one->has_ended() || one.use_count() > 1) return false;
            ended.push_back(std::move(one));
            return true;
        });
        auto serving = producers_;
        lock.unlock();
        for (const auto& producer : serving) {
            if (!producer->has_ended()) producer->serve_reports();
        }
        serving.clear();
        ended.clear();
        lock.lock();
    }
}

}  // namespace infra
