// Samples: a value for every described type, made from the description alone, with all members
// given. The same description gives the same sample, so tests of compatibility can keep its bytes.
#pragma once

#include <string>

#include "codec/type.hpp"
#include "journal/entry.hpp"
#include "journal/event_codec.hpp"

namespace tests::support {

// As JSON, for the reader of stored documents. Throws std::logic_error for a text with a format
// that no sample is known of.
std::string sample_json(const codec::Type& type, const domain::Limits& limits = {});

domain::AnyEvent sample_event(const journal::EventType& type);

// An entry with this one event.
journal::Entry sample_entry(const journal::EventType& type);

}  // namespace tests::support
