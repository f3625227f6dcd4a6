#include "journal/entry.hpp"

#include <simdjson.h>

#include <cassert>

#include "codec/reflect.hpp"
#include "journal/event_codec.hpp"
#include "journal/upcasters.hpp"

namespace journal {
namespace {

using simdjson::dom::element;

constexpr std::int64_t format_version = 1;

// Binds a sealed text to its place, so that it cannot be moved to another.
std::string associated_data(const domain::TenantId& tenant, std::string_view subject,
                            std::uint64_t sequence, std::string_view field) {
    std::string text(tenant.view());
    text += '\n';
    text += subject;
    text += '\n';
    text += std::to_string(sequence);
    text += '\n';
    text += field;
    return text;
}

class EventSeal final : public codec::Seal, public codec::Unseal {
public:
    EventSeal(Sealing& sealing, std::optional<DataKey> key, const domain::TenantId& tenant,
              std::string_view subject, std::uint64_t sequence)
        : sealing_(sealing), key_(key), tenant_(tenant), subject_(subject), sequence_(sequence) {}

    std::string seal(std::string_view field, std::string_view plain) override {
        // Nobody who was erased is told about any more, so there is nothing to seal.
        if (!key_ && plain.empty()) return {};
        assert(key_ && "a person's key is made before the entry that needs it");
        return sealing_.seal(*key_, associated_data(tenant_, subject_, sequence_, field), plain);
    }
    std::optional<std::string> unseal(std::string_view field, std::string_view sealed) override {
        if (!key_) return std::nullopt;
        auto plain =
            sealing_.unseal(*key_, associated_data(tenant_, subject_, sequence_, field), sealed);
        if (!plain) is_damaged_ = true;
        return plain;
    }
    bool is_damaged() const { return is_damaged_; }

private:
    Sealing& sealing_;
    std::optional<DataKey> key_;
    const domain::TenantId& tenant_;
    std::string_view subject_;
    std::uint64_t sequence_;
    bool is_damaged_ = false;
};

void begin_record(codec::Writer& out, ShardNumber shard) {
    out.raw(R"({"v":1,"shard":)");
    out.integer(shard);
}

void write_time(codec::Writer& out, std::string_view name, domain::Timestamp time) {
    out.raw(",\"");
    out.raw(name);
    out.raw("\":");
    out.value(codec::type_of<domain::Timestamp>(), &time);
}

struct Fields {
    const element& object;
    bool ok = true;

