#include "infra/kafka/committed.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace infra {
namespace {

constexpr int wait_ms = 100;
constexpr std::chrono::milliseconds pause{20};
// Records at the end that are looked at first. A transaction leaves its record and a marker.
constexpr std::int64_t window_least = 64;
constexpr std::int64_t window_growth = 16;

class Partition {
public:
    Partition(const KafkaConnection& connection, const std::string& topic, std::int32_t partition,
              const std::function<bool()>& may_wait, KafkaEvents& events)
        : client_(make_kafka_consumer(connection,
                                      {{"isolation.level", "read_committed"},
                                       {"enable.partition.eof", "true"},
                                       {"fetch.wait.max.ms", "10"}},
                                      events)),
          topic_(kafka_topic(*client_, topic)),
          name_(topic),
          partition_(partition),
          may_wait_(may_wait) {}

    struct Bounds {
        std::int64_t first = 0;
        std::int64_t end = 0;
    };
    Bounds bounds() {
        Bounds found;
        while (true) {
            const auto error = rd_kafka_query_watermark_offsets(
                client_.get(), name_.c_str(), partition_, &found.first, &found.end, wait_ms * 10);
            if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return found;
            require_time(rd_kafka_err2str(error));
            std::this_thread::sleep_for(pause);
        }
    }

    // The last committed value from `first` to the end, which is at `end` or behind it.
    std::optional<std::string> last_from(std::int64_t first, std::int64_t end) {
        if (rd_kafka_consume_start(topic_.get(), partition_, first) != 0) {
            throw std::runtime_error("cannot read the topic " + name_);
        }
        std::optional<std::string> last;
        try {
            while (!take_next(last, end)) require_time("its end is not reached");
        } catch (...) {
            rd_kafka_consume_stop(topic_.get(), partition_);
            throw;
        }
        rd_kafka_consume_stop(topic_.get(), partition_);
        return last;
    }

private:
    void require_time(const std::string& why) {
        rd_kafka_poll(client_.get(), 0);
        if (!may_wait_()) throw std::runtime_error("cannot read the topic " + name_ + ": " + why);
    }

    // True at the end.
    bool take_next(std::optional<std::string>& last, std::int64_t end) {
        const KafkaMessage message(rd_kafka_consume(topic_.get(), partition_, wait_ms));
        if (!message) return false;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            last = value_of(*message);
        } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            std::int64_t low = 0;
            std::int64_t high = 0;
            rd_kafka_get_watermark_offsets(client_.get(), name_.c_str(), partition_, &low, &high);
            return message->offset >= end && message->offset >= high;
        } else if (is_loss(message->err)) {
            throw std::runtime_error("the topic " + name_ +
                                     " is damaged: " + rd_kafka_message_errstr(message.get()));
        }
        return false;
    }

    KafkaClient client_;
    KafkaTopic topic_;
    std::string name_;
    std::int32_t partition_;
    const std::function<bool()>& may_wait_;
};

}  // namespace

std::optional<std::string> last_committed(const KafkaConnection& connection,
                                          const std::string& topic, std::int32_t partition,
                                          const std::function<bool()>& may_wait,
                                          KafkaEvents& events) {
    Partition source(connection, topic, partition, may_wait, events);
    const auto [first, end] = source.bounds();
    for (std::int64_t window = window_least;; window *= window_growth) {
        const std::int64_t from = std::max(first, end - window);
        auto last = source.last_from(from, end);
        if (last || from == first) return last;
    }
}

}  // namespace infra
