// The journal as lines, for those who check it with programs of their own.
#pragma once

#include <ostream>

#include "journal/journal.hpp"

namespace cli {

// Writes every record that the journal holds now, shard after shard and oldest first, byte for byte
// as it is stored, one a line: the hash chain can be followed over the lines as they are, openings
// and void entries are among them, and personal data stays sealed. `progress` is told how far it
// is, at most once a second. Throws Exit (failure) when the journal or the output fails. Blocks for
// one pass over the journal; needs the memory of one read.
void export_journal(journal::Journal& journal, std::ostream& out, std::ostream& progress);

}  // namespace cli
