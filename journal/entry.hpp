// Entries: what one command did, all or nothing, as one record of the journal.
//
//     record  = opening | entry                     ; one JSON object, canonical (codec/writer.hpp)
//     opening = {"v":1,"shard":N,"opening":{"id":ID,"node":TEXT,"address":TEXT},"time":TIME}
//     entry   = {"v":1,"shard":N,"seq":N,"gen":ID,"prev":HEX64,"time":TIME,"tenant":TENANT,
//                "command":{…CommandRecord…},"events":[event…]}
//     event   = {"type":NAME,"version":N,"subject":"kind/id","sequence":N,"occurredAt":TIME,
//                ["person":USER,]"data":{…}}
//
// Entries are stored for ever and never rewritten. Unknown members are ignored; an unknown event
// type, or a higher `v` or `version`, stops the reader of the shard (EntryError). Old event
// versions are brought up to date by upcasters.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/aggregates.hpp"
#include "journal/chain.hpp"
#include "journal/journal.hpp"
#include "journal/key_store.hpp"

namespace journal {

using Seq = std::uint64_t;

// Who asked.
struct Actor {
    std::string type;
    std::string id;
    bool operator==(const Actor&) const = default;
};
constexpr auto describe(const Actor*) {
    return domain::fields(
        domain::field<&Actor::type>("type", "apiKey, client, scheduler or operator."),
        domain::field<&Actor::id>("id",
                                  "The key's id, the client's of a token, or the node's name."));
}

// The command as the entry remembers it. `subject` and `version` are the answer: the aggregate that
// the command was about, and its version after it.
struct CommandRecord {
    std::string id;
    std::string type;
    Actor actor;
    std::string subject;
    std::uint64_t version = 0;
    std::optional<std::string> reason;
    std::optional<std::string> idempotency_key;
    std::optional<std::string> fingerprint;
    std::optional<std::string> correlation_id;
    std::optional<std::string> causation_id;
    bool operator==(const CommandRecord&) const = default;
};
constexpr auto describe(const CommandRecord*) {
    using domain::field;
    return domain::fields(
        field<&CommandRecord::id>("id", "Unique id of the command."),
        field<&CommandRecord::type>("type", "The command's name, such as IssueBill."),
        field<&CommandRecord::actor>("actor", "Who asked."),
        field<&CommandRecord::subject>("subject", "What the command was about."),
        field<&CommandRecord::version>("version", "The subject's version after the command."),
        field<&CommandRecord::reason>("reason", "Why, in the words of the actor."),
        field<&CommandRecord::idempotency_key>("idempotencyKey", "The client's key."),
        field<&CommandRecord::fingerprint>("fingerprint", "Hash of the request it stands for."),
        field<&CommandRecord::correlation_id>("correlationId", "The request or trace."),
        field<&CommandRecord::causation_id>("causationId", "What caused it."));
}

struct RecordedEvent {
    domain::Subject subject;
    std::uint64_t sequence = 0;
    domain::Timestamp occurred_at;
    domain::AnyEvent event;
    bool operator==(const RecordedEvent&) const = default;
};

struct Entry {
    ShardNumber shard = 0;
    Seq seq = 0;
    std::string gen;
    Hash prev{};
    domain::Timestamp time;
    domain::TenantId tenant;
    CommandRecord command;
    std::vector<RecordedEvent> events;
    bool operator==(const Entry&) const = default;
};

// With which a writer takes the shard. It carries neither seq nor prev: its writer cannot know
// them.
struct Opening {
    ShardNumber shard = 0;
    std::string id;
    std::string node;
    std::string address;
    domain::Timestamp time;
    bool operator==(const Opening&) const = default;
};

// Authenticated encryption with associated data; the adapter is infra's.
class Sealing {
public:
    virtual ~Sealing() = default;
    virtual std::string seal(const DataKey& key, std::string_view associated,
                             std::string_view plain) = 0;
    virtual std::optional<std::string> unseal(const DataKey& key, std::string_view associated,
                                              std::string_view sealed) = 0;
};

// Why a record cannot be taken in.
enum class EntryError : std::uint8_t {
    foreign,              // Not a record of ours, or cut: void, and reported.
    newer_format,         // Written by a newer version: this reader has to stop.
    unknown_event_type,   // The same.
    newer_event_version,  // The same.
    damaged,              // Ours by its frame, but its data cannot be: this reader has to stop.
    keys_unavailable      // The key store cannot be asked now: try again later.
};
constexpr auto describe(const EntryError*) {
    return domain::wire_names("foreign", "newer_format", "unknown_event_type",
                              "newer_event_version", "damaged", "keys_unavailable");
}

// Encodes and decodes records. Thread-safe: holds references only; the ports are thread-safe.
class EntryCodec {
public:
    EntryCodec(KeyStore& keys, Sealing& sealing) : keys_(keys), sealing_(sealing) {}

    // REQUIRES: the key store has the keys of all persons in it (see persons_of).
    std::string encode(const Entry& entry) const;
    static std::string encode(const Opening& opening);
    // `wants_data` looks at an entry's frame and says whether its command and events are worth
    // decoding: of a void entry they are not, and may be of a kind that nobody knows.
    domain::Result<std::variant<Opening, Entry>, EntryError> decode(
        std::string_view record, const std::function<bool(const Entry&)>& wants_data) const;
    domain::Result<std::variant<Opening, Entry>, EntryError> decode(std::string_view record) const {
        return decode(record, [](const Entry&) { return true; });
    }

private:
    KeyStore& keys_;
    Sealing& sealing_;
};

// The person whose data an event holds sealed, if its type has personal members.
std::optional<domain::UserId> person_of(const domain::Subject& subject,
                                        const domain::AnyEvent& event);

}  // namespace journal
