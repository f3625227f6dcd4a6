#include "tests/support/simulated_journal.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace tests::support {

using journal::JournalError;

class SimulatedJournal::Writer final : public journal::Session {
public:
    explicit Writer(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}

    void append(std::vector<journal::Bytes> records) override {
        if (stream_->error) return;
        std::ranges::move(records, std::back_inserter(stream_->waiting));
    }
    std::optional<JournalError> error() const override { return stream_->error; }

private:
    std::shared_ptr<Stream> stream_;
};

SimulatedJournal::SimulatedJournal(SimulationOptions options)
    : options_(options), random_(options.seed) {
    for (journal::ShardNumber i = 0; i < options.shards; ++i) {
        shards_.push_back(std::make_unique<Shard>());
    }
}

bool SimulatedJournal::step() {
    // A stream that nobody can append to any more and that has nothing to write is over.
    std::erase_if(streams_, [](const auto& stream) {
        return stream->waiting.empty() && (stream->error || stream.use_count() == 1);
    });
    std::vector<Stream*> busy;
    for (const auto& stream : streams_) {
        if (!stream->waiting.empty()) busy.push_back(stream.get());
    }
    const std::size_t choices = busy.size() + repeats_.size();
    if (choices == 0) return false;
    if (by_chance(options_.pause_chance)) return true;

    const std::size_t choice = random_() % choices;
    if (choice >= busy.size()) {
        write_repeat();
        return true;
    }
    Stream& stream = *busy[choice];
    const bool fails = must_fail_ || by_chance(options_.fail_before_chance) ||
                       by_chance(options_.fail_after_chance);
    if (fails && !stream.error) {
        end(stream);
    } else {
        write_first(stream);
    }
    shards_[stream.shard]->wakers.wake();
    return true;
}

void SimulatedJournal::settle() {
    while (step()) {
    }
}

void SimulatedJournal::write_first(Stream& stream) {
    const std::size_t count = 1 + random_() % std::min<std::size_t>(stream.waiting.size(), 4);
    for (std::size_t i = 0; i < count; ++i) {
        auto record = std::move(stream.waiting.front());
        stream.waiting.pop_front();
        if (by_chance(options_.repeat_chance)) repeats_.push_back({stream.shard, record});
        shards_[stream.shard]->log.push_back(std::move(record));
    }
}

// Some of what waits is still written, now or at any later time, and the rest never.
void SimulatedJournal::end(Stream& stream) {
    const unsigned chances = options_.fail_before_chance + options_.fail_after_chance;
    const bool before = !must_fail_ && random_() % chances < options_.fail_before_chance;
    must_fail_ = false;
    stream.error = before ? JournalError::unavailable : JournalError::outcome_unknown;
    stream.waiting.resize(before ? 0 : random_() % (stream.waiting.size() + 1));
    if (!stream.waiting.empty() && by_chance(500)) write_first(stream);
}

void SimulatedJournal::write_repeat() {
    const auto chosen = repeats_.begin() + static_cast<std::ptrdiff_t>(random_() % repeats_.size());
    const Repeat repeat = std::move(*chosen);
    repeats_.erase(chosen);
    shards_[repeat.shard]->log.push_back(repeat.record);
    shards_[repeat.shard]->wakers.wake();
}

void SimulatedJournal::crash() {
    for (const auto& stream : streams_) {
        const std::size_t written = random_() % (stream->waiting.size() + 1);
        auto& log = shards_[stream->shard]->log;
        const auto last = stream->waiting.begin() + static_cast<std::ptrdiff_t>(written);
        log.insert(log.end(), stream->waiting.begin(), last);
        stream->waiting.clear();
        if (!stream->error) stream->error = JournalError::outcome_unknown;
    }
    streams_.clear();
    repeats_.clear();
    for (const auto& shard : shards_) shard->wakers.wake();
}

journal::ShardNumber SimulatedJournal::shards() const { return options_.shards; }

std::unique_ptr<journal::Session> SimulatedJournal::open_session(journal::ShardNumber shard) {
    assert(shard < options_.shards);
    streams_.push_back(std::make_shared<Stream>(Stream{shard, {}, std::nullopt}));
    return std::make_unique<Writer>(streams_.back());
}

domain::Result<std::vector<journal::Record>, JournalError> SimulatedJournal::read(
    journal::ShardNumber shard, journal::Offset after, std::size_t bytes_max) {
    const auto& log = shards_[shard]->log;
    std::vector<journal::Record> records;
    std::size_t bytes = 0;
    for (journal::Offset offset = after + 1; offset <= log.size(); ++offset) {
        const auto& record = log[offset - 1];
        bytes += record->size();
        if (bytes > bytes_max && !records.empty()) break;
        records.push_back({offset, record});
    }
    return records;
}

journal::Offset SimulatedJournal::end(journal::ShardNumber shard) const {
    return shards_[shard]->log.size();
}

std::shared_ptr<void> SimulatedJournal::subscribe(journal::ShardNumber shard,
                                                  std::function<void()> wake) {
    return shards_[shard]->wakers.add(std::move(wake));
}

}  // namespace tests::support
