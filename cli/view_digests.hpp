// The digests of all views as lines, to compare nodes and rebuilds by.
#pragma once

#include <ostream>

#include "cli/node.hpp"

namespace cli {

// A line for each shard and kind: "SHARD SEQ KIND DIGEST". SEQ is that of the last entry that the
// views show.
void print_view_digests(const Node& node, std::ostream& out);

}  // namespace cli
