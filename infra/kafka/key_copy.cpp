#include "infra/kafka/key_copy.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>
#include <vector>

#include "infra/kafka/topics.hpp"

namespace infra {
namespace {

using std::chrono::steady_clock;

constexpr std::int32_t partition = 0;
constexpr int wait_ms = 100;
constexpr std::chrono::milliseconds pause{200};
constexpr std::chrono::seconds tombstone_pause{5};
constexpr std::size_t batch_max = 1000;

std::string key_row(const std::string& who) { return "k" + who + '\0'; }
std::string credential_prefix(const std::string& who) { return "c" + who + '\0'; }
std::string record_prefix(const std::string& who) { return "r" + who + '\0'; }

std::optional<std::string> get(const journal::Rows& rows, const std::string& name) {
    std::optional<std::string> found;
    rows.get(name, [&found](std::string_view value) { found = value; });
    return found;
}

std::int64_t stored_position(const journal::Rows& rows) {
    const std::string text = get(rows, "p").value_or("0");
    std::int64_t position = 0;
    std::from_chars(text.data(), text.data() + text.size(), position);
    return position;
}

}  // namespace

KeyCopy::KeyCopy(KeyCopyOptions options, journal::Rows& rows)
    : options_(std::move(options)), rows_(rows), next_(stored_position(rows)), position_(next_) {
    options_.report = rarely(std::move(options_.report));
    events_.report = options_.report;
    events_.failed = [this](std::string_view why) {
        options_.report("a key was not delivered: " + std::string(why));
    };
    check_topic(options_.connection, keys_topic(options_.topic));
    producer_ = make_kafka_client(options_.connection, RD_KAFKA_PRODUCER,
                                  {{"acks", "all"},
                                   {"linger.ms", "0"},
                                   {"message.timeout.ms", std::to_string(options_.timeout.count())},
                                   {"retry.backoff.ms", "20"},
                                   {"delivery.report.only.error", "true"}},
                                  events_);
    target_ = kafka_topic(*producer_, options_.topic);
    consumer_ = make_kafka_consumer(
        options_.connection, {{"enable.partition.eof", "true"}, {"fetch.wait.max.ms", "100"}},
        events_);
    source_ = kafka_topic(*consumer_, options_.topic);
    if (rd_kafka_consume_start(source_.get(), partition, next_) != 0) {
        throw std::runtime_error("cannot read the topic " + options_.topic + ": " +
                                 rd_kafka_err2str(rd_kafka_last_error()));
    }
    thread_ = std::thread([this] { run(); });
}

KeyCopy::~KeyCopy() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    thread_.join();
    rd_kafka_consume_stop(source_.get(), partition);
    rd_kafka_flush(producer_.get(), static_cast<int>(pause.count()));
}

std::optional<std::string> KeyCopy::key_of(const std::string& who) const {
    return get(rows_, key_row(who));
}

std::optional<std::string> KeyCopy::credential_of(const std::string& who,
                                                  const std::string& id) const {
    return get(rows_, credential_prefix(who) + id);
}

std::vector<std::string> KeyCopy::credentials_of(const std::string& who) const {
    std::vector<std::string> ids;
    const std::string prefix = credential_prefix(who);
    const auto snapshot = rows_.snapshot();
    const auto walk = snapshot->walk(prefix);
    for (walk->seek(prefix); walk->valid(); walk->next()) {
        ids.emplace_back(walk->key().substr(prefix.size()));
    }
    return ids;
}

std::optional<std::string> KeyCopy::note_of(const std::string& name) const {
    return get(rows_, "n" + name);
}

void KeyCopy::each_key(
    const std::function<void(const std::string& who, std::string wrapped)>& use) const {
    const auto snapshot = rows_.snapshot();
    const auto walk = snapshot->walk("k");
    for (walk->seek("k"); walk->valid(); walk->next()) {
        const std::string_view row = walk->key().substr(1);
        use(std::string(row.substr(0, row.size() - 1)), std::string(walk->value()));
    }
}

void KeyCopy::send(const std::string& message_key, const std::optional<std::string>& value) {
    std::string payload = value.value_or("");
    const int refused = rd_kafka_produce(target_.get(), partition, RD_KAFKA_MSG_F_COPY,
                                         value ? payload.data() : nullptr, payload.size(),
                                         message_key.data(), message_key.size(), nullptr);
    if (refused != 0) options_.report(rd_kafka_err2str(rd_kafka_last_error()));
}

bool KeyCopy::wait(Time deadline, const std::function<bool()>& holds) {
    std::unique_lock lock(mutex_);
    return copied_.wait_until(lock, deadline, holds);
}

bool KeyCopy::catch_up(std::chrono::milliseconds patience) {
    std::int64_t first = 0;
    std::int64_t end = 0;
    const auto error =
        rd_kafka_query_watermark_offsets(consumer_.get(), options_.topic.c_str(), partition, &first,
                                         &end, static_cast<int>(patience.count()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
    std::unique_lock lock(mutex_);
    while (position_ < end) {
        const auto before = position_;
        const auto gets_on = [&] { return position_ != before; };
        if (!copied_.wait_for(lock, patience, gets_on)) return false;
    }
    return true;
}

void KeyCopy::run() {
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            if (is_stopping_) return;
        }
        rd_kafka_poll(producer_.get(), 0);
        rd_kafka_poll(consumer_.get(), 0);
        if (!copy_some()) std::this_thread::sleep_for(pause);
        if (owes_tombstones_ && steady_clock::now() >= tombstones_at_) send_tombstones();
    }
}

