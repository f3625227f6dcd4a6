// The layout of the views' rows: which version of the program can go on with them.
#pragma once

#include <cstdint>

#include "journal/rows.hpp"

namespace projections {

// What a node keeps of the journal.
enum class Contents : std::uint8_t {
    everything,
    // Tenants, keys, webhook endpoints and where events are: enough to know who asks, and to
    // deliver.
    access
};

// Erases the rows of the views if another version of the program laid them out (other members,
// other indexes), or if they hold something else: they are then derived from the journal again. To
// be called before anything else looks at the rows. Throws std::runtime_error when the disk
// refuses.
void prepare_rows(journal::Rows& rows, Contents contents = Contents::everything);

}  // namespace projections
