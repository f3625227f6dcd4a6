// The KeyStore port on Kafka: a compacted topic that all nodes share, and a copy of it on each.
//
// A key is there once this node has read it back from the topic, and the first one of a person
// counts for everybody (key_records.hpp), so two nodes can never use different keys for one person.
// A key is sent before the entry that needs it; who does not find it asks the topic for its end,
// copies up to there, and looks again, so that a copy that is behind is not taken for an erasure.
// Keys are wrapped by the key-encryption key, which has to be the same on all nodes: one with
// another is refused at the start.
// Threads: all functions may be called from any thread. `create`, `destroy` and a look for a key
// that is not there wait for the brokers, for a bounded time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>

#include "infra/kafka/key_copy.hpp"
#include "infra/keys/key_cache.hpp"
#include "infra/keys/randomness.hpp"
#include "infra/keys/secret.hpp"
#include "infra/keys/wrapped_keys.hpp"
#include "journal/key_store.hpp"

namespace infra {

struct KafkaKeyStoreOptions {
    KafkaConnection connection;
    std::string topic = "daybook.keys";
    Secret root_key;
    // Unwrapped keys kept in memory.
    std::size_t cached_keys_max = 100'000;
    // How long brokers may take.
    std::chrono::milliseconds timeout{4000};
    // Takes a line for the log. It never holds a key or who a person is.
    std::function<void(std::string_view)> report = [](std::string_view) {};
};

class KafkaKeyStore final : public journal::KeyStore, public WrappedKeys {
public:
    // Copies all that the topic has. Throws std::runtime_error. REQUIRES: `randomness` and `rows`,
    // which are this store's alone, outlive it.
    KafkaKeyStore(const KafkaKeyStoreOptions& options, Randomness& randomness, journal::Rows& rows);

    bool create(std::span<const journal::Person> persons) override;
    std::optional<journal::DataKey> find(const journal::Person& person) override;
    bool destroy(const journal::Person& person) override;
    bool keep(const journal::Person& person, const domain::CredentialId& id,
              std::string_view credential) override;
    std::optional<std::string> kept(const journal::Person& person,
                                    const domain::CredentialId& id) override;
    bool drop(const journal::Person& person, const domain::CredentialId& id) override;

    void each(const std::function<void(const WrappedKey&)>& use) override;
    bool add(std::span<const WrappedKey> keys) override;

    // Notes something about the whole journal, unless it was noted before, and gives what counts.
    // Throws std::runtime_error when the brokers do not answer.
    std::string note(const std::string& name, const std::string& value);
    std::optional<std::string> noted(const std::string& name) const { return copy_.note_of(name); }

private:
    std::string new_id();
    KeyRecord record_of(const WrappedKey& key);
    std::optional<journal::DataKey> find_copied(const std::string& who);

    Secret root_key_;
    std::chrono::milliseconds timeout_;
    Randomness& randomness_;
    KeyCache cache_;
    // Held shared while a key is on its way from the copy to the cache, so that a key that is
    // destroyed meanwhile does not stay there.
    std::shared_mutex cache_mutex_;
    KeyCopy copy_;
};

}  // namespace infra
