// The layout of the views' rows: which version of the program can go on with them.
#pragma once

#include "journal/rows.hpp"

namespace projections {

// Erases the rows of the views if another version of the program laid them out (other members,
// other indexes): they are then derived from the journal again. To be called before anything else
// looks at the rows. Throws std::runtime_error when the disk refuses.
void prepare_rows(journal::Rows& rows);

}  // namespace projections
