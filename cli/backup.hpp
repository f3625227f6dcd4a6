// `daybook backup`: copies what cannot be made again into a directory, while the node serves.
//
// A backup is of one position: that of a snapshot of the views, whose digests go along. Journal and
// keys are read up to there and no further, and the hash chain is followed over what is read, so a
// journal that is damaged, or is another one than before, is noticed now. A later backup adds what
// is new.
#pragma once

#include <cstdint>
#include <filesystem>

#include "cli/console.hpp"
#include "cli/node.hpp"

namespace cli {

struct BackupLimits {
    std::uint64_t part_bytes_max = 512 << 20;  // After so much the work until then is kept.
};

// Makes the directory if there is none. What a crash interrupts is gone on with, or counts for
// nothing. Throws Exit. REQUIRES: the views follow the journal.
void back_up(Node& node, const std::filesystem::path& directory, Console& console,
             const BackupLimits& limits = {});

}  // namespace cli
