#include "tests/support/sample.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "codec/reflect.hpp"

namespace tests::support {
namespace {

using codec::Type;
using codec::TypeKind;

std::string quoted(std::string_view text) {
    std::string json;
    codec::append_quoted(json, text);
    return json;
}

std::string sample_text(const Type& type) {
    static const std::map<std::string_view, std::string_view> samples = {
        {"", "Sample"},
        {"country", "NO"},
        {"currency", "NOK"},
        {"date", "2026-02-28"},
        {"date-time", "2026-01-31T10:00:00.123Z"},
        {"email", "sample@example.org"},
        {"event-place", "0-1201.2"},
        {"id", "sample-1"},
        {"locale", "nb-NO"},
        {"phone", "+47 22 86 44 00"},
        {"scope", "bills:read"},
        {"sha256", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
        {"sku", "SAMPLE-1"},
        {"slug", "sample"},
        {"time-zone", "Europe/Oslo"},
        {"uri", "https://example.org/sample"},
    };
    const auto found = samples.find(type.format);
    if (found != samples.end()) return quoted(found->second);
    throw std::logic_error("tests/support/sample.cpp has no sample of the format '" +
                           std::string(type.format) + "': add one");
}

std::string sample_object(const Type& type) {
    std::string json = "{";
    for (const codec::Member& member : type.members) {
        if (json.size() > 1) json += ',';
        json += quoted(member.name) + ':' + sample_json(member.type(), member.limits);
    }
    return json + '}';
}

}  // namespace

std::string sample_json(const Type& type, const domain::Limits& limits) {
    switch (type.kind) {
        case TypeKind::boolean: return "true";
        case TypeKind::integer:
            return std::to_string(std::clamp<std::int64_t>(7, limits.minimum, limits.maximum));
        case TypeKind::text: return sample_text(type);
        case TypeKind::enumeration:
            return quoted(
                *std::ranges::find_if(type.wire_names, [](auto name) { return !name.empty(); }));
        case TypeKind::object: return sample_object(type);
        case TypeKind::array: return '[' + sample_json(type.element(), limits) + ']';
        case TypeKind::map: return R"({"key":)" + sample_json(type.element(), limits) + '}';
        case TypeKind::optional:
        case TypeKind::change: return sample_json(type.element(), limits);
        case TypeKind::personal: return R"("Kåre \"Sample\"")";
        case TypeKind::json: return R"({"a":[1,null]})";
    }
    return "null";
}

domain::AnyEvent sample_event(const journal::EventType& type) {
    codec::Document& document = codec::scratch_document();
    if (document.parse(sample_json(type.type()), codec::Strictness::stored)) {
        throw std::logic_error("a sample is no JSON: " + sample_json(type.type()));
    }
    codec::Reader reader(codec::Strictness::stored);
    domain::AnyEvent event = type.read(document.root(), reader);
    if (!reader.ok()) {
        throw std::logic_error("a sample of " + std::string(type.name) + " cannot be read: " +
                               reader.problems()[0].pointer + ' ' + reader.problems()[0].detail);
    }
    return event;
}

journal::Entry sample_entry(const journal::EventType& type) {
    const domain::Timestamp time = *domain::parse_rfc3339("2026-01-31T10:00:00.123Z");
    journal::Entry entry;
    entry.shard = 3;
    entry.seq = 1201;
    entry.gen = "0197f3a0c0de70008000000000000001";
    entry.prev.fill(0xAB);
    entry.time = time;
    entry.tenant = domain::TenantId{"acme"};
    entry.command = {.id = "0197f3a0c0de70008000000000000002",
                     .type = "SampleCommand",
                     .actor = {.type = "apiKey", .id = "AAAAAAAAAAAA"},
                     .subject = std::string(domain::name(type.kind)) + "/sample-1",
                     .version = 4,
                     .reason = "for a test",
                     .idempotency_key = "key-1",
                     .fingerprint = std::string(64, 'f'),
                     .correlation_id = "request-1",
                     .causation_id = "cause-1"};
    entry.events.push_back({{type.kind, "sample-1"}, 4, time, sample_event(type)});
    return entry;
}

}  // namespace tests::support
