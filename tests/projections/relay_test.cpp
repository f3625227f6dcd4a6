// The relay against outlets that fail before, after and instead of what they do.
#include "projections/relay.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "projections/runner.hpp"
#include "tests/projections/posted.hpp"
#include "tests/projections/publisher.hpp"

namespace tests::projections_test {
namespace {

using journal::Hint;
using projections::cloud_event_of;
using projections::CloudEvent;
using projections::is_published;
using projections::OutletError;
using projections::Relay;
using projections::Step;
using projections::StopReason;

// What is outside: all that was committed, and who may publish.
struct Outside {
    std::vector<std::string> events;  // As structured CloudEvents.
    std::string position;
    int owner = 0;
    std::mt19937_64 random{7};
    unsigned fault_chance = 0;  // In a hundred.

    bool by_chance() { return random() % 100 < fault_chance; }
};

class Door final : public projections::Outlet {
public:
    explicit Door(Outside& outside) : outside_(outside) {}

    domain::Result<bool, OutletError> was_ours() override {
        if (outside_.by_chance()) return domain::Failure(OutletError::unavailable);
        return outside_.owner == 0 || me_ == outside_.owner;
    }
    domain::Result<std::string, OutletError> take() override {
        EXPECT_FALSE(is_open_);
        if (outside_.by_chance()) return domain::Failure(OutletError::unavailable);
        me_ = ++outside_.owner;
        is_open_ = true;
        return outside_.position;
    }
    std::optional<OutletError> publish(std::span<const CloudEvent> events,
                                       const std::string& position) override {
        EXPECT_TRUE(is_open_);
        if (me_ != outside_.owner) return OutletError::taken_by_another;
        if (outside_.by_chance()) return OutletError::unavailable;
        for (const CloudEvent& event : events) {
            append_json(outside_.events.emplace_back(), event);
        }
        outside_.position = position;
        if (outside_.by_chance()) return OutletError::unavailable;  // And yet it happened.
        return std::nullopt;
    }
    void release() override { is_open_ = false; }
    void stop() override {}

