#include "cli/view_build.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "cli/exit_code.hpp"

namespace cli {
namespace {

// Larger than those of live views, where each batch makes somebody wait: what changes again and
// again is written once a batch.
constexpr projections::ProjectorLimits limits{
    .batch_bytes_max = 16 << 20, .batch_entries_max = 12'000, .cached_aggregates_max = 50'000};
// What the live views stand still for while it is made up for: milliseconds.
constexpr std::uint64_t records_near = 500;
// While somebody writes, bits are as small as this, and each is followed by so much rest for its
// work: who waits for an answer meets one that is nearly over. But it has to gain on the writers.
constexpr std::uint64_t records_while_busy = 200;
constexpr int rest_for_work = 3;
constexpr std::uint64_t gain = 2;
// A full disk, or a broker that does not answer: for a minute.
constexpr std::chrono::milliseconds refusal_pause{100};
constexpr int refusals_max = 600;

std::uint64_t records_in(const Projectors& projectors) {
    std::uint64_t records = 0;
    for (const auto& one : projectors) records += one->offset();
    return records;
}

}  // namespace

std::uint64_t BuildProgress::events_per_second() const {
    const auto milliseconds = static_cast<std::uint64_t>(time.count());
    return milliseconds == 0 ? 0 : events * 1000 / milliseconds;
}

int BuildProgress::percent() const {
    return of == 0 ? 100 : static_cast<int>(std::min(records, of) * 100 / of);
}

std::chrono::seconds BuildProgress::left() const {
    if (records == 0 || records >= of) return std::chrono::seconds(0);
    const auto milliseconds = static_cast<std::uint64_t>(time.count());
    return std::chrono::seconds(milliseconds * (of - records) / records / 1000);
}

ViewBuild::ViewBuild(Parts parts) : parts_(std::move(parts)), keys_(*parts_.rows) {
    for (journal::ShardNumber shard = 0; shard < parts_.journal.shards(); ++shard) {
        projectors_.push_back(std::make_unique<projections::Projector>(
            projections::Projector::Parts{shard, parts_.journal, parts_.codec, *parts_.rows, keys_,
                                          parts_.contents, limits}));
    }
    records_at_start_ = posted();
    live_at_start_ = live_seen_ = posted_live();
}

std::uint64_t ViewBuild::posted() const { return records_in(projectors_); }
std::uint64_t ViewBuild::posted_live() const { return records_in(parts_.live); }

projections::Step ViewBuild::step(std::size_t shard) {
    const auto live = parts_.live[shard]->status();
    if (!live.is_running) {
        throw Exit(ExitCode::failure,
                   "the live views stand still (" + std::string(domain::name(live.reason)) + ")");
    }
    projections::Projector& own = *projectors_[shard];
    auto step = projections::Step::idle;
    if (is_busy_) step = own.step(std::min(live.offset, own.offset() + records_while_busy));
    if (step == projections::Step::idle) step = own.step(live.offset);
    if (step == projections::Step::stopped) {
        const auto status = own.status();
        throw Exit(ExitCode::failure, "record " + std::to_string(status.offset) + " of shard " +
                                          std::to_string(shard) + " cannot be posted: " +
                                          std::string(domain::name(status.reason)));
    }
    if (step != projections::Step::refused) {
        refusals_ = 0;
        return step;
    }
    if (++refusals_ == refusals_max) {
        throw Exit(ExitCode::failure, "the views cannot be written, or the journal not be read");
    }
    std::this_thread::sleep_for(refusal_pause);
    return projections::Step::advanced;
}

bool ViewBuild::advance() {
    const auto began = std::chrono::steady_clock::now();
    bool has_advanced = false;
    for (std::size_t shard = 0; shard < projectors_.size(); ++shard) {
        if (step(shard) == projections::Step::advanced) has_advanced = true;
    }
    rest(std::chrono::steady_clock::now() - began);
    return has_advanced && posted_live() - posted() > records_near;
}

void ViewBuild::rest(std::chrono::nanoseconds worked) {
    const std::uint64_t live = posted_live();
    is_busy_ = live != std::exchange(live_seen_, live);
    const bool gains = posted() - records_at_start_ >= gain * (live - live_at_start_);
    if (is_busy_ && gains) std::this_thread::sleep_for(worked * rest_for_work);
}

// Between two steps that belong together, such as posting an erasure and emptying the rows, it is
// not held.
std::vector<std::unique_lock<std::mutex>> ViewBuild::hold_live() {
    while (true) {
        std::vector<std::unique_lock<std::mutex>> held;
        bool is_whole = true;
        for (const auto& live : parts_.live) {
            held.push_back(live->hold());
            is_whole = is_whole && live->applied() == live->status().seq;
        }
        if (is_whole) return held;
        held.clear();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void ViewBuild::meet(const std::function<void()>& use) {
    const auto held = hold_live();
    for (std::size_t shard = 0; shard < projectors_.size(); ++shard) {
        while (step(shard) == projections::Step::advanced) {
        }
        if (projectors_[shard]->offset() == parts_.live[shard]->offset()) continue;
        throw Exit(ExitCode::failure, "the journal does not give what the live views have read");
    }
    use();
}

BuildProgress ViewBuild::progress() const {
    BuildProgress progress;
    for (std::size_t shard = 0; shard < projectors_.size(); ++shard) {
        const auto status = projectors_[shard]->status();
        progress.events += status.events;
        progress.records += status.offset;
        progress.of += parts_.live[shard]->offset();
    }
    progress.records -= std::min(progress.records, records_at_start_);
    progress.of -= std::min(progress.of, records_at_start_);
    progress.time = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - started_);
    return progress;
}

}  // namespace cli
