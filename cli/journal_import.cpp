#include "cli/journal_import.hpp"

#include <charconv>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cli/arrivals.hpp"
#include "cli/exit_code.hpp"
#include "journal/keyless_reader.hpp"

namespace cli {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t batch_bytes = 256 << 10;
constexpr std::size_t unread_bytes_max = 4 << 20;
constexpr std::chrono::seconds progress_interval{1};
constexpr std::chrono::seconds patience{60};  // For a broker.

[[noreturn]] void refuse_line(std::uint64_t line, const std::string& why) {
    throw Exit(ExitCode::data, "line " + std::to_string(line) + " " + why);
}

// The shard that a record says it is of; nothing for what is none of ours, which is void.
std::optional<journal::ShardNumber> shard_of(std::string_view record) {
    constexpr std::string_view before = R"("shard":)";
    const auto at = record.find(before);
    if (!record.starts_with(R"({"v":)") || at == std::string_view::npos) return std::nullopt;
    const std::string_view digits = record.substr(at + before.size());
    journal::ShardNumber shard = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), shard);
    return read.ec == std::errc() ? std::optional(shard) : std::nullopt;
}

// Writes to one shard, and compares what is read back.
class ShardWriter {
public:
    ShardWriter(journal::Journal& journal, journal::ShardNumber shard)
        : journal_(journal),
          shard_(shard),
          arrivals_(journal, shard),
          session_(journal.open_session(shard)) {}

    void add(journal::Bytes record) {
        gathered_bytes_ += record->size();
        gathered_.push_back(std::move(record));
        if (gathered_bytes_ < batch_bytes) return;
        send();
        while (unread_bytes_ > unread_bytes_max) read_back();
    }
    void finish() {
        send();
        while (!unread_.empty()) read_back();
    }

private:
    void send() {
        for (const auto& record : gathered_) {
            unread_bytes_ += record->size();
            unread_.push_back(record);
        }
        session_->append(std::exchange(gathered_, {}));
        gathered_bytes_ = 0;
    }
    void read_back() {
        const std::uint64_t seen = arrivals_.count();
        const auto records = journal_.read(shard_, read_, batch_bytes);
        if (!records) fail(std::string(name(records.error())));
        for (const journal::Record& record : *records) {
            if (unread_.empty() || *record.bytes != *unread_.front()) fail("somebody else writes");
            unread_bytes_ -= unread_.front()->size();
            unread_.pop_front();
            read_ = record.offset;
        }
        if (!records->empty()) return;
        if (const auto error = session_->error()) fail(std::string(name(*error)));
        if (!arrivals_.wait_beyond(seen, patience)) fail("it does not answer");
    }
    [[noreturn]] static void fail(const std::string& why) {
        throw Exit(ExitCode::failure, "the journal cannot be written: " + why);
    }

    journal::Journal& journal_;
    journal::ShardNumber shard_;
    Arrivals arrivals_;
    std::unique_ptr<journal::Session> session_;
    std::vector<journal::Bytes> gathered_;
    std::size_t gathered_bytes_ = 0;
    std::deque<journal::Bytes> unread_;  // Sent, and not read back.
    std::size_t unread_bytes_ = 0;
    journal::Offset read_ = 0;
};

class Import {
public:
    Import(journal::Journal& journal, std::ostream& progress, std::span<const ShardEnd> ends)
        : journal_(journal), progress_(progress), ends_(ends) {}

