// The journal as lines, for those who check it with programs of their own, and for moving it.
#pragma once

#include <ostream>
#include <vector>

#include "cli/keys_file.hpp"
#include "journal/journal.hpp"

namespace cli {

// Writes every record that the journal holds now, shard after shard and oldest first, byte for byte
// as it is stored, one a line: the hash chain can be followed over the lines as they are, openings
// and void entries are among them, and personal data stays sealed. `progress` is told how far it
// is, at most once a second. With `wants_ends` it judges the records, which costs time and has to
// know all types of events, and gives where each shard ends. Throws Exit (failure) when the journal
// or the output fails. Blocks for one pass over the journal; needs the memory of one read.
std::vector<ShardEnd> export_journal(journal::Journal& journal, std::ostream& out,
                                     std::ostream& progress, bool wants_ends);

}  // namespace cli
