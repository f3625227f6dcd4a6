#include "cli/journal_export.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/exit_code.hpp"
#include "cli/journal_walk.hpp"
#include "journal/keyless_reader.hpp"

namespace cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds progress_interval{1};

class Export {
public:
    Export(journal::Journal& journal, std::ostream& out, std::ostream& progress, bool wants_ends)
        : journal_(journal), out_(out), progress_(progress), wants_ends_(wants_ends) {}

    ShardEnd write_shard(journal::ShardNumber shard) {
        journal::LogFold fold(shard, {});
        walk_journal(journal_, shard, 0, journal_.end(shard), [&](const journal::Record& record) {
            write(record);
            if (wants_ends_) judge(fold, record);
            return true;
        });
        return {fold.state().seq, fold.state().head};
    }

    void finish() {
        out_.flush();
        if (!out_) throw Exit(ExitCode::failure, "the output cannot be written");
        tell();
    }

private:
    void judge(journal::LogFold& fold, const journal::Record& record) {
        const auto judged = fold.take(record, reader_.codec());
        if (judged) return;
        throw Exit(ExitCode::failure, "the journal cannot be read: record " +
                                          std::to_string(record.offset) + " is " +
                                          std::string(domain::name(judged.error())));
    }
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
    bool wants_ends_;
    journal::KeylessReader reader_;
    std::uint64_t records_ = 0;
    steady_clock::time_point told_ = steady_clock::now();
};

}  // namespace

std::vector<ShardEnd> export_journal(journal::Journal& journal, std::ostream& out,
                                     std::ostream& progress, bool wants_ends) {
    Export lines(journal, out, progress, wants_ends);
    std::vector<ShardEnd> ends;
    for (journal::ShardNumber shard = 0; shard < journal.shards(); ++shard) {
        ends.push_back(lines.write_shard(shard));
    }
    lines.finish();
    return ends;
}

}  // namespace cli
