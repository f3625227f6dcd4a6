// `daybook restore`: makes a data directory of a backup, whole or up to a position or a time.
//
// First all that the backup has is read and judged, to its end, so nothing is made of a backup that
// is damaged. What is made is checked: the hash chain ends where it did, and the views come to the
// digests that they had. Who was erased since then is erased again, by an entry of its own: what is
// known of that is the newest list in the directory of backups, what its journal says behind the
// position, and the lists that are given besides.
//
// Until all that is done the directory is marked, and nothing else opens it; what a crash
// interrupts is begun anew by the next restore.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "infra/settings.hpp"

namespace cli {

struct RestoreRequest {
    std::string backups;          // The directory.
    std::vector<std::string> to;  // Positions ("0-1201", of a shard each), or one time.
    // Files (erased-N.ndjson of newer backups), or data directories that nobody serves, whose key
    // stores know it, too.
    std::vector<std::string> erased;
};

// Throws Exit. REQUIRES: nobody serves the data directory, which has no journal.
ExitCode restore(const infra::Settings& settings, const RestoreRequest& request);

}  // namespace cli
