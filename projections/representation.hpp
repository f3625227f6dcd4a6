// Representations: resources as JSON for clients, the same bytes wherever they are sent.
//
//     {"id":…, members of the state that are not internal…,
//     "version":N,"createdAt":…,"updatedAt":…}
#pragma once

#include <string>

#include "domain/aggregates.hpp"

namespace projections {

void append_representation(std::string& out, const domain::AnyAggregate& aggregate);
std::string representation(const domain::AnyAggregate& aggregate);

}  // namespace projections
