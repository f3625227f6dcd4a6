// Takes an exported journal into an empty one, of this engine or another one.
//
// Records are taken in as they are, so the hash chain, all positions and whatever is derived from
// the journal are the same afterwards. The rule of validity is applied to each line, and where each
// shard ends has to be what the file of keys says, so lines that were changed, left out or cut off
// are found. All that was written is read back and compared.
#pragma once

#include <functional>
#include <istream>
#include <ostream>
#include <span>
#include <string>

#include "cli/keys_file.hpp"
#include "journal/journal.hpp"

namespace cli {

// Reads lines to their end. `progress` is told how far it is, at most once a second. Throws Exit,
// with the number of the line, when a line does not follow from those before it, or a shard does
// not end as `ends` says. Needs the memory of a few megabytes of lines. REQUIRES: the journal has
// as many shards as `ends`, they are empty, and nobody else writes to them.
void import_journal(journal::Journal& journal, std::istream& lines, std::ostream& progress,
                    std::span<const ShardEnd> ends);
// The same of lines that `next` gives, until it says that there are no more.
void import_journal(journal::Journal& journal, const std::function<bool(std::string&)>& next,
                    std::ostream& progress, std::span<const ShardEnd> ends);

}  // namespace cli
