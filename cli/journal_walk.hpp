// Reads a stretch of a shard's records, however long it takes a broker to give them.
#pragma once

#include <functional>

#include "journal/journal.hpp"

namespace cli {

// Gives the records behind `after`, up to `end`, oldest first, as long as `use` says that it goes
// on. Throws Exit (failure) when the journal cannot be read. REQUIRES: `end` is the offset of a
// record, or 0. Blocks for one pass; needs the memory of one read.
void walk_journal(journal::Journal& journal, journal::ShardNumber shard, journal::Offset after,
                  journal::Offset end, const std::function<bool(const journal::Record&)>& use);

}  // namespace cli
