#include "cli/journal_export.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"

namespace cli {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t read_bytes = 4 << 20;
constexpr std::chrono::seconds progress_interval{1};
constexpr std::chrono::seconds patience{60};  // For a broker that has the records.

// Wakes whoever waits for records of a shard.
class Arrivals {
public:
    Arrivals(journal::Journal& journal, journal::ShardNumber shard)
        : subscription_(journal.subscribe(shard, [this] {
              const std::scoped_lock lock(mutex_);
              ++count_;
              changed_.notify_all();
          })) {}

    std::uint64_t count() {
        const std::scoped_lock lock(mutex_);
        return count_;
    }
    // False when nothing came in time.
    bool wait_beyond(std::uint64_t seen) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return count_ > seen; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t count_ = 0;
    std::shared_ptr<void> subscription_;  // Ends before what it uses.
};

class Export {
public:
    Export(journal::Journal& journal, std::ostream& out, std::ostream& progress)
        : journal_(journal), out_(out), progress_(progress) {}

    void write_shard(journal::ShardNumber shard) {
        Arrivals arrivals(journal_, shard);
        const journal::Offset end = journal_.end(shard);
        for (journal::Offset after = 0; after < end;) {
            const std::uint64_t seen = arrivals.count();
            const auto records = journal_.read(shard, after, read_bytes);
            if (!records) {
                throw Exit(ExitCode::failure,
                           "the journal cannot be read: " + std::string(name(records.error())));
            }
            for (const journal::Record& record : *records) {
                if (record.offset > end) return;
                write(record);
                after = record.offset;
            }
            if (records->empty() && !arrivals.wait_beyond(seen)) {
                throw Exit(ExitCode::failure, "the journal does not answer");
            }
        }
    }

    void finish() {
        out_.flush();
        if (!out_) throw Exit(ExitCode::failure, "the output cannot be written");
        tell();
    }

private:
    void write(const journal::Record& record) {
        out_ << *record.bytes << '\n';
        if (!out_) throw Exit(ExitCode::failure, "the output cannot be written");
        ++records_;
        if (steady_clock::now() - told_ >= progress_interval) tell();
    }
    void tell() {
        progress_ << records_ << " records exported\n";
        told_ = steady_clock::now();
    }

    journal::Journal& journal_;
    std::ostream& out_;
    std::ostream& progress_;
    std::uint64_t records_ = 0;
    steady_clock::time_point told_ = steady_clock::now();
};

}  // namespace

void export_journal(journal::Journal& journal, std::ostream& out, std::ostream& progress) {
    Export lines(journal, out, progress);
    for (journal::ShardNumber shard = 0; shard < journal.shards(); ++shard) {
        lines.write_shard(shard);
    }
    lines.finish();
}

}  // namespace cli
