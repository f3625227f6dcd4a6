// The JSON Schemas (2020-12) of the data of published events, made from the descriptions that the
// journal writes by.
//
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/router.hpp"
#include "journal/event_codec.hpp"

namespace api {

// The schema of one type's data: a document that stands alone.
std::string event_schema(const journal::EventType& type);

class EventSchemas {
public:
    // Topics begin with the prefix.
    explicit EventSchemas(std::string_view topic_prefix);
    EventSchemas(const EventSchemas&) = delete;
    EventSchemas& operator=(const EventSchemas&) = delete;

    http::Handler list() const;  // An array of {type, version, topic, schema}.
    http::Handler one() const;   // REQUIRES of the route: the type is the path's first parameter.

private:
    using Document = std::shared_ptr<const std::string>;

    Document list_;
    std::map<std::string, Document, std::less<>> by_type_;
};

}  // namespace api
