// A lane: the order in which the events for one webhook endpoint are sent, and how far it is.
//
// Events of one subject are sent one after the other; those of different subjects side by side.
// When a delivery fails, its subject falls behind: it keeps no event in memory, but the place of
// the last one delivered; from there it is read again when its pause is over, until it has come to
// where the lane as a whole is. So a subject that is refused holds back nobody else, and what is
// kept is bounded: a window of events under way, and a number of subjects behind. When there are
// too many of those, the lane reads no further.
//
// It does nothing itself: whoever owns it reads pages of the feed and sends events when it asks for
// them, and tells it what came of it. Threads: one at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "domain/webhook_deliveries.hpp"
#include "domain/webhook_endpoint.hpp"
#include "projections/feed.hpp"

namespace infra {

// Pauses that double from the first to the longest; `luck`, from 0 to 1, takes up to half away, so
// that those who failed together do not come again together. REQUIRES: attempts > 0.
struct BackOff {
    std::chrono::milliseconds first{5'000};
    std::chrono::milliseconds most{3'600'000};
    std::chrono::milliseconds after(std::int64_t attempts, double luck) const;
};

struct LaneSettings {
    BackOff back_off = {};
    std::chrono::milliseconds horizon = std::chrono::hours(72);  // Then it gives up.
    std::size_t window = 256;         // Events under way; no page is wanted when there are more.
    std::size_t behind_max = 200;     // The same of subjects that are behind.
    std::uint64_t note_after = 1000;  // Entries passed without a delivery that are worth a note.
};

class Lane {
public:
    using Luck = std::function<double()>;

    // Goes on from what was noted. What fails is given up `horizon` after it failed first, but not
    // counting what was before `enabled_at`. REQUIRES: all places are of one shard.
    Lane(const domain::WebhookDeliveries& noted, std::optional<domain::Timestamp> enabled_at,
         LaneSettings settings, Luck luck);

    // Reading on: the page behind `place()`.
    bool wants_page() const;
    const projections::FeedPlace& place() const { return place_; }
    void take(projections::FeedPage page);

    // Catching up: the next events of one subject. What was asked for is taken or given back.
    struct CatchUp {
        domain::Subject subject;
        projections::FeedPlace after;
    };
    std::optional<CatchUp> next_catch_up(domain::Timestamp now);
    void take(const domain::Subject& subject, projections::FeedPage page);
    void give_back(const domain::Subject& subject);

    // The next event that may be sent, if there is one. What was asked for has been delivered or
    // has failed in the end, and is told so.
    std::optional<projections::CloudEvent> next();
    void delivered(const projections::CloudEvent& event);
    // It is tried again after a pause, which is `at_least` so long.
    void failed(const projections::CloudEvent& event, std::string fault, domain::Timestamp now,
                std::chrono::milliseconds at_least = {});

    // When the next pause ends that lasts now; none if nothing pauses.
    std::optional<domain::Timestamp> next_at(domain::Timestamp now) const;
    // Something has failed for as long as is tried: how.
    const std::optional<std::string>& gave_up() const { return gave_up_; }
    std::size_t behind() const { return behind_; }

    // There is something that the journal should know.
    bool has_news() const { return has_news_ || place_.seq >= noted_seq_ + settings_.note_after; }
    domain::NoteWebhookDeliveries note();
    void note_again() { has_news_ = true; }

private:
    struct Line {
        std::deque<projections::CloudEvent> events = {};
        bool is_sending = false;
        bool is_behind = false;  // The journal has more, behind `read_to`.
        bool is_reading = false;
        projections::FeedPlace done_to = {};
        projections::FeedPlace read_to = {};
        std::int64_t attempts = 0;
        std::optional<projections::FeedPlace> failed = {};
        std::optional<domain::Timestamp> failing_since = {};
        std::optional<domain::Timestamp> next_attempt_at = {};
        std::string fault = {};
    };
    using Lines = std::map<domain::Subject, Line>;

    void fall_behind(Line& line, const projections::FeedPlace& done_to);
    void close(Lines::iterator line);

    LaneSettings settings_;
    Luck luck_;
    std::int64_t round_;
    projections::FeedPlace place_;
    Lines lines_;
    std::size_t behind_ = 0;
    // Where the events are that were read and neither delivered nor left to their subject.
    std::set<std::pair<journal::Seq, std::uint32_t>> under_way_;
    // Up to where it had been before it was made: read again, but for subjects that are behind.
    projections::FeedPlace known_to_;
    std::optional<std::string> gave_up_;
    bool has_news_ = false;
    journal::Seq noted_seq_ = 0;
};

}  // namespace infra
