#include "infra/kafka/client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <map>
#include <mutex>
#include <stdexcept>

#include "infra/kafka/token.hpp"

namespace infra {
namespace {

using Text = std::array<char, 512>;

KafkaEvents& events_of(const rd_kafka_t* client) {
    return *static_cast<KafkaEvents*>(rd_kafka_opaque(client));
}

void take_log(const rd_kafka_t* client, int /*level*/, const char* facility, const char* line) {
    events_of(client).report(std::string(facility) + ": " + line);
}

void take_error(rd_kafka_t* client, int error, const char* reason, void* /*opaque*/) {
    const auto code = static_cast<rd_kafka_resp_err_t>(error);
    if (code != RD_KAFKA_RESP_ERR__FATAL) {
        events_of(client).report(std::string(rd_kafka_err2name(code)) + ": " + reason);
        return;
    }
    Text why{};
    const auto cause = rd_kafka_fatal_error(client, why.data(), why.size());
    events_of(client).failed(std::string(rd_kafka_err2name(cause)) + ": " + why.data());
}

void take_delivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* /*opaque*/) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    events_of(client).failed(rd_kafka_err2name(message->err));
}

void take_rebalance(rd_kafka_t* client, rd_kafka_resp_err_t what,
                    rd_kafka_topic_partition_list_t* partitions, void* /*opaque*/) {
    events_of(client).rebalanced(what, partitions);
}

// Nothing tells a connection that packets are dropped. It would ask again after twice the time
// that they were, up to minutes later; so it ends when what it has sent is not taken for this long,
// and another one is made.
int open_socket(int domain, int type, int protocol, void* /*opaque*/) {
    const int socket = ::socket(domain, type | SOCK_CLOEXEC, protocol);
    if (socket < 0) return -1;
    const unsigned milliseconds = 5000;
    // Where it cannot be set, all works, only later.
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof(milliseconds));
    return socket;
}

class Configuration {
public:
    ~Configuration() {
        if (owned_ != nullptr) rd_kafka_conf_destroy(owned_);
    }
    Configuration() = default;
    Configuration(const Configuration&) = delete;
    Configuration& operator=(const Configuration&) = delete;

    void set(const std::string& name, const std::string& value) {
        Text why{};
        const auto result =
            rd_kafka_conf_set(owned_, name.c_str(), value.c_str(), why.data(), why.size());
        // What librdkafka says may hold the value, which may be a secret.
        if (result == RD_KAFKA_CONF_OK) return;
        throw std::runtime_error("librdkafka does not take the value of " + name);
    }
    rd_kafka_conf_t* get() { return owned_; }
    void released() { owned_ = nullptr; }

private:
    rd_kafka_conf_t* owned_ = rd_kafka_conf_new();
};

}  // namespace

KafkaClient make_kafka_client(const KafkaConnection& connection, rd_kafka_type_t type,
                              const KafkaProperties& properties, KafkaEvents& events) {
    Configuration configuration;
    configuration.set("bootstrap.servers", connection.brokers);
    configuration.set("client.id", "daybook");
    configuration.set("socket.nagle.disable", "true");
    configuration.set("socket.keepalive.enable", "true");
    configuration.set("socket.connection.setup.timeout.ms", "5000");
    configuration.set("reconnect.backoff.ms", "20");
    configuration.set("reconnect.backoff.max.ms", "500");
    configuration.set("topic.metadata.refresh.fast.interval.ms", "50");
    configuration.set("log_level", "4");
    configuration.set("log.connection.close", "false");  // Brokers close what is idle.
    for (const auto& [name, value] : connection.security) configuration.set(name, value);
    for (const auto& [name, value] : properties) configuration.set(name, value);
    rd_kafka_conf_set_socket_cb(configuration.get(), open_socket);
    rd_kafka_conf_set_opaque(configuration.get(), &events);
    rd_kafka_conf_set_log_cb(configuration.get(), take_log);
    rd_kafka_conf_set_error_cb(configuration.get(), take_error);
    if (events.rebalanced) rd_kafka_conf_set_rebalance_cb(configuration.get(), take_rebalance);
    if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(configuration.get(), take_delivery);
    // Tokens of OAUTHBEARER are read by a thread of librdkafka, not by who polls.
    take_tokens_from_file(*configuration.get());
    rd_kafka_conf_enable_sasl_queue(configuration.get(), 1);

    Text why{};
    KafkaClient client(rd_kafka_new(type, configuration.get(), why.data(), why.size()));
    if (!client) throw std::runtime_error("cannot make a Kafka client: " + std::string(why.data()));
    configuration.released();
    if (rd_kafka_error_t* error = rd_kafka_sasl_background_callbacks_enable(client.get())) {
        rd_kafka_error_destroy(error);
    }
    return client;
}

KafkaClient make_kafka_consumer(const KafkaConnection& connection,
                                const KafkaProperties& properties, KafkaEvents& events) {
    KafkaProperties all = {
        {"isolation.level", "read_uncommitted"},
        {"check.crcs", "true"},
        {"auto.offset.reset", "error"},
        {"fetch.error.backoff.ms", "5"},
        {"fetch.message.max.bytes", "1048576"},
        {"fetch.max.bytes", std::to_string(kafka_record_bytes_max)},
        {"receive.message.max.bytes", std::to_string(4 * kafka_record_bytes_max)},
    };
    all.insert(all.end(), properties.begin(), properties.end());
    return make_kafka_client(connection, RD_KAFKA_CONSUMER, all, events);
}

KafkaTopic kafka_topic(rd_kafka_t& client, const std::string& name) {
    KafkaTopic topic(rd_kafka_topic_new(&client, name.c_str(), nullptr));
    if (!topic) {
        throw std::runtime_error("cannot use the topic " + name + ": " +
                                 rd_kafka_err2str(rd_kafka_last_error()));
    }
    return topic;
}

std::string_view value_of(const rd_kafka_message_t& message) {
    if (message.payload == nullptr) return {};
    return {static_cast<const char*>(message.payload), message.len};
}

bool is_loss(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE ||
           error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || error == RD_KAFKA_RESP_ERR__BAD_MSG ||
           error == RD_KAFKA_RESP_ERR__BAD_COMPRESSION || error == RD_KAFKA_RESP_ERR_INVALID_MSG;
}

std::function<void(std::string_view)> rarely(std::function<void(std::string_view)> report) {
    struct Seen {
        std::mutex mutex;
        std::map<std::string, std::chrono::steady_clock::time_point> last;
    };
    static constexpr std::chrono::seconds pause{30};
    static constexpr std::size_t lines_max = 100;
    return [report = std::move(report), seen = std::make_shared<Seen>()](std::string_view line) {
        // Numbers differ from one time to the next: they are no part of what the line says.
        std::string what;
        for (const char c : line) {
            if (c < '0' || c > '9') what += c;
        }
        {
            const std::lock_guard lock(seen->mutex);
            const auto now = std::chrono::steady_clock::now();
            if (seen->last.size() >= lines_max) seen->last.clear();
            const auto [last, is_new] = seen->last.try_emplace(std::move(what), now);
            if (!is_new && now - last->second < pause) return;
            last->second = now;
        }
        report(line);
    };
}

}  // namespace infra
