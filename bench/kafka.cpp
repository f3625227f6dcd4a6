// What a shard reaches on Kafka without HTTP, against a bare idempotent producer of the same bytes.
//
//     bench_kafka SECONDS BROKERS DIRECTORY [COMMANDS...]
//
// For 1 to 4096 (or so many) commands on their way at once: a shard decides, appends, reads back
// and answers them; then librdkafka's producer (acks=all, idempotent, no linger) keeps as many
// records of that size on their way until they are delivered. Prints one line of JSON for each
// number.
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "bench/clients.hpp"
#include "bench/program.hpp"
#include "infra/clock.hpp"
#include "infra/ids.hpp"
#include "infra/kafka/kafka_journal.hpp"
#include "infra/kafka/kafka_key_store.hpp"
#include "infra/kafka/topics.hpp"
#include "infra/keys/sealing.hpp"
#include "infra/rocksdb/rows.hpp"
#include "infra/zones.hpp"

namespace {

using bench::seconds_since;
using bench::steady_clock;
using Path = std::filesystem::path;

std::unique_ptr<infra::RocksRows> rows_in(const Path& directory) {
    infra::RocksRowsOptions options;
    options.directory = directory;
    options.key.emplace();
    options.write_buffer_bytes = 32 << 20;
    return std::make_unique<infra::RocksRows>(std::move(options));
}

// The write side with all of its adapters, as the server has it.
class WriteSide {
public:
    WriteSide(const infra::KafkaConnection& connection, const std::string& prefix, const Path& root)
        : key_rows_(rows_in(root / "keys")), rows_(rows_in(root / "state")) {
        infra::create_topics(
            connection,
            {infra::journal_topic(prefix + ".journal", 1), infra::keys_topic(prefix + ".keys")}, 0);
        infra::KafkaKeyStoreOptions key_options;
        key_options.connection = connection;
        key_options.topic = prefix + ".keys";
        keys_ = std::make_unique<infra::KafkaKeyStore>(key_options, randomness_, *key_rows_);
        infra::KafkaJournalOptions options;
        options.connection = connection;
        options.topic = prefix + ".journal";
        journal_ = std::make_unique<infra::KafkaJournal>(std::move(options));
        commands::ShardSettings settings;
        settings.zones = &zones_;
        shards_ = std::make_unique<commands::Shards>(
            settings, commands::ShardPorts{*journal_, *keys_, sealing_, *rows_, clock_,
                                           [this] { return ids_.next(); }});
        shards_->start();
    }

    commands::Shards& shards() { return *shards_; }
    // Of the first entries, on average.
    std::size_t record_bytes() {
        const auto records = journal_->read(0, 0, 1 << 20);
        if (!records || records->empty()) throw std::runtime_error("the journal cannot be read");
        std::size_t bytes = 0;
        for (const auto& record : *records) bytes += record.bytes->size();
        return bytes / records->size();
    }

private:
    infra::SystemClock clock_;
    infra::Ids ids_{clock_};
    infra::SystemZones zones_;
    infra::SodiumRandomness randomness_;
    infra::SodiumSealing sealing_{randomness_};
    std::unique_ptr<infra::RocksRows> key_rows_;
    std::unique_ptr<infra::RocksRows> rows_;
    std::unique_ptr<infra::KafkaKeyStore> keys_;
    std::unique_ptr<infra::KafkaJournal> journal_;
    std::unique_ptr<commands::Shards> shards_;
};

// A producer that keeps so many records on their way.
class Bare {
public:
    Bare(const std::string& brokers, const std::string& topic) {
        rd_kafka_conf_t* conf = rd_kafka_conf_new();
        for (const auto& [name, value] : infra::KafkaProperties{{"bootstrap.servers", brokers},
                                                                {"socket.nagle.disable", "true"},
                                                                {"enable.idempotence", "true"},
                                                                {"acks", "all"},
                                                                {"linger.ms", "0"}}) {
            rd_kafka_conf_set(conf, name.c_str(), value.c_str(), nullptr, 0);
        }
        rd_kafka_conf_set_opaque(conf, this);
        rd_kafka_conf_set_dr_msg_cb(conf,
                                    [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
                                        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                                            ++static_cast<Bare*>(self)->delivered_;
                                        }
                                    });
        client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0));
        if (!client_) throw std::runtime_error("cannot make a producer");
        topic_ = infra::kafka_topic(*client_, topic);
    }

    ~Bare() { rd_kafka_flush(client_.get(), 10'000); }
    Bare(const Bare&) = delete;
    Bare& operator=(const Bare&) = delete;

    // Records a second.
    double rate(std::size_t at_once, std::size_t bytes, double seconds) {
        std::string record(bytes, 'x');
        run(at_once, record, 0.5);  // Connections are made.
        const std::size_t before = delivered_;
        const auto started = steady_clock::now();
        run(at_once, record, seconds);
        return static_cast<double>(delivered_ - before) / seconds_since(started);
    }

private:
    void run(std::size_t at_once, std::string& record, double seconds) {
        const auto started = steady_clock::now();
        while (seconds_since(started) < seconds) {
            for (; sent_ < delivered_ + at_once; ++sent_) {
                rd_kafka_produce(topic_.get(), 0, RD_KAFKA_MSG_F_COPY, record.data(), record.size(),
                                 nullptr, 0, nullptr);
            }
            rd_kafka_poll(client_.get(), 10);
        }
    }

    infra::KafkaClient client_;
    infra::KafkaTopic topic_;
    std::size_t sent_ = 0;
    std::size_t delivered_ = 0;
};

void measure(std::size_t count, double seconds, const std::string& brokers, const Path& directory) {
    std::filesystem::remove_all(directory);
    infra::KafkaConnection connection;
    connection.brokers = brokers;
    const std::string prefix = "bench-" + std::to_string(getpid()) + "-" + std::to_string(count);
    WriteSide side(connection, prefix, directory);
    bench::Clients clients(side.shards());
    clients.run(count, seconds);
    const std::size_t bytes = side.record_bytes();
    infra::create_topics(connection, {infra::journal_topic(prefix + ".bare", 1)}, 0);
    const double bare = Bare(brokers, prefix + ".bare").rate(count, bytes, seconds);
    std::cout << R"({"commands":)" << count << clients.measured() << R"(,"record_bytes":)" << bytes
              << R"(,"bare_per_second":)" << bare << "}" << std::endl;
}

}  // namespace

int main(int count, char** arguments) {
    return bench::run_program("bench_kafka SECONDS BROKERS DIRECTORY [COMMANDS...]", count >= 4,
                              [=] {
                                  for (const std::size_t commands :
                                       bench::commands_at_once(arguments + 4, arguments + count)) {
                                      measure(commands, std::stod(arguments[1]), arguments[2],
                                              Path(arguments[3]) / "kafka");
                                  }
                              });
}
