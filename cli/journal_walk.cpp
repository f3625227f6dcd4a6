#include "cli/journal_walk.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/arrivals.hpp"
#include "cli/exit_code.hpp"

namespace cli {
namespace {

constexpr std::size_t read_bytes = 4 << 20;
constexpr std::chrono::seconds patience{60};  // For a broker that has the records.

}  // namespace

void walk_journal(journal::Journal& journal, journal::ShardNumber shard, journal::Offset after,
                  journal::Offset end, const std::function<bool(const journal::Record&)>& use) {
    Arrivals arrivals(journal, shard);
    while (after < end) {
        const std::uint64_t seen = arrivals.count();
        const auto records = journal.read(shard, after, read_bytes);
        if (!records) {
            throw Exit(ExitCode::failure,
                       "the journal cannot be read: " + std::string(name(records.error())));
        }
        for (const journal::Record& record : *records) {
            if (record.offset > end || !use(record)) return;
            after = record.offset;
        }
        if (records->empty() && !arrivals.wait_beyond(seen, patience)) {
            throw Exit(ExitCode::failure, "the journal does not answer");
        }
    }
}

}  // namespace cli
