// The value of a resource's row, made so that a GET sends a slice of it as it is.
//
//     value = length:4 json version:8 created:8 updated:8 seq:8 length:4 terms internal
//
// `seq` is that of the entry that changed it last. `json` is the representation for clients,
// `internal` an object of those members of the state that it leaves out, wholly or in part.
// Together they are the aggregate. Numbers are little-endian.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/aggregates.hpp"

namespace projections {

// Views into a row's value. REQUIRES: a value that `append_row` made.
struct RowView {
    std::string_view json;
    std::uint64_t version = 0;
    domain::Timestamp created_at;
    domain::Timestamp updated_at;
    std::uint64_t seq = 0;
    std::string_view terms;
    std::string_view internal;
};
RowView view_row(std::string_view value);

// The status's wire name.
std::string_view status_of(std::string_view terms);

void append_row(std::string& out, const domain::AnyAggregate& aggregate, std::uint64_t seq,
                std::string_view terms);

// Throws std::runtime_error when the value is not what `append_row` makes.
domain::AnyAggregate read_row(const domain::Subject& subject, std::string_view value);

}  // namespace projections
