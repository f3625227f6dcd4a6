#include "infra/webhooks/lane.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

namespace infra {
namespace {

using domain::Timestamp;
using projections::CloudEvent;
using projections::FeedPage;
using projections::FeedPlace;

bool is_later(const FeedPlace& a, const FeedPlace& b) {
    return std::tie(a.seq, a.events) > std::tie(b.seq, b.events);
}

FeedPlace place_of(const CloudEvent& event) {
    return projections::parse_feed_place(event.id).value();
}

FeedPlace before(FeedPlace place) {
    --place.events;
    return place;
}

FeedPlace parsed(const domain::EventPlace& place) {
    return projections::parse_feed_place(place.text).value();
}

domain::EventPlace text_of(const FeedPlace& place) { return {to_text(place)}; }

}  // namespace

std::chrono::milliseconds BackOff::after(std::int64_t attempts, double luck) const {
    assert(attempts > 0);
    std::chrono::milliseconds pause = first;
    for (std::int64_t i = 1; i < attempts && pause < most; ++i) pause *= 2;
    pause = std::min(pause, most);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(pause.count()) * (1 - luck / 2)));
}

Lane::Lane(const domain::WebhookDeliveries& noted, std::optional<Timestamp> enabled_at,
           LaneSettings settings, Luck luck)
    : settings_(settings),
      luck_(std::move(luck)),
      round_(noted.round),
      place_(parsed(noted.after)),
      known_to_(place_),
      noted_seq_(place_.seq) {
    for (const domain::WaitingSubject& waiting : noted.waiting) {
        Line line{
            .is_behind = true, .done_to = parsed(waiting.after), .read_to = parsed(waiting.after)};
        const bool counts =
            !enabled_at || (waiting.failing_since && *waiting.failing_since > *enabled_at);
        if (counts) {
            line.attempts = waiting.attempts;
            if (waiting.event) line.failed = parsed(*waiting.event);
            line.failing_since = waiting.failing_since;
            line.next_attempt_at = waiting.next_attempt_at;
            line.fault = waiting.fault.value_or("");
        }
        if (is_later(line.read_to, known_to_)) known_to_ = line.read_to;
        const bool is_new =
            lines_.emplace(domain::parse_subject(waiting.subject).value(), std::move(line)).second;
        assert(is_new);
        ++behind_;
    }
}

bool Lane::wants_page() const {
    return under_way_.size() < settings_.window &&
           (behind_ < settings_.behind_max || is_later(known_to_, place_));
}

void Lane::take(FeedPage page) {
    for (CloudEvent& event : page.events) {
        Line& line = lines_[event.subject];
        if (line.is_behind) continue;
        const FeedPlace place = place_of(event);
        under_way_.emplace(place.seq, place.events);
        line.events.push_back(std::move(event));
    }
    place_ = page.next;
}

std::optional<Lane::CatchUp> Lane::next_catch_up(Timestamp now) {
    for (auto& [subject, line] : lines_) {
        const bool pauses = line.next_attempt_at && *line.next_attempt_at > now;
        // The lane has to come to where the subject is before that can go on.
        const bool is_ahead = !is_later(place_, line.read_to);
        const bool is_busy = line.is_sending || line.is_reading || !line.events.empty();
        if (!line.is_behind || pauses || is_ahead || is_busy) continue;
        line.is_reading = true;
        return CatchUp{subject, line.read_to};
    }
    return std::nullopt;
}

void Lane::take(const domain::Subject& subject, FeedPage page) {
    const auto found = lines_.find(subject);
    assert(found != lines_.end() && found->second.is_reading);
    Line& line = found->second;
    line.is_reading = false;
    bool has_all = !is_later(place_, page.next);
    for (CloudEvent& event : page.events) {
        const FeedPlace place = place_of(event);
        // The lane has not read it yet, and will.
        if (is_later(place, place_)) {
            has_all = true;
            break;
        }
        line.read_to = place;
        line.events.push_back(std::move(event));
    }
    if (!line.events.empty()) return;
    if (has_all) {
        close(found);
    } else {
        line.read_to = page.next;
    }
}

void Lane::give_back(const domain::Subject& subject) {
    const auto found = lines_.find(subject);
    assert(found != lines_.end() && found->second.is_reading);
    found->second.is_reading = false;
}

void Lane::close(Lines::iterator line) {
    lines_.erase(line);
    --behind_;
    has_news_ = true;
}

std::optional<CloudEvent> Lane::next() {
    for (auto& [subject, line] : lines_) {
        if (line.is_sending || line.events.empty()) continue;
        line.is_sending = true;
        return line.events.front();
    }
    return std::nullopt;
}

void Lane::delivered(const CloudEvent& event) {
    const auto found = lines_.find(event.subject);
    assert(found != lines_.end() && found->second.is_sending);
    Line& line = found->second;
    line.is_sending = false;
    line.events.pop_front();
    line.done_to = place_of(event);
    line.attempts = 0;
    line.failed.reset();
    line.failing_since.reset();
    line.next_attempt_at.reset();
    line.fault.clear();
    has_news_ = true;
    if (line.is_behind) return;
    under_way_.erase({line.done_to.seq, line.done_to.events});
    if (line.events.empty()) lines_.erase(found);
}

void Lane::fall_behind(Line& line, const FeedPlace& done_to) {
    if (!line.is_behind) {
        for (const CloudEvent& event : line.events) {
            const FeedPlace place = place_of(event);
            under_way_.erase({place.seq, place.events});
        }
        line.is_behind = true;
        ++behind_;
    }
    line.events.clear();
    line.done_to = done_to;
    line.read_to = done_to;
}

void Lane::failed(const CloudEvent& event, std::string fault, Timestamp now,
                  std::chrono::milliseconds at_least) {
    const auto found = lines_.find(event.subject);
    assert(found != lines_.end() && found->second.is_sending);
    Line& line = found->second;
    line.is_sending = false;
    const FeedPlace place = place_of(event);
    fall_behind(line, before(place));
    ++line.attempts;
    line.failed = place;
    if (!line.failing_since) line.failing_since = now;
    const auto pause = settings_.back_off.after(line.attempts, luck_());
    line.next_attempt_at = now + std::max(pause, at_least);
    line.fault = std::move(fault);
    has_news_ = true;
    if (now - *line.failing_since >= settings_.horizon) gave_up_ = line.fault;
}

std::optional<Timestamp> Lane::next_at(Timestamp now) const {
    std::optional<Timestamp> first;
    for (const auto& [subject, line] : lines_) {
        const auto& at = line.next_attempt_at;
        if (at && *at > now && (!first || *at < *first)) first = at;
    }
    return first;
}

domain::NoteWebhookDeliveries Lane::note() {
    FeedPlace after = place_;
    if (!under_way_.empty()) {
        const auto& [seq, number] = *under_way_.begin();
        after = before({place_.shard, seq, number});
    }
    domain::NoteWebhookDeliveries note{.round = round_, .after = text_of(after)};
    for (const auto& [subject, line] : lines_) {
        if (!line.is_behind) continue;
        domain::WaitingSubject waiting{.subject = to_text(subject), .after = text_of(line.done_to)};
        if (line.failing_since) {
            waiting.attempts = line.attempts;
            if (line.failed) waiting.event = text_of(*line.failed);
            waiting.failing_since = line.failing_since;
            waiting.next_attempt_at = line.next_attempt_at;
            waiting.fault = line.fault;
        }
        note.waiting.push_back(std::move(waiting));
    }
    has_news_ = false;
    noted_seq_ = place_.seq;
    return note;
}

}  // namespace infra