// False when the disk refused: then it is tried again.
bool KeyCopy::copy_some() {
    int wait = changes_.empty() ? wait_ms : 0;
    for (std::size_t i = 0; i < batch_max; ++i) {
        if (!ahead_) ahead_.reset(rd_kafka_consume(source_.get(), partition, wait));
        if (!ahead_) break;
        wait = 0;
        if (ahead_->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            next_ = std::max(next_, ahead_->offset);
        } else if (ahead_->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            options_.report(std::string("the topic of keys cannot be read: ") +
                            rd_kafka_message_errstr(ahead_.get()));
        } else if (take(*ahead_)) {
            next_ = ahead_->offset + 1;
        } else {
            return false;
        }
        ahead_.reset();
    }
    return write();
}

bool KeyCopy::take(const rd_kafka_message_t& message) {
    if (message.key == nullptr) return true;
    const std::string text(static_cast<const char*>(message.key), message.key_len);
    const auto record = parse_key_record(text);
    if (!record) return true;
    const std::string value(value_of(message));
    switch (record->kind) {
        case KeyRecord::Kind::key:
            if (value.empty()) {
                erase(record_prefix(record->who) + record->id);
                erase("e" + text);
            } else {
                take_key(*record, text, value);
            }
            return true;
        case KeyRecord::Kind::destroyed: return take_destroyed(*record);
        case KeyRecord::Kind::credential: take_credential(*record, value); return true;
        case KeyRecord::Kind::note:
            if (!row("n" + record->who)) put("n" + record->who, value);
            return true;
    }
    return true;
}

void KeyCopy::take_key(const KeyRecord& record, const std::string& text, const std::string& value) {
    const std::string known = record_prefix(record.who) + record.id;
    if (row(known)) return;  // Sent twice.
    if (!row(key_row(record.who))) {
        put(key_row(record.who), value);
        put(known, "");
        return;
    }
    // The person has, or had, another.
    put("e" + text, "");
    owes_tombstones_ = true;
    tombstones_at_ = steady_clock::now();
}

// Nothing is kept for who was destroyed: what comes late is let go of at once.
void KeyCopy::take_credential(const KeyRecord& record, const std::string& value) {
    const std::string name = credential_prefix(record.who) + record.id;
    const std::string text = to_text(record);
    if (value.empty()) {
        erase(name);
        erase("e" + text);
        return;
    }
    const auto key = row(key_row(record.who));
    if (key && !key->empty()) return put(name, value);
    put("e" + text, "");
    owes_tombstones_ = true;
    tombstones_at_ = steady_clock::now();
}

// False when the disk refused.
bool KeyCopy::take_destroyed(const KeyRecord& record) {
    if (const auto kept = row(key_row(record.who)); kept && kept->empty()) return true;
    if (!write()) return false;
    const std::string prefix = record_prefix(record.who);
    const auto snapshot = rows_.snapshot();
    const auto walk = snapshot->walk(prefix);
    for (walk->seek(prefix); walk->valid(); walk->next()) {
        const std::string id(walk->key().substr(prefix.size()));
        put("e" + to_text({KeyRecord::Kind::key, record.who, id}), "");
    }
    for (const std::string& id : credentials_of(record.who)) {
        put("e" + to_text({KeyRecord::Kind::credential, record.who, id}), "");
    }
    if (!rows_.erase_prefix(credential_prefix(record.who)) ||
        !rows_.erase_prefix(key_row(record.who))) {
        options_.report("a destroyed key is still in a file");
        return false;
    }
    put(key_row(record.who), "");
    options_.destroyed(record.who);
    owes_tombstones_ = true;
    tombstones_at_ = steady_clock::now();
    return true;
}

void KeyCopy::put(const std::string& row, const std::string& value) { changes_[row] = value; }

void KeyCopy::erase(const std::string& row) { changes_[row] = std::nullopt; }

std::optional<std::string> KeyCopy::row(const std::string& name) const {
    const auto changed = changes_.find(name);
    return changed != changes_.end() ? changed->second : get(rows_, name);
}

bool KeyCopy::write() {
    {
        const std::lock_guard lock(mutex_);
        if (changes_.empty() && next_ == position_) return true;
    }
    const auto batch = rows_.batch();
    for (const auto& [row, value] : changes_) {
        if (value) {
            batch->put(row, *value);
        } else {
            batch->erase(row);
            if (row.starts_with('c')) batch->drop_history(row);
        }
    }
    batch->put("p", std::to_string(next_));
    if (!rows_.write(*batch)) {
        options_.report("the copy of the keys cannot be written");
        return false;
    }
    changes_.clear();
    {
        const std::lock_guard lock(mutex_);
        position_ = next_;
    }
    copied_.notify_all();
    return true;
}

// Until they are read back, they are sent again and again.
void KeyCopy::send_tombstones() {
    owes_tombstones_ = false;
    const auto snapshot = rows_.snapshot();
    const auto walk = snapshot->walk("e");
    for (walk->seek("e"); walk->valid(); walk->next()) {
        send(std::string(walk->key().substr(1)), std::nullopt);
        owes_tombstones_ = true;
    }
    tombstones_at_ = steady_clock::now() + tombstone_pause;
}

}  // namespace infra
