#include "cli/engine.hpp"

#include <chrono>
#include <utility>

#include "cli/opened.hpp"
#include "infra/journal/embedded_journal.hpp"
#include "infra/kafka/kafka_journal.hpp"
#include "infra/kafka/kafka_key_store.hpp"
#include "infra/kafka/security.hpp"
#include "infra/keys/embedded_key_store.hpp"
#include "infra/keys/key_file.hpp"

namespace cli {
namespace {

infra::EmbeddedJournalOptions embedded_options(const infra::Settings& settings,
                                               const DataDirectory& data, infra::Log& log,
                                               infra::JournalMetrics& metrics) {
    infra::EmbeddedJournalOptions options;
    options.directory = data.journal();
    options.shards = settings.journal_shards > 0
                         ? static_cast<journal::ShardNumber>(settings.journal_shards)
                         : 1;
    options.tail_bytes_max = static_cast<std::size_t>(settings.memory_journal_tail_bytes);
    options.write_buffer_bytes = static_cast<std::size_t>(settings.memory_write_buffer_bytes);
    options.mark_sync_interval = std::chrono::milliseconds(settings.journal_mark_sync_ms);
    options.report = report_to(log, "journal");
    options.written = [&metrics](std::size_t records, std::size_t bytes,
                                 std::chrono::microseconds duration) {
        metrics.record(records, bytes, duration);
    };
    return options;
}

std::string fault_of(infra::JournalState state) {
    switch (state) {
        case infra::JournalState::serving: return "";
        case infra::JournalState::full: return "disk_full";
        case infra::JournalState::broken: return "journal_broken";
    }
    return "";
}

// Whoever waits for an answer gets it, "unknown" at worst, before the request times out.
std::chrono::milliseconds delivery_timeout(const infra::Settings& settings) {
    return std::chrono::milliseconds(settings.http_request_timeout_ms * 4 / 5);
}

// An entry is one record, and holds more than the body that it came from.
void refuse_large_bodies(const infra::Settings& settings) {
    constexpr std::int64_t body_bytes_max = infra::kafka_record_bytes_max / 4;
    if (settings.http_body_bytes_max <= body_bytes_max) return;
    throw infra::SettingsError("http.body_bytes_max: on Kafka at most " +
                               std::to_string(body_bytes_max) +
                               ": what it makes has to fit into a record");
}

void refuse_unwanted_shards(const infra::Settings& settings, const infra::KafkaJournal& journal) {
    const auto wanted = settings.journal_shards;
    if (wanted == 0 || wanted == journal.shards()) return;
    throw infra::SettingsError("journal.shards: the topic " + journal.topic() + " has " +
                               std::to_string(journal.shards()) + " partitions, not " +
                               std::to_string(wanted));
}

// Tenants are spread by the number of shards, so with another number they would be looked for in
// the wrong places.
void refuse_other_shards(infra::KafkaKeyStore& keys, const infra::KafkaJournal& journal) {
    const std::string shards = std::to_string(journal.shards());
    const std::string noted = keys.note("shards", shards);
    if (noted != shards) {
        throw Exit(ExitCode::data, "the topic " + journal.topic() + " has " + shards +
                                       " partitions, but was made with " + noted +
                                       ": their number cannot be changed");
    }
}

// Notes stay for ever, so there is one for the beginning and one for the end.
void refuse_cut_import(const infra::KafkaKeyStore& keys, const std::string& prefix) {
    if (!keys.noted("import") || keys.noted("imported")) return;
    throw Exit(ExitCode::data, "an import into the topics " + prefix +
                                   ".* is under way or was cut: if it was cut, delete them, make "
                                   "them again, and import again");
}

}  // namespace

bool is_on_kafka(const infra::Settings& settings) { return settings.journal_engine == "kafka"; }

std::filesystem::path key_path(const infra::Settings& settings, const DataDirectory& data) {
    if (settings.keys_encryption_key_file.empty()) return data.key_encryption_key();
    return settings.keys_encryption_key_file;
}

infra::Secret root_key(const infra::Settings& settings, const DataDirectory& data,
                       infra::Randomness& randomness) {
    const bool may_make =
        is_on_kafka(settings) ? !data.is_made() : !DataDirectory::has_journal(data.root());
    return opened("the key-encryption key", [&] {
        return infra::root_key(key_path(settings, data), data.root_key(), may_make, randomness);
    });
}

std::function<void(std::string_view)> report_to(infra::Log& log, std::string_view part) {
    return [&log, part](std::string_view line) {
        log.warning("storage", {{"part", part}, {"message", line}});
    };
}

Engine::Engine(const infra::Settings& settings, const DataDirectory& data, const infra::Secret& key,
               infra::Randomness& randomness, infra::Log& log, infra::JournalMetrics& metrics) {
    if (is_on_kafka(settings)) {
        open_kafka(settings, data, key, randomness, log);
    } else {
        open_embedded(settings, data, key, randomness, log, metrics);
    }
}

void Engine::open_embedded(const infra::Settings& settings, const DataDirectory& data,
                           const infra::Secret& key, infra::Randomness& randomness, infra::Log& log,
                           infra::JournalMetrics& metrics) {
    if (data.has_keys_copy()) {
        throw Exit(ExitCode::data, data.root().string() +
                                       " is of a node on Kafka; start it with --journal kafka, or "
                                       "give another directory");
    }
    if (data.is_importing()) {
        throw Exit(ExitCode::data, "an import or a restore into " + data.root().string() +
                                       " was cut: remove the directory and import again, or "
                                       "restore again");
    }
    auto keys = opened("the key store", [&] {
        infra::EmbeddedKeyStoreOptions options;
        options.directory = data.keys();
        options.root_key = key;
        options.report = report_to(log, "keys");
        return std::make_unique<infra::EmbeddedKeyStore>(std::move(options), randomness);
    });
    auto journal = opened("the journal", [&] {
        return std::make_unique<infra::EmbeddedJournal>(
            embedded_options(settings, data, log, metrics));
    });
    fault_ = [&one = *journal] { return fault_of(one.state()); };
    begin_import_ = [&data] { data.set_importing(true); };
    end_import_ = [&data] { data.set_importing(false); };
    wrapped_keys_ = keys.get();
    keys_ = std::move(keys);
    journal_ = std::move(journal);
}

void Engine::open_kafka(const infra::Settings& settings, const DataDirectory& data,
                        const infra::Secret& key, infra::Randomness& randomness, infra::Log& log) {
    if (DataDirectory::has_journal(data.root())) {
        throw Exit(ExitCode::data, data.root().string() +
                                       " holds an embedded journal; give another directory for a "
                                       "node on Kafka");
    }
    refuse_large_bodies(settings);
    const infra::KafkaConnection connection = infra::kafka_connection(settings);
    auto journal = opened("the journal", [&] {
        infra::KafkaJournalOptions options;
        options.connection = connection;
        options.topic = settings.kafka_topic_prefix + ".journal";
        options.tail_bytes_max = static_cast<std::size_t>(settings.memory_journal_tail_bytes);
        options.delivery_timeout = delivery_timeout(settings);
        options.report = report_to(log, "journal");
        return std::make_unique<infra::KafkaJournal>(std::move(options));
    });
    // First of all: a node that is refused must not leave its key-encryption key as everybody's.
    refuse_unwanted_shards(settings, *journal);
    key_rows_ = opened("the copy of the keys", [&] {
        infra::RocksRowsOptions options;
        options.directory = data.keys_copy();
        options.write_buffer_bytes = 1 << 20;
        options.key = infra::derived_store_key(data.keys_copy_key(), "keys", key, randomness);
        options.report = report_to(log, "keys");
        return std::make_unique<infra::RocksRows>(std::move(options));
    });
    auto keys = opened("the key store", [&] {
        infra::KafkaKeyStoreOptions options;
        options.connection = connection;
        options.topic = settings.kafka_topic_prefix + ".keys";
        options.root_key = key;
        options.timeout = delivery_timeout(settings);
        options.report = report_to(log, "keys");
        auto store = std::make_unique<infra::KafkaKeyStore>(options, randomness, *key_rows_);
        refuse_other_shards(*store, *journal);
        refuse_cut_import(*store, settings.kafka_topic_prefix);
        return store;
    });
    begin_import_ = [&one = *keys, node = data.node()] {
        if (one.note("import", node) != node) {
            throw Exit(ExitCode::data, "another import into these topics is under way");
        }
    };
    end_import_ = [&one = *keys, node = data.node()] { one.note("imported", node); };
    wrapped_keys_ = keys.get();
    fault_ = [&one = *journal] { return one.is_broken() ? "journal_broken" : ""; };
    keys_ = std::move(keys);
    journal_ = std::move(journal);
}

}  // namespace cli
