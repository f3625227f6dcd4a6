// The engine below a node: the journal and the key store, embedded or on Kafka, as the settings
// say.
//
// A data directory belongs to one engine: state and views in it are of that journal. Throws Exit
// (data) when the engine cannot be opened, or when the directory belongs to the other one, and
// SettingsError when a setting is wrong.
// Threads: all functions may be called from any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/data_directory.hpp"
#include "infra/keys/randomness.hpp"
#include "infra/keys/secret.hpp"
#include "infra/keys/wrapped_keys.hpp"
#include "infra/log.hpp"
#include "infra/metrics.hpp"
#include "infra/rocksdb/rows.hpp"
#include "infra/settings.hpp"
#include "journal/journal.hpp"
#include "journal/key_store.hpp"

namespace cli {

class Engine {
public:
    // REQUIRES: all but the settings, the directory and the key outlive this.
    Engine(const infra::Settings& settings, const DataDirectory& data, const infra::Secret& key,
           infra::Randomness& randomness, infra::Log& log, infra::JournalMetrics& metrics);

    journal::Journal& journal() const { return *journal_; }
    journal::KeyStore& keys() const { return *keys_; }
    // The same store, for moving keys.
    infra::WrappedKeys& wrapped_keys() const { return *wrapped_keys_; }

    // What is in the journal from here on is half of another one, and no engine opens it, until the
    // import ends. Throw Exit.
    void begin_import() { begin_import_(); }
    void end_import() { end_import_(); }

    // Why nothing can be written, as a code; empty when nothing is wrong.
    std::string fault() const { return fault_(); }

private:
    void open_embedded(const infra::Settings& settings, const DataDirectory& data,
                       const infra::Secret& key, infra::Randomness& randomness, infra::Log& log,
                       infra::JournalMetrics& metrics);
    void open_kafka(const infra::Settings& settings, const DataDirectory& data,
                    const infra::Secret& key, infra::Randomness& randomness, infra::Log& log);

    std::unique_ptr<infra::RocksRows> key_rows_;  // Of the copy of the keys, on Kafka.
    std::unique_ptr<journal::KeyStore> keys_;
    std::unique_ptr<journal::Journal> journal_;
    infra::WrappedKeys* wrapped_keys_ = nullptr;
    std::function<std::string()> fault_;
    std::function<void()> begin_import_;
    std::function<void()> end_import_;
};

bool is_on_kafka(const infra::Settings& settings);

// The file of the key-encryption key.
std::filesystem::path key_path(const infra::Settings& settings, const DataDirectory& data);

// The root key. The key-encryption key is made if there is none and nothing that it opens can be
// there. Throws Exit (data).
infra::Secret root_key(const infra::Settings& settings, const DataDirectory& data,
                       infra::Randomness& randomness);

std::function<void(std::string_view)> report_to(infra::Log& log, std::string_view part);

}  // namespace cli
