// Events as they leave the house: CloudEvents 1.0, the same in the feed and on public topics.
//
// Published are the events of all kinds that clients know, without internal members and without
// texts about persons (codec::Audience::consumer). A topic is <prefix>.<kind>; its key is the id of
// the event's subject, so that one subject stays in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/subject.hpp"
#include "domain/time.hpp"
#include "journal/entry.hpp"

namespace projections {

struct CloudEvent {
    std::string id;  // Its place in the journal: "0-1201.2" is the second event of entry 1201.
    std::string source;
    std::string_view type;
    domain::Subject subject;
    domain::Timestamp time;           // When it happened.
    domain::Timestamp recorded_time;  // When it was written.
    std::uint64_t sequence = 0;       // Dense in its subject, from 1.
    std::string data_schema;
    std::string data;  // JSON.
};

// The kinds whose events are published, each on a topic of its own.
std::vector<domain::Kind> published_kinds();

// "daybook.bills", with the prefix "daybook".
std::string topic_of(std::string_view prefix, domain::Kind kind);

// The name of the schema of such data: "urn:daybook:event:BillPaid:1".
std::string data_schema_of(std::string_view type, std::uint32_t version);

bool is_published(const journal::RecordedEvent& event);

// "0-1201.2"; `number` counts the events of the entry from 1.
std::string event_id(journal::ShardNumber shard, journal::Seq seq, std::size_t number);

// REQUIRES: is_published(entry.events[index]).
CloudEvent cloud_event_of(const journal::Entry& entry, std::size_t index);

// All attributes with their values as text, in a fixed order: members of the structured format,
// and what headers of the binary format are made of (ce_<name>; content-type for datacontenttype).
struct Attribute {
    std::string_view name;
    std::string value;
};
std::vector<Attribute> attributes_of(const CloudEvent& event);

// Appends the event in the structured JSON format, on one line.
void append_json(std::string& out, const CloudEvent& event);

}  // namespace projections
