// This node's copy of the topic of keys: follows it, and sends what is to be in it.
//
// Rows, which may be deleted and are then copied again:
//     "k" who 0x00    → the wrapped key that counts; nothing where it was destroyed
//     "r" who 0x00 id → nothing: a key record of the person is in the topic
//     "e" message key → nothing: a tombstone for it is to be sent
//     "c" who 0x00 id → a credential
//     "n" name        → the note that counts
//     "p"             → the offset that follows
//
// A destroyed key leaves the rows and their files before it counts as destroyed.
// Threads: all functions may be called from any thread; one thread of its own writes the rows.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "infra/kafka/client.hpp"
#include "infra/kafka/key_records.hpp"
#include "journal/rows.hpp"

namespace infra {

struct KeyCopyOptions {
    KafkaConnection connection;
    std::string topic;
    // How long a record that was sent may take.
    std::chrono::milliseconds timeout{4000};
    // Takes a line for the log. It never holds a key or who a person is.
    std::function<void(std::string_view)> report = [](std::string_view) {};
    // Called once the person's key is in no row any more.
    std::function<void(const std::string& who)> destroyed = [](const std::string&) {};
};

class KeyCopy {
public:
    using Time = std::chrono::steady_clock::time_point;

    // Checks the topic. Throws std::runtime_error. REQUIRES: `rows` outlive this.
    KeyCopy(KeyCopyOptions options, journal::Rows& rows);
    ~KeyCopy();
    KeyCopy(const KeyCopy&) = delete;
    KeyCopy& operator=(const KeyCopy&) = delete;

    // The wrapped key; empty where it was destroyed.
    std::optional<std::string> key_of(const std::string& who) const;
    std::optional<std::string> credential_of(const std::string& who, const std::string& id) const;
    // The ids of the person's credentials.
    std::vector<std::string> credentials_of(const std::string& who) const;
    std::optional<std::string> note_of(const std::string& name) const;
    // All persons with their wrapped keys, empty where they were destroyed.
    void each_key(
        const std::function<void(const std::string& who, std::string wrapped)>& use) const;

    // Sends a record, or, without a value, a tombstone. It is there once it is copied.
    void send(const std::string& message_key, const std::optional<std::string>& value);
    // Waits until it holds, looking whenever something was copied; false when the time is up.
    bool wait(Time deadline, const std::function<bool()>& holds);
    // Waits until all is copied that the topic has now. False when the time is up, or the brokers
    // do not answer. While it gets on, a copy that has just been started is given more time.
    bool catch_up(std::chrono::milliseconds patience);

private:
    void run();
    bool copy_some();
    bool take(const rd_kafka_message_t& message);
    void take_key(const KeyRecord& record, const std::string& text, const std::string& value);
    void take_credential(const KeyRecord& record, const std::string& value);
    bool take_destroyed(const KeyRecord& record);
    void put(const std::string& row, const std::string& value);
    void erase(const std::string& row);
    std::optional<std::string> row(const std::string& name) const;
    bool write();
    void send_tombstones();

    KeyCopyOptions options_;
    journal::Rows& rows_;
    KafkaEvents events_;
    KafkaClient producer_;
    KafkaTopic target_;
    KafkaClient consumer_;
    KafkaTopic source_;

    // Of the thread.
    KafkaMessage ahead_;                                         // Fetched, and not taken yet.
    std::map<std::string, std::optional<std::string>> changes_;  // Nothing: the row is erased.
    std::int64_t next_ = 0;
    bool owes_tombstones_ = true;
    Time tombstones_at_;

    std::mutex mutex_;  // Of all below.
    std::condition_variable copied_;
    std::int64_t position_ = 0;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace infra