    std::string_view text(std::string_view key) {
        std::string_view value;
        if (object[key].get(value) != simdjson::SUCCESS) ok = false;
        return value;
    }
    std::uint64_t number(std::string_view key) {
        std::uint64_t value = 0;
        if (object[key].get(value) != simdjson::SUCCESS) ok = false;
        return value;
    }
    domain::Timestamp time(std::string_view key) {
        const auto parsed = domain::parse_rfc3339(text(key));
        if (!parsed) ok = false;
        return parsed.value_or(domain::Timestamp{});
    }
    element child(std::string_view key) {
        element value;
        if (object[key].get(value) != simdjson::SUCCESS) ok = false;
        return value;
    }
};

domain::Result<Opening, EntryError> decode_opening(const element& root, const element& body) {
    Fields outer{root};
    Fields inner{body};
    Opening opening{.shard = static_cast<ShardNumber>(outer.number("shard")),
                    .id = std::string(inner.text("id")),
                    .node = std::string(inner.text("node")),
                    .address = std::string(inner.text("address")),
                    .time = outer.time("time")};
    if (!outer.ok || !inner.ok) return domain::Failure(EntryError::foreign);
    return opening;
}

}  // namespace

std::optional<domain::UserId> person_of(const domain::Subject& subject,
                                        const domain::AnyEvent& event) {
    const EventType* type = find_event_type(domain::event_name(event));
    assert(type != nullptr);
    if (!type->has_personal_data) return std::nullopt;
    if (subject.kind == domain::Kind::users) return domain::UserId{subject.id};
    return std::visit(
        [](const auto& of_kind) {
            return std::visit(
                [](const auto& one) -> std::optional<domain::UserId> {
                    if constexpr (requires { std::optional<domain::UserId>(one.user_id); }) {
                        return one.user_id;
                    } else {
                        return std::nullopt;
                    }
                },
                of_kind);
        },
        event);
}

namespace {

void write_event(codec::Writer& out, const Entry& entry, const RecordedEvent& recorded,
                 KeyStore& keys, Sealing& sealing) {
    const std::string_view type = domain::event_name(recorded.event);
    const std::string subject = to_text(recorded.subject);
    out.raw(R"({"type":")");
    out.raw(type);
    out.raw(R"(","version":)");
    out.integer(find_event_type(type)->version);
    out.raw(R"(,"subject":)");
    out.text(subject);
    out.raw(R"(,"sequence":)");
    out.integer(static_cast<std::int64_t>(recorded.sequence));
    write_time(out, "occurredAt", recorded.occurred_at);
    std::optional<DataKey> key;
    if (const auto person = person_of(recorded.subject, recorded.event)) {
        out.raw(R"(,"person":)");
        out.text(person->view());
        key = keys.find({entry.tenant, *person});
    }
    out.raw(R"(,"data":)");
    EventSeal seal(sealing, key, entry.tenant, subject, recorded.sequence);
    codec::Writer data(out.out(), codec::Audience::store, &seal);
    const EventData event = data_of(recorded.event);
    data.value(*event.type, event.address);
    out.raw("}");
}

}  // namespace

std::string EntryCodec::encode(const Entry& entry) const {
    std::string bytes;
    bytes.reserve(1024);
    codec::Writer out(bytes);
    begin_record(out, entry.shard);
    out.raw(R"(,"seq":)");
    out.integer(static_cast<std::int64_t>(entry.seq));
    out.raw(R"(,"gen":)");
    out.text(entry.gen);
    out.raw(R"(,"prev":)");
    out.text(to_hex(entry.prev));
    write_time(out, "time", entry.time);
    out.raw(R"(,"tenant":)");
    out.text(entry.tenant.view());
    out.raw(R"(,"command":)");
    out.value(codec::type_of<CommandRecord>(), &entry.command);
    out.raw(R"(,"events":[)");
    bool comma = false;
    for (const RecordedEvent& event : entry.events) {
        if (comma) out.raw(",");
        comma = true;
        write_event(out, entry, event, keys_, sealing_);
    }
    out.raw("]}");
    return bytes;
}

std::string EntryCodec::encode(const Opening& opening) {
    std::string bytes;
    codec::Writer out(bytes);
    begin_record(out, opening.shard);
    out.raw(R"(,"opening":{"id":)");
    out.text(opening.id);
    out.raw(R"(,"node":)");
    out.text(opening.node);
    out.raw(R"(,"address":)");
    out.text(opening.address);
    out.raw("}");
    write_time(out, "time", opening.time);
    out.raw("}");
    return bytes;
}

namespace {

domain::Result<RecordedEvent, EntryError> decode_event(const element& in, const Entry& entry,
                                                       KeyStore& keys, Sealing& sealing) {
    Fields fields{in};
    const auto subject_text = fields.text("subject");
    const auto subject = domain::parse_subject(subject_text);
    const auto* type = find_event_type(fields.text("type"));
    const auto version = fields.number("version");
    RecordedEvent recorded{.subject = {},
                           .sequence = fields.number("sequence"),
                           .occurred_at = fields.time("occurredAt"),
                           .event = {}};
    const element data = fields.child("data");
    if (!fields.ok) return domain::Failure(EntryError::damaged);
    if (type == nullptr || !subject) return domain::Failure(EntryError::unknown_event_type);
    if (version > type->version) return domain::Failure(EntryError::newer_event_version);
    if (subject->kind != type->kind) return domain::Failure(EntryError::damaged);
    recorded.subject = *subject;

    std::optional<DataKey> key;
    std::string_view person;
    if (in["person"].get(person) == simdjson::SUCCESS) {
        try {
            key = keys.find({entry.tenant, domain::UserId{std::string(person)}});
        } catch (const KeysUnavailable&) {
            return domain::Failure(EntryError::keys_unavailable);
        }
    }
    EventSeal seal(sealing, key, entry.tenant, subject_text, recorded.sequence);
    codec::Reader reader(codec::Strictness::stored, &seal);
    auto event = read_event(*type, version, data, reader, upcasters());
    if (!event) return domain::Failure(event.error());
    if (seal.is_damaged()) return domain::Failure(EntryError::damaged);
    recorded.event = *std::move(event);
    return recorded;
}

}  // namespace

domain::Result<std::variant<Opening, Entry>, EntryError> EntryCodec::decode(
    std::string_view record, const std::function<bool(const Entry&)>& wants_data) const {
    codec::Document& document = codec::scratch_document();
    if (document.parse(record, codec::Strictness::stored)) {
        return domain::Failure(EntryError::foreign);
    }
    const element& root = document.root();
    std::int64_t format = 0;
    if (root["v"].get(format) != simdjson::SUCCESS) return domain::Failure(EntryError::foreign);
    if (format > format_version) return domain::Failure(EntryError::newer_format);
    element body;
    if (root["opening"].get(body) == simdjson::SUCCESS) return decode_opening(root, body);

    Fields fields{root};
    Entry entry{.shard = static_cast<ShardNumber>(fields.number("shard")),
                .seq = fields.number("seq"),
                .gen = std::string(fields.text("gen")),
                .prev = {},
                .time = fields.time("time"),
                .tenant = domain::TenantId{std::string(fields.text("tenant"))},
                .command = {},
                .events = {}};
    const auto prev = parse_hash(fields.text("prev"));
    const element command = fields.child("command");
    simdjson::dom::array events;
    if (!fields.ok || !prev || root["events"].get(events) != simdjson::SUCCESS) {
        return domain::Failure(EntryError::foreign);
    }
    entry.prev = *prev;
    if (!wants_data(entry)) return entry;
    codec::Reader reader(codec::Strictness::stored);
    codec::type_of<CommandRecord>().read(command, &entry.command, domain::Limits{}, reader);
    if (!reader.ok()) return domain::Failure(EntryError::damaged);
    for (const element one : events) {
        auto event = decode_event(one, entry, keys_, sealing_);
        if (!event) return domain::Failure(event.error());
        entry.events.push_back(*std::move(event));
    }
    return entry;
}

}  // namespace journal
