#include "projections/cloud_event.hpp"

#include "codec/reflect.hpp"
#include "journal/event_codec.hpp"

namespace projections {
namespace {

std::string text_of(domain::Timestamp time) {
    std::string text;
    domain::append_rfc3339(text, time);
    return text;
}

}  // namespace

std::vector<domain::Kind> published_kinds() {
    std::vector<domain::Kind> kinds;
    for (std::size_t i = 0; i < describe(static_cast<const domain::Kind*>(nullptr)).size(); ++i) {
        const auto kind = static_cast<domain::Kind>(i);
        if (domain::is_published(kind)) kinds.push_back(kind);
    }
    return kinds;
}

std::string topic_of(std::string_view prefix, domain::Kind kind) {
    std::string topic(prefix);
    topic += '.';
    return topic += domain::name(kind);
}

std::string data_schema_of(std::string_view type, std::uint32_t version) {
    return "urn:daybook:event:" + std::string(type) + ':' + std::to_string(version);
}

bool is_published(const journal::RecordedEvent& event) {
    return domain::is_published(event.subject.kind);
}

std::string event_id(journal::ShardNumber shard, journal::Seq seq, std::size_t number) {
    return std::to_string(shard) + '-' + std::to_string(seq) + '.' + std::to_string(number);
}

CloudEvent cloud_event_of(const journal::Entry& entry, std::size_t index) {
    const journal::RecordedEvent& recorded = entry.events[index];
    const std::string_view type = domain::event_name(recorded.event);
    CloudEvent event{
        .id = event_id(entry.shard, entry.seq, index + 1),
        .source = "urn:daybook:tenant:" + std::string(entry.tenant.view()),
        .type = type,
        .subject = recorded.subject,
        .time = recorded.occurred_at,
        .recorded_time = entry.time,
        .sequence = recorded.sequence,
        .data_schema = data_schema_of(type, journal::find_event_type(type)->version),
        .data = {},
    };
    const journal::EventData data = journal::data_of(recorded.event);
    codec::Writer writer(event.data, codec::Audience::consumer);
    writer.value(*data.type, data.address);
    return event;
}

std::vector<Attribute> attributes_of(const CloudEvent& event) {
    return {
        {"specversion", "1.0"},
        {"id", event.id},
        {"source", event.source},
        {"type", std::string(event.type)},
        {"subject", to_text(event.subject)},
        {"time", text_of(event.time)},
        {"recordedtime", text_of(event.recorded_time)},
        // As the extension of CloudEvents for sequences has it.
        {"sequence", std::to_string(event.sequence)},
        {"sequencetype", "Integer"},
        {"datacontenttype", "application/json"},
        {"dataschema", event.data_schema},
    };
}

void append_json(std::string& out, const CloudEvent& event) {
    out += '{';
    for (const auto& [name, value] : attributes_of(event)) {
        codec::append_quoted(out, name);
        out += ':';
        codec::append_quoted(out, value);
        out += ',';
    }
    out.append(R"("data":)").append(event.data) += '}';
}

}  // namespace projections
