#include "infra/kafka/kafka_key_store.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "infra/keys/sealing.hpp"

namespace infra {
namespace {

using journal::DataKey;
using journal::Person;
using std::chrono::steady_clock;

// What a wrapped key is bound to, as in the embedded store.
std::string place_of(const std::string& who) { return "k" + who; }

}  // namespace

KeyRecord KafkaKeyStore::record_of(const WrappedKey& key) {
    const std::string who = who_of(key.person);
    if (key.credential) return {KeyRecord::Kind::credential, who, key.credential->text};
    if (key.bytes.empty()) return {KeyRecord::Kind::destroyed, who, {}};
    return {KeyRecord::Kind::key, who, new_id()};
}

KafkaKeyStore::KafkaKeyStore(const KafkaKeyStoreOptions& options, Randomness& randomness,
                             journal::Rows& rows)
    : root_key_(options.root_key),
      timeout_(options.timeout),
      randomness_(randomness),
      cache_(options.cached_keys_max),
      copy_({.connection = options.connection,
             .topic = options.topic,
             .timeout = options.timeout,
             .report = options.report,
             .destroyed =
                 [this](const std::string& who) {
                     const std::unique_lock lock(cache_mutex_);
                     cache_.erase(who);
                 }},
            rows) {
    if (!copy_.catch_up(options.connection.patience)) {
        throw std::runtime_error("the topic " + options.topic + " cannot be read to its end");
    }
    const std::string check = note("check", key_check(root_key_, randomness_));
    if (!opens(root_key_, check)) {
        throw std::runtime_error("the keys in the topic " + options.topic +
                                 " are wrapped with another key-encryption key; all nodes need "
                                 "the same: give it with keys.encryption_key_file");
    }
}

std::string KafkaKeyStore::new_id() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, 16> bytes{};
    randomness_.fill(bytes);
    std::string id;
    for (const unsigned char byte : bytes) {
        id += digits[byte >> 4U];
        id += digits[byte & 0xfU];
    }
    return id;
}

bool KafkaKeyStore::create(std::span<const Person> persons) {
    std::vector<std::string> awaited;
    for (const Person& person : persons) {
        std::string who = who_of(person);
        if (cache_.find(who) || copy_.key_of(who)) continue;
        Secret key;
        randomness_.fill(key.bytes);
        const std::string_view plain(reinterpret_cast<const char*>(key.bytes.data()),
                                     key.bytes.size());
        copy_.send(to_text({KeyRecord::Kind::key, who, new_id()}),
                   encrypt(root_key_.bytes, place_of(who), plain, randomness_));
        awaited.push_back(std::move(who));
    }
    const auto is_copied = [this](const std::string& who) { return copy_.key_of(who).has_value(); };
    return copy_.wait(steady_clock::now() + timeout_,
                      [&] { return std::ranges::all_of(awaited, is_copied); });
}

std::optional<DataKey> KafkaKeyStore::find(const Person& person) {
    const std::string who = who_of(person);
    if (auto key = cache_.find(who)) return key;
    if (!copy_.key_of(who) && !copy_.catch_up(timeout_)) {
        throw journal::KeysUnavailable("the brokers do not say whether there is a key");
    }
    return find_copied(who);
}

std::optional<DataKey> KafkaKeyStore::find_copied(const std::string& who) {
    const std::shared_lock lock(cache_mutex_);
    const auto wrapped = copy_.key_of(who);
    if (!wrapped || wrapped->empty()) return std::nullopt;
    auto plain = decrypt(root_key_.bytes, place_of(who), *wrapped);
    DataKey key;
    if (!plain || plain->size() != key.size()) {
        throw std::runtime_error("the topic of keys holds a key that cannot be unwrapped");
    }
    std::ranges::copy(*plain, key.begin());
    sodium_memzero(plain->data(), plain->size());
    cache_.put(who, key);
    return key;
}

bool KafkaKeyStore::destroy(const Person& person) {
    const std::string who = who_of(person);
    const auto is_destroyed = [&] {
        const auto kept = copy_.key_of(who);
        return kept && kept->empty();
    };
    if (is_destroyed()) return true;
    copy_.send(to_text({KeyRecord::Kind::destroyed, who, {}}), "1");
    return copy_.wait(steady_clock::now() + timeout_, is_destroyed);
}

bool KafkaKeyStore::keep(const Person& person, const domain::CredentialId& id,
                         std::string_view credential) {
    const auto key = find(person);
    if (!key) return false;
    const std::string who = who_of(person);
    copy_.send(to_text({KeyRecord::Kind::credential, who, id.text}),
               seal_credential(*key, person, id, credential, randomness_));
    return copy_.wait(steady_clock::now() + timeout_,
                      [&] { return copy_.credential_of(who, id.text).has_value(); });
}

std::optional<std::string> KafkaKeyStore::kept(const Person& person,
                                               const domain::CredentialId& id) {
    const std::string who = who_of(person);
    auto sealed = copy_.credential_of(who, id.text);
    if (!sealed) {
        if (!copy_.catch_up(timeout_)) {
            throw journal::KeysUnavailable("the brokers do not say whether there is a credential");
        }
        sealed = copy_.credential_of(who, id.text);
    }
    const auto key = find(person);
    return sealed && key ? unseal_credential(*key, person, id, *sealed) : std::nullopt;
}

bool KafkaKeyStore::drop(const Person& person, const domain::CredentialId& id) {
    const std::string who = who_of(person);
    const auto is_dropped = [&] { return !copy_.credential_of(who, id.text); };
    if (is_dropped()) return true;
    copy_.send(to_text({KeyRecord::Kind::credential, who, id.text}), std::nullopt);
    return copy_.wait(steady_clock::now() + timeout_, is_dropped);
}

void KafkaKeyStore::each(const std::function<void(const WrappedKey&)>& use) {
    if (!copy_.catch_up(timeout_)) throw std::runtime_error("the topic of keys does not answer");
    copy_.each_key([&](const std::string& who, std::string wrapped) {
        use({person_of(who), std::move(wrapped)});
        for (const std::string& id : copy_.credentials_of(who)) {
            use({person_of(who), copy_.credential_of(who, id).value_or(""),
                 domain::CredentialId{id}});
        }
    });
}

bool KafkaKeyStore::add(std::span<const WrappedKey> keys) {
    for (const WrappedKey& key : keys)
        copy_.send(to_text(record_of(key)), key.bytes.empty() ? "1" : key.bytes);
    const auto is_copied = [this](const WrappedKey& key) {
        const std::string who = who_of(key.person);
        return key.credential ? copy_.credential_of(who, key.credential->text) == key.bytes
                              : copy_.key_of(who) == key.bytes;
    };
    return copy_.wait(steady_clock::now() + timeout_,
                      [&] { return std::ranges::all_of(keys, is_copied); });
}

std::string KafkaKeyStore::note(const std::string& name, const std::string& value) {
    if (const auto kept = copy_.note_of(name)) return *kept;
    copy_.send(to_text({KeyRecord::Kind::note, name, new_id()}), value);
    if (!copy_.wait(steady_clock::now() + timeout_,
                    [&] { return copy_.note_of(name).has_value(); })) {
        throw std::runtime_error("the topic of keys does not take anything");
    }
    return *copy_.note_of(name);
}

}  // namespace infra
