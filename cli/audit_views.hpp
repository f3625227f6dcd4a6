// `daybook audit verify`: are the live views what the journal says?
#pragma once

#include <cstdint>

#include "cli/console.hpp"
#include "cli/node.hpp"
#include "journal/rows.hpp"

namespace cli {

// Builds views aside from the journal alone, and compares all rows with the live ones at one
// position. Throws Exit; code `data`, and the first row that differs, when they are not the same.
void audit_views(Node& node, Console& console);

// How many rows there are in both. Throws Exit (data) that names the first one that differs.
std::uint64_t compare_rows(const journal::RowSnapshot& live, const journal::RowSnapshot& built);

}  // namespace cli
