// The order of deliveries, with a feed, a receiver and a clock that are made up.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "infra/webhooks/lane.hpp"

namespace infra {
namespace {

using domain::Kind;
using domain::Subject;
using domain::Timestamp;
using projections::CloudEvent;
using projections::FeedPage;
using projections::FeedPlace;
using std::chrono::milliseconds;

constexpr Timestamp start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

bool is_later(const FeedPlace& a, const FeedPlace& b) {
    return std::tie(a.seq, a.events) > std::tie(b.seq, b.events);
}

// One event an entry.
class MadeUpFeed {
public:
    void add(const std::string& id) {
        CloudEvent event;
        event.id = projections::event_id(0, events_.size() + 1, 1);
        event.subject = {Kind::bills, id};
        event.sequence = ++sequences_[id];
        events_.push_back(std::move(event));
    }
    FeedPage read(const FeedPlace& after, const std::optional<Subject>& subject,
                  std::size_t most) const {
        FeedPage page{.events = {}, .next = after, .is_at_end = false};
        for (const CloudEvent& event : events_) {
            const FeedPlace place = *projections::parse_feed_place(event.id);
            if (!is_later(place, after)) continue;
            if (subject && event.subject != *subject) continue;
            page.events.push_back(event);
            page.next = place;
            if (page.events.size() == most) return page;
        }
        page.next = {0, events_.size(), FeedPlace::all_events};
        page.is_at_end = true;
        return page;
    }
    std::map<std::string, std::uint64_t> sequences() const { return sequences_; }

private:
    std::vector<CloudEvent> events_;
    std::map<std::string, std::uint64_t> sequences_;
};

domain::WebhookDeliveries begun() {
    domain::WebhookDeliveries state;
    state.after = {"0-0"};
    return state;
}

domain::WebhookDeliveries noted(Lane& lane) {
    auto note = lane.note();
    domain::WebhookDeliveries state;
    state.after = note.after;
    state.waiting = std::move(note.waiting);
    return state;
}

double no_luck() { return 0; }

Lane make_lane(const domain::WebhookDeliveries& state, LaneSettings settings = {},
               std::optional<Timestamp> enabled_at = std::nullopt) {
    return Lane(state, enabled_at, settings, &no_luck);
}

void read_on(Lane& lane, const MadeUpFeed& feed) {
    ASSERT_TRUE(lane.wants_page());
    lane.take(feed.read(lane.place(), std::nullopt, 64));
}

// Reads what the subjects that are behind want; how many did.
int catch_up(Lane& lane, const MadeUpFeed& feed, Timestamp now) {
    int count = 0;
    while (const auto wanted = lane.next_catch_up(now)) {
        lane.take(wanted->subject, feed.read(wanted->after, wanted->subject, 2));
        ++count;
    }
    return count;
}

std::string next_id(Lane& lane, std::vector<CloudEvent>& sent) {
    auto event = lane.next();
    if (!event) return "";
    sent.push_back(*event);
    return sent.back().subject.id + std::to_string(sent.back().sequence);
}

TEST(BackOff, DoublesUpToItsMostAndLuckTakesHalfAtMost) {
    const BackOff back_off{.first = milliseconds(100), .most = milliseconds(1'000)};
    EXPECT_EQ(back_off.after(1, 0), milliseconds(100));
    EXPECT_EQ(back_off.after(2, 0), milliseconds(200));
    EXPECT_EQ(back_off.after(4, 0), milliseconds(800));
    EXPECT_EQ(back_off.after(5, 0), milliseconds(1'000));
    EXPECT_EQ(back_off.after(1'000'000, 0), milliseconds(1'000));
    EXPECT_EQ(back_off.after(2, 1), milliseconds(100));
    EXPECT_EQ(back_off.after(2, 0.5), milliseconds(150));
}

TEST(Lane, SendsOneOfASubjectAtATimeAndOthersBesideIt) {
    MadeUpFeed feed;
    for (const char* id : {"a", "a", "b"}) feed.add(id);
    Lane lane = make_lane(begun());
    read_on(lane, feed);
    std::vector<CloudEvent> sent;
    EXPECT_EQ(next_id(lane, sent), "a1");
    EXPECT_EQ(next_id(lane, sent), "b1");
    EXPECT_EQ(next_id(lane, sent), "");
    lane.delivered(sent[0]);
    EXPECT_EQ(next_id(lane, sent), "a2");
}

TEST(Lane, HoldsBackTheSubjectThatFailsAndNoOther) {
    MadeUpFeed feed;
    for (const char* id : {"a", "a", "b"}) feed.add(id);
    Lane lane = make_lane(begun());
    read_on(lane, feed);
    std::vector<CloudEvent> sent;
    ASSERT_EQ(next_id(lane, sent), "a1");
    lane.failed(sent[0], "status_500", start);
    EXPECT_EQ(next_id(lane, sent), "b1");
    lane.delivered(sent[1]);
    EXPECT_EQ(lane.behind(), 1U);
    EXPECT_EQ(lane.next_at(start), start + milliseconds(5'000));
    feed.add("a");
    feed.add("b");
    read_on(lane, feed);
    EXPECT_EQ(next_id(lane, sent), "b2");
    lane.delivered(sent[2]);
    // The pause is not over.
    EXPECT_EQ(catch_up(lane, feed, start + milliseconds(4'999)), 0);
    const Timestamp later = start + milliseconds(5'000);
    EXPECT_EQ(catch_up(lane, feed, later), 1);
    for (const char* expected : {"a1", "a2", "a3"}) {
        ASSERT_EQ(next_id(lane, sent), expected);
        lane.delivered(sent.back());
        catch_up(lane, feed, later);
    }
    catch_up(lane, feed, later);
    EXPECT_EQ(lane.behind(), 0U);
    EXPECT_TRUE(lane.note().waiting.empty());
}

TEST(Lane, WaitsLongerWithEachFailureAndAsLongAsTheReceiverWishes) {
    MadeUpFeed feed;
    feed.add("a");
    Lane lane = make_lane(begun());
    read_on(lane, feed);
    std::vector<CloudEvent> sent;
    Timestamp now = start;
    for (const milliseconds pause : {milliseconds(5'000), milliseconds(10'000)}) {
        ASSERT_EQ(next_id(lane, sent), "a1");
        lane.failed(sent.back(), "timeout", now);
        EXPECT_EQ(lane.next_at(now), now + pause);
        now += pause;
        ASSERT_EQ(catch_up(lane, feed, now), 1);
    }
    ASSERT_EQ(next_id(lane, sent), "a1");
    lane.failed(sent.back(), "status_429", now, std::chrono::minutes(10));
    EXPECT_EQ(lane.next_at(now), now + std::chrono::minutes(10));
    const auto note = lane.note();
    ASSERT_EQ(note.waiting.size(), 1U);
    EXPECT_EQ(note.waiting[0].attempts, 3);
    EXPECT_EQ(note.waiting[0].failing_since, start);
    EXPECT_EQ(note.waiting[0].event, domain::EventPlace{"0-1.1"});
    EXPECT_EQ(note.waiting[0].fault, "status_429");
}

// As long as anything of a subject fails, however often others are delivered.
TEST(Lane, GivesUpWhatFailsForTooLongButNotWhatWasNotTried) {
    MadeUpFeed feed;
    feed.add("a");
    const LaneSettings settings{.horizon = std::chrono::hours(72)};
    Lane lane = make_lane(begun(), settings);
    read_on(lane, feed);
    std::vector<CloudEvent> sent;
    ASSERT_EQ(next_id(lane, sent), "a1");
    lane.failed(sent.back(), "timeout", start);
    const Timestamp end = start + std::chrono::hours(72);
    ASSERT_EQ(catch_up(lane, feed, end - milliseconds(1)), 1);
    ASSERT_EQ(next_id(lane, sent), "a1");
    lane.failed(sent.back(), "status_500", end - milliseconds(1));
    EXPECT_FALSE(lane.gave_up());
    // The server was down for long: the first try after it decides.
    Lane again = make_lane(noted(lane), settings);
    EXPECT_FALSE(again.gave_up());
    read_on(again, feed);
    ASSERT_EQ(catch_up(again, feed, end + std::chrono::hours(9)), 1);
    ASSERT_EQ(next_id(again, sent), "a1");
    again.failed(sent.back(), "status_503", end + std::chrono::hours(9));
    EXPECT_EQ(again.gave_up(), "status_503");
}

TEST(Lane, BeginsToCountAgainWhenTheEndpointIsEnabled) {
    MadeUpFeed feed;
    feed.add("a");
    Lane lane = make_lane(begun());
    read_on(lane, feed);
    std::vector<CloudEvent> sent;
    ASSERT_EQ(next_id(lane, sent), "a1");
    lane.failed(sent.back(), "timeout", start);
    const Timestamp enabled = start + std::chrono::hours(100);
    Lane again = make_lane(noted(lane), {}, enabled);
    ASSERT_EQ(catch_up(again, feed, enabled), 1);
    ASSERT_EQ(next_id(again, sent), "a1");
    again.failed(sent.back(), "timeout", enabled);
    EXPECT_FALSE(again.gave_up());
    EXPECT_EQ(again.next_at(enabled), enabled + milliseconds(5'000));
}

TEST(Lane, ReadsNoFurtherThanItCanKeep) {
    MadeUpFeed feed;
    for (int i = 0; i < 10; ++i) feed.add("s" + std::to_string(i));
    Lane lane = make_lane(begun(), {.window = 4, .behind_max = 3});
    EXPECT_TRUE(lane.wants_page());
    lane.take(feed.read(lane.place(), std::nullopt, 4));
    EXPECT_FALSE(lane.wants_page());
    std::vector<CloudEvent> sent;
    while (!next_id(lane, sent).empty()) lane.failed(sent.back(), "timeout", start);
    EXPECT_EQ(lane.behind(), 4U);
    EXPECT_FALSE(lane.wants_page());
}

TEST(Lane, NotesWhatIsUnderWayAsNotDelivered) {
    MadeUpFeed feed;
    for (const char* id : {"a", "b", "c"}) feed.add(id);
    Lane lane = make_lane(begun());
    read_on(lane, feed);
    EXPECT_FALSE(lane.has_news());
    std::vector<CloudEvent> sent;
    for (int i = 0; i < 3; ++i) next_id(lane, sent);
    lane.delivered(sent[1]);
    EXPECT_TRUE(lane.has_news());
    EXPECT_EQ(lane.note().after, domain::EventPlace{"0-1.0"});
    EXPECT_FALSE(lane.has_news());
    lane.delivered(sent[0]);
    EXPECT_EQ(lane.note().after, domain::EventPlace{"0-3.0"});
    lane.delivered(sent[2]);
    EXPECT_EQ(lane.note().after, domain::EventPlace{"0-3"});
}

// Notes are entries too: none must cause another.
TEST(Lane, HasNoNewsWhenNothingWasDelivered) {
    Lane lane = make_lane(begun(), {.note_after = 1000});
    lane.take({.events = {}, .next = {0, 999}, .is_at_end = true});
    EXPECT_FALSE(lane.has_news());
    lane.take({.events = {}, .next = {0, 1000}, .is_at_end = true});
    EXPECT_TRUE(lane.has_news());
    EXPECT_EQ(lane.note().after, domain::EventPlace{"0-1000"});
}

// Everything at once, many times over, each by its seed.
class Mixture {
public:
    explicit Mixture(unsigned seed) : random_(seed) {}

    void run() {
        for (int step = 0; step < 2'000; ++step) do_something();
        is_failing_ = false;
        for (int step = 0; step < 20'000 && !is_done(); ++step) do_something();
        EXPECT_TRUE(is_done());
        EXPECT_EQ(delivered_, feed_.sequences());
    }

private:
    unsigned chance(unsigned of) { return static_cast<unsigned>(random_() % of); }

    void do_something() {
        now_ += milliseconds(chance(50));
        switch (chance(8)) {
            case 0:
                if (is_failing_) feed_.add("s" + std::to_string(chance(6)));
                return;
            case 1:
                if (lane_.wants_page()) {
                    lane_.take(feed_.read(lane_.place(), std::nullopt, 1 + chance(5)));
                }
                return;
            case 2: begin_catch_up(); return;
            case 3: end_catch_up(); return;
            case 4:
                if (is_failing_ && chance(40) == 0) restart();
                return;
            case 5:
                if (auto event = lane_.next()) under_way_.push_back(*std::move(event));
                return;
            default: end_one(); return;
        }
    }

    // Reads take a while: what they found may be old when it comes.
    void begin_catch_up() {
        auto wanted = lane_.next_catch_up(now_);
        if (!wanted) return;
        reads_.emplace_back(wanted->subject,
                            feed_.read(wanted->after, wanted->subject, 1 + chance(3)));
    }
    void end_catch_up() {
        if (reads_.empty()) return;
        const auto one = reads_.begin() + chance(static_cast<unsigned>(reads_.size()));
        if (chance(5) == 0) {
            lane_.give_back(one->first);
        } else {
            lane_.take(one->first, std::move(one->second));
        }
        reads_.erase(one);
    }

    void end_one() {
        if (under_way_.empty()) return;
        const auto one = under_way_.begin() + chance(static_cast<unsigned>(under_way_.size()));
        const CloudEvent event = *one;
        under_way_.erase(one);
        if (is_failing_ && chance(3) == 0) {
            lane_.failed(event, "status_500", now_);
            return;
        }
        take(event);
        lane_.delivered(event);
    }

    // In order, and twice only where a restart is between.
    void take(const CloudEvent& event) {
        std::uint64_t& last = delivered_[event.subject.id];
        std::uint64_t& floor = repeats_from_[event.subject.id];
        EXPECT_LE(event.sequence, last + 1) << "one was left out";
        EXPECT_GT(event.sequence, floor) << "one came twice without a restart between";
        floor = event.sequence;
        last = std::max(last, event.sequence);
    }

    void restart() {
        lane_ = make_lane(noted(lane_), settings);
        under_way_.clear();
        reads_.clear();
        repeats_from_.clear();
    }

    bool is_done() { return delivered_ == feed_.sequences() && lane_.behind() == 0; }

    static constexpr LaneSettings settings{
        .back_off = {.first = milliseconds(50), .most = milliseconds(400)},
        .window = 8,
        .behind_max = 4};

    std::mt19937 random_;
    MadeUpFeed feed_;
    Lane lane_ = make_lane(begun(), settings);
    Timestamp now_ = start;
    bool is_failing_ = true;
    std::vector<CloudEvent> under_way_;
    std::vector<std::pair<Subject, FeedPage>> reads_;
    std::map<std::string, std::uint64_t> delivered_;
    std::map<std::string, std::uint64_t> repeats_from_;
};

TEST(Lane, DeliversAllOfEachSubjectInOrderWhateverFails) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        Mixture(seed).run();
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace infra
