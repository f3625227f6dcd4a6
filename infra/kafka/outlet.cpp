#include "infra/kafka/outlet.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "infra/kafka/committed.hpp"

namespace infra {
namespace {

using projections::CloudEvent;
using projections::OutletError;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_interval{500};

rd_kafka_vu_t topic_part(const std::string& topic) {
    rd_kafka_vu_t part{};
    part.vtype = RD_KAFKA_VTYPE_TOPIC;
    part.u.cstr = topic.c_str();
    return part;
}

// What is sent is copied, so librdkafka's missing const does no harm.
rd_kafka_vu_t bytes_part(rd_kafka_vtype_t type, std::string_view bytes) {
    rd_kafka_vu_t part{};
    part.vtype = type;
    part.u.mem.ptr = const_cast<char*>(bytes.data());
    part.u.mem.size = bytes.size();
    return part;
}

rd_kafka_vu_t copy_part() {
    rd_kafka_vu_t part{};
    part.vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    part.u.i = RD_KAFKA_MSG_F_COPY;
    return part;
}

std::string header_of(std::string_view attribute) {
    if (attribute == "datacontenttype") return "content-type";
    return "ce_" + std::string(attribute);
}

bool is_taken_away(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR__FENCED || error == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
           error == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

}  // namespace

std::vector<KafkaTopicPlan> outlet_topics(const std::string& prefix, int partitions,
                                          std::int64_t retention_ms) {
    std::vector<KafkaTopicPlan> plans;
    for (const domain::Kind kind : projections::published_kinds()) {
        plans.push_back(
            public_topic(projections::topic_of(prefix, kind), partitions, retention_ms));
    }
    plans.push_back(relay_topic(prefix + ".relay", partitions));
    return plans;
}

KafkaOutlet::KafkaOutlet(KafkaOutletOptions options)
    : options_(std::move(options)), relay_topic_(options_.topic_prefix + ".relay") {
    options_.report = rarely(std::move(options_.report));
    events_.report = options_.report;
}

bool KafkaOutlet::may_wait(Time deadline) const {
    return !is_stopping_ && steady_clock::now() < deadline;
}

domain::Result<std::string, OutletError> KafkaOutlet::take() try {
    release();
    const Time deadline = steady_clock::now() + options_.timeout;
    const std::string timeout_ms = std::to_string(options_.timeout.count());
    producer_ = make_kafka_client(
        options_.connection, RD_KAFKA_PRODUCER,
        {{"transactional.id", relay_topic_ + '.' + std::to_string(options_.shard)},
         {"transaction.timeout.ms", timeout_ms},
         {"linger.ms", "0"},
         {"retry.backoff.ms", "20"},
         {"partitioner", "murmur2"},
         {"message.max.bytes", std::to_string(kafka_record_bytes_max)},
         {"queue.buffering.max.messages", "1000000"},
         {"delivery.report.only.error", "true"}},
        events_);
    if (const KafkaError error = begin(deadline)) {
        return domain::Failure(failed("taken", *error));
    }
    const auto sent = last_sent(deadline);
    return sent ? sent->position : "";
} catch (const std::exception& failure) {
    release();
    options_.report(failure.what());
    return domain::Failure(OutletError::unavailable);
}

// Ends what another relay had begun.
KafkaError KafkaOutlet::begin(Time deadline) {
    while (true) {
        KafkaError error(
            rd_kafka_init_transactions(producer_.get(), static_cast<int>(look_interval.count())));
        if (!error || rd_kafka_error_is_retriable(error.get()) == 0 || !may_wait(deadline)) {
            return error;
        }
    }
}

std::optional<KafkaOutlet::Sent> KafkaOutlet::last_sent(Time deadline) {
    const auto text = last_committed(
        options_.connection, relay_topic_, static_cast<std::int32_t>(options_.shard),
        [this, deadline] { return may_wait(deadline); }, events_);
    if (!text) return std::nullopt;
    const auto line = text->find('\n');
    if (line == std::string::npos) throw std::runtime_error("a position cannot be read");
    return Sent{text->substr(0, line), text->substr(line + 1)};
}

domain::Result<bool, OutletError> KafkaOutlet::was_ours() try {
    const auto sent = last_sent(steady_clock::now() + options_.timeout);
    return !sent || sent->node == options_.node;
} catch (const std::exception& failure) {
    options_.report(failure.what());
    return domain::Failure(OutletError::unavailable);
}

std::optional<OutletError> KafkaOutlet::publish(std::span<const CloudEvent> events,
                                                const std::string& position) {
    if (const KafkaError error{rd_kafka_begin_transaction(producer_.get())}) {
        return failed("published", *error);
    }
    for (const CloudEvent& event : events) {
        if (const KafkaError error = send(event)) return failed("published", *error);
    }
    if (const KafkaError error = send_position(position)) return failed("published", *error);
    // What is left of the transaction's time.
    constexpr int all = -1;
    if (const KafkaError error{rd_kafka_commit_transaction(producer_.get(), all)}) {
        return failed("published", *error);
    }
    return std::nullopt;
}

KafkaError KafkaOutlet::send(const CloudEvent& event) {
    KafkaOwner<rd_kafka_headers_t> headers(rd_kafka_headers_new(16));
    for (const auto& [name, value] : projections::attributes_of(event)) {
        const std::string header = header_of(name);
        rd_kafka_header_add(headers.get(), header.data(), static_cast<std::int64_t>(header.size()),
                            value.data(), static_cast<std::int64_t>(value.size()));
    }
    const std::string topic = projections::topic_of(options_.topic_prefix, event.subject.kind);
    rd_kafka_vu_t headers_part{};
    headers_part.vtype = RD_KAFKA_VTYPE_HEADERS;
    headers_part.u.headers = headers.get();
    const std::array parts = {topic_part(topic), copy_part(),
                              bytes_part(RD_KAFKA_VTYPE_KEY, event.subject.id),
                              bytes_part(RD_KAFKA_VTYPE_VALUE, event.data), headers_part};
    KafkaError error(rd_kafka_produceva(producer_.get(), parts.data(), parts.size()));
    // A message that was taken owns its headers.
    if (!error) std::ignore = headers.release();
    return error;
}

KafkaError KafkaOutlet::send_position(const std::string& position) {
    const std::string key = std::to_string(options_.shard);
    const std::string value = options_.node + '\n' + position;
    rd_kafka_vu_t partition{};
    partition.vtype = RD_KAFKA_VTYPE_PARTITION;
    partition.u.i32 = static_cast<std::int32_t>(options_.shard);
    const std::array parts = {topic_part(relay_topic_), partition, copy_part(),
                              bytes_part(RD_KAFKA_VTYPE_KEY, key),
                              bytes_part(RD_KAFKA_VTYPE_VALUE, value)};
    return KafkaError(rd_kafka_produceva(producer_.get(), parts.data(), parts.size()));
}

OutletError KafkaOutlet::failed(std::string_view action, const rd_kafka_error_t& error) {
    const auto code = rd_kafka_error_code(&error);
    const bool is_taken = is_taken_away(code);
    if (!is_stopping_) {
        options_.report("shard " + std::to_string(options_.shard) + " was not " +
                        std::string(action) + ": " + rd_kafka_err2name(code) + ": " +
                        rd_kafka_error_string(&error));
    }
    release();
    return is_taken ? OutletError::taken_by_another : OutletError::unavailable;
}

}  // namespace infra