    void take(const std::string& line) {
        ++line_;
        if (line.empty()) return;  // Void, and no entry.
        const auto shard = shard_of(line);
        if (shard && *shard != shard_ && fold_) begin_shard(*shard);
        if (!fold_) begin_shard(shard.value_or(0));
        auto record = std::make_shared<const std::string>(line);
        judge(record);
        writer_->add(std::move(record));
        if (steady_clock::now() - told_ >= progress_interval) tell();
    }
    void finish() {
        pass_over(static_cast<journal::ShardNumber>(ends_.size()));
        tell();
    }

private:
    // Shards come one after the other.
    void begin_shard(journal::ShardNumber shard) {
        if (shard >= ends_.size()) {
            refuse_line(line_, "is of shard " + std::to_string(shard) + ", but there are " +
                                   std::to_string(ends_.size()));
        }
        if (fold_ && shard < shard_) refuse_line(line_, "is of an earlier shard");
        pass_over(shard);
        shard_ = shard;
        fold_.emplace(shard, journal::LogState{});
        writer_ = std::make_unique<ShardWriter>(journal_, shard);
        first_void_ = 0;
        offset_ = 0;
    }

    void judge(const journal::Bytes& record) {
        const journal::LogState before = fold_->state();
        const auto judged = fold_->take({++offset_, record}, reader_.codec());
        if (!judged) {
            refuse_line(line_, "cannot be read: " + std::string(domain::name(judged.error())));
        }
        if (judged->verdict == journal::Verdict::valid) return;
        if (first_void_ == 0) first_void_ = line_;
        // A writer that lost a batch leaves entries with a later `seq`; one that has the right
        // `seq` and another `prev` follows entries that are not these.
        const auto* entry = std::get_if<journal::Entry>(&judged->record);
        if (entry == nullptr || entry->gen != before.gen || entry->seq != before.seq + 1) return;
        refuse_line(line_, "does not follow from those before it: the hash chain is broken");
    }

    // Ends the shard at hand; those between it and `next` have no lines.
    void pass_over(journal::ShardNumber next) {
        journal::ShardNumber empty = 0;
        if (fold_) {
            writer_->finish();
            const ShardEnd end{fold_->state().seq, fold_->state().head};
            if (end != ends_[shard_]) refuse_end(shard_, end.seq);
            empty = shard_ + 1;
        }
        for (; empty < next; ++empty) {
            if (ends_[empty].seq != 0) refuse_end(empty, 0);
        }
    }
    [[noreturn]] void refuse_end(journal::ShardNumber shard, journal::Seq seq) const {
        std::string why = "shard " + std::to_string(shard) + " ends at " + std::to_string(seq) +
                          " with line " + std::to_string(line_) +
                          ", and not as the file of keys says, at " +
                          std::to_string(ends_[shard].seq) + ": lines are missing or changed";
        if (first_void_ != 0) why += "; the first that is void is " + std::to_string(first_void_);
        throw Exit(ExitCode::data, why);
    }
    void tell() {
        progress_ << line_ << " records imported\n";
        told_ = steady_clock::now();
    }

    journal::Journal& journal_;
    std::ostream& progress_;
    std::span<const ShardEnd> ends_;
    journal::KeylessReader reader_;
    journal::ShardNumber shard_ = 0;
    std::optional<journal::LogFold> fold_;  // Of the shard; nothing before the first line.
    std::unique_ptr<ShardWriter> writer_;
    journal::Offset offset_ = 0;
    std::uint64_t line_ = 0;
    std::uint64_t first_void_ = 0;  // Line of the shard; 0 if none is.
    steady_clock::time_point told_ = steady_clock::now();
};

}  // namespace

void import_journal(journal::Journal& journal, std::istream& lines, std::ostream& progress,
                    std::span<const ShardEnd> ends) {
    import_journal(
        journal,
        [&lines](std::string& line) {
            if (std::getline(lines, line)) return true;
            if (lines.bad()) throw Exit(ExitCode::failure, "the lines cannot be read");
            return false;
        },
        progress, ends);
}

void import_journal(journal::Journal& journal, const std::function<bool(std::string&)>& next,
                    std::ostream& progress, std::span<const ShardEnd> ends) {
    Import import(journal, progress, ends);
    for (std::string line; next(line);) import.take(line);
    import.finish();
}

}  // namespace cli