    bool is_open() const { return is_open_; }

private:
    Outside& outside_;
    int me_ = 0;
    bool is_open_ = false;
};

std::unique_ptr<Relay> make_relay(Book& book, Door& door, std::size_t batch_bytes = 2000) {
    auto relay =
        std::make_unique<Relay>(Relay::Parts{.shard = book.shard(),
                                             .journal = book.log(),
                                             .outlet = door,
                                             .limits = {.batch_bytes_max = batch_bytes,
                                                        .silent_records_max = 3,
                                                        .yield = std::chrono::milliseconds(0)}});
    relay->take_hint(journal::Hint::mine);
    return relay;
}

// Steps until there is nothing to do. Faults pass by themselves.
Step publish_all(Relay& relay) {
    Step step = relay.step();
    while (step == Step::advanced || step == Step::refused) step = relay.step();
    return step;
}

// What has to be published of the whole log.
std::vector<std::string> expected(Book& book) {
    const journal::KeylessReader reader;
    journal::LogFold fold(book.shard(), {});
    std::vector<std::string> events;
    for (const auto& record : *book.log().read(book.shard(), 0, 1 << 30)) {
        const auto judged = fold.take(record, reader.codec());
        if (!judged || judged->verdict == journal::Verdict::void_entry) continue;
        const auto* entry = std::get_if<journal::Entry>(&judged->record);
        if (entry == nullptr) continue;
        for (std::size_t i = 0; i < entry->events.size(); ++i) {
            if (is_published(entry->events[i])) {
                append_json(events.emplace_back(), cloud_event_of(*entry, i));
            }
        }
    }
    return events;
}

TEST(Relay, PublishesEachEventOnceWhateverFails) {
    Book book;
    Publisher publisher(book, "acme", 3);
    Outside outside;
    outside.fault_chance = 30;
    Door door(outside);
    auto relay = make_relay(book, door);
    for (int round = 0; round < 40; ++round) {
        publisher.steps(10);
        if (round % 7 == 3) {
            book.append_raw(book.encode([&] {  // Void: of a writer that lost the shard.
                auto entry = book.make_entry("acme", {});
                entry.gen = "somebody";
                return entry;
            }()));
            book.open("generation-" + std::to_string(round));
        }
        if (round % 5 == 0) {  // As after a crash.
            door.release();
            relay = make_relay(book, door);
        }
        EXPECT_EQ(publish_all(*relay), Step::idle);
    }
    EXPECT_EQ(outside.events, expected(book));
    EXPECT_EQ(relay->status().seq, book.seq());
    EXPECT_EQ(journal::parse_log_state(outside.position)->seq, book.seq());
}

TEST(Relay, OfTwoThatWantAShardTheLaterOnePublishesAndNothingIsDoubled) {
    Book book;
    Publisher publisher(book, "acme", 4);
    Outside outside;
    Door first_door(outside);
    Door second_door(outside);
    const auto first = make_relay(book, first_door);
    const auto second = make_relay(book, second_door);
    publisher.steps(20);
    EXPECT_EQ(publish_all(*first), Step::idle);
    EXPECT_EQ(publish_all(*second), Step::idle);
    for (int round = 0; round < 30; ++round) {
        publisher.steps(5);
        Relay& one = publisher.below(2) == 0 ? *first : *second;
        EXPECT_EQ(publish_all(one), Step::idle);
    }
    EXPECT_EQ(outside.events, expected(book));
    EXPECT_GT(first->status().losses + second->status().losses, 5U);
}

TEST(Relay, LeavesAShardThatIsNotWantedAndGoesOnWhenItIsWantedAgain) {
    Book book;
    Publisher publisher(book, "acme", 5);
    Outside outside;
    Door door(outside);
    const auto relay = make_relay(book, door);
    publisher.steps(5);
    EXPECT_EQ(publish_all(*relay), Step::idle);
    relay->take_hint(journal::Hint::not_mine);
    publisher.steps(5);
    EXPECT_EQ(publish_all(*relay), Step::idle);
    EXPECT_FALSE(door.is_open());
    EXPECT_FALSE(relay->status().is_publishing);
    EXPECT_LT(outside.events.size(), expected(book).size());
    relay->take_hint(journal::Hint::mine);
    EXPECT_EQ(publish_all(*relay), Step::idle);
    EXPECT_EQ(outside.events, expected(book));
}

// A restart goes on at once, and does not disturb another node that publishes meanwhile.
TEST(Relay, WithoutAWordWhoseTheShardIsItGoesOnIfNobodyElseHas) {
    Book book;
    Publisher publisher(book, "acme", 9);
    Outside outside;
    outside.fault_chance = 30;
    Door first_door(outside);
    Door second_door(outside);
    const auto first = make_relay(book, first_door);
    const auto second = make_relay(book, second_door);
    first->take_hint(journal::Hint::mine_if_free);
    publisher.steps(20);
    EXPECT_EQ(publish_all(*first), Step::idle);
    EXPECT_EQ(outside.events, expected(book));

    second->take_hint(journal::Hint::mine_if_free);
    publisher.steps(20);
    EXPECT_EQ(publish_all(*second), Step::idle);
    EXPECT_EQ(second->status().hint, journal::Hint::not_mine);
    EXPECT_FALSE(second->status().is_publishing);
    second->take_hint(journal::Hint::mine);
    EXPECT_EQ(publish_all(*second), Step::idle);
    publisher.steps(20);
    EXPECT_EQ(publish_all(*first), Step::idle);  // Leaves it to the other.
    EXPECT_EQ(first->status().hint, journal::Hint::not_mine);
    EXPECT_EQ(publish_all(*second), Step::idle);
    EXPECT_EQ(outside.events, expected(book));
}

// A restart must not read a journal of heartbeats from the last event on.
TEST(Relay, NotesItsPositionWithoutEventsOnceInAWhile) {
    Book book;
    Outside outside;
    Door door(outside);
    const auto relay = make_relay(book, door);
    for (int i = 0; i < 10; ++i) book.append("acme", {});
    EXPECT_EQ(publish_all(*relay), Step::idle);
    EXPECT_TRUE(outside.events.empty());
    EXPECT_GE(journal::parse_log_state(outside.position)->seq, book.seq() - 3);
}

TEST(Relay, StopsAtARecordThatItCannotReadAndPublishesWhatIsBefore) {
    Book book;
    Publisher publisher(book, "acme", 6);
    publisher.steps(10);
    const auto before = expected(book);
    book.log().append(0, R"({"v":99,"shard":0})");
    Outside outside;
    Door door(outside);
    const auto relay = make_relay(book, door, 1 << 20);
    EXPECT_EQ(publish_all(*relay), Step::stopped);
    EXPECT_EQ(relay->status().reason, StopReason::newer_format);
    EXPECT_EQ(outside.events, before);
    EXPECT_FALSE(door.is_open());
}

TEST(Relay, StopsWhenTheJournalDoesAndWaitsWhenItIsAway) {
    Book book;
    Outside outside;
    Door door(outside);
    const auto relay = make_relay(book, door);
    EXPECT_EQ(relay->step(), Step::advanced);
    book.log().fail(journal::JournalError::unavailable);
    EXPECT_EQ(relay->step(), Step::refused);
    EXPECT_TRUE(relay->status().is_publishing);
    book.log().fail(journal::JournalError::broken);
    EXPECT_EQ(relay->step(), Step::stopped);
    EXPECT_EQ(relay->status().reason, StopReason::journal_broken);
}

TEST(Relay, ItsRunnerWakesWithTheJournalAndWithTheWish) {
    Book book;
    Publisher publisher(book, "acme", 8);
    Outside outside;
    Door door(outside);
    Relay relay({.shard = 0, .journal = book.log(), .outlet = door});
    projections::Runner runner([&] { return relay.step(); }, 0, book.log());
    publisher.steps(20);
    relay.take_hint(journal::Hint::mine);
    runner.wake();
    while (relay.status().seq < book.seq()) std::this_thread::yield();
    publisher.steps(20);
    while (relay.status().seq < book.seq()) std::this_thread::yield();
    runner.stop();
    EXPECT_EQ(outside.events, expected(book));
}

}  // namespace
}  // namespace tests::projections_test
