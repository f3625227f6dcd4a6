// What is decided because time passes. The rest of deciding is in shard.cpp.
//
// A command of the clock is decided like any other, on the state that everything before has left,
// and so takes its due key away in the same entry: after a crash, and on another node, the key is
// either there and nothing was done, or it is not. Its id is told from the version that it was
// decided on, so that the log itself can show that nothing was done twice.
#include <algorithm>
#include <cassert>

#include "commands/clock.hpp"
#include "commands/due_walk.hpp"
#include "commands/handlers.hpp"
#include "commands/shard.hpp"

namespace commands {
namespace {

// Who waits for a clock is answered this long before it would not wait any more.
constexpr std::int64_t answer_ms = 250;

Fault still_advancing() {
    return fault(FaultKind::unavailable, "clock_still_advancing",
                 "the clock was moved a part of the way; send the request again to go on");
}

}  // namespace

// The tenant's own clock, or the world's.
domain::Timestamp Shard::now_of(const domain::TenantId& tenant) {
    const auto clock = overlay_.sandbox_clock(tenant);
    return clock ? *clock : last_time_;
}

void Shard::load_lanes() {
    lanes_.clear();
    due_count_.clear();
    aside_.clear();
    const auto add = [this](const domain::TenantId& tenant, std::string_view key) {
        lanes_.add(tenant, key, overlay_.sandbox_clock(tenant).has_value());
    };
    for (const auto& [tenant, key] : store_.first_dues()) add(tenant, key);
    overlay_.for_each_due([&add](std::string_view key, bool is_due) {
        const auto end = key.find('\0');
        if (is_due) add(domain::TenantId{std::string(key.substr(0, end))}, key.substr(end + 1));
    });
}

void Shard::note_dues(const journal::Entry& entry, const Work::Changes& changes) {
    if (!changes.dues.empty()) {
        const bool is_sandbox = overlay_.sandbox_clock(entry.tenant).has_value();
        for (const auto& [subject, before, after] : changes.dues) {
            if (after) lanes_.add(entry.tenant, due_key(*after, subject), is_sandbox);
        }
    }
    const domain::Subject tenant{domain::Kind::tenants, entry.tenant.text};
    if (changes.aggregates.contains(tenant) && overlay_.sandbox_clock(entry.tenant)) {
        lanes_.wake(entry.tenant);
    }
}

// Moving a sandbox's clock waits for what is due until then. Refusals are not kept waiting.
bool Shard::hold_advance(Submission& submission) {
    const auto to = submission.command->moves_clock_to();
    if (!to || submission.is_dry_run) return false;
    const auto clock = overlay_.sandbox_clock(submission.tenant);
    if (!clock) return false;
    const auto loaded =
        overlay_.load(submission.tenant, {domain::Kind::tenants, submission.tenant.text});
    const auto& tenant = std::get<domain::AggregateOf<domain::TenantDecider>>(*loaded);
    const domain::AdvanceClock wish{.to = *to, .now = *clock};
    if (!domain::TenantDecider::decide(tenant.state, wish)) return false;
    lanes_.wake(submission.tenant);
    const auto behind = std::ranges::find_if(
        advances_, [&](const Submission& other) { return *other.command->moves_clock_to() > *to; });
    advances_.insert(behind, std::move(submission));
    return true;
}

std::deque<Submission> Shard::take_advances(
    const std::function<bool(const Submission&)>& is_wanted) {
    std::deque<Submission> taken;
    std::deque<Submission> kept;
    for (Submission& one : advances_) {
        (is_wanted(one) ? taken : kept).push_back(std::move(one));
    }
    advances_ = std::move(kept);
    return taken;
}

bool Shard::run_clock() {
    if (is_resting_) return false;
    const auto steady = clock_.steady_milliseconds();
    if (!advances_.empty()) {
        auto late = take_advances([steady](const Submission& one) {
            return one.deadline != 0 && steady + answer_ms > one.deadline;
        });
        for (Submission& one : late) one.done(domain::Failure(still_advancing()));
    }
    if (!aside_.empty() && steady >= try_again_at_) try_again();
    if (in_flight_.size() + decided_.size() >= settings_.clock_in_flight_max) return false;

    const auto now = std::max({last_time_, fold_.state().time, clock_.now()});
    bool did = run_world(now, steady);
    if (const auto tenant = lanes_.awake()) {
        did = run_lane(*tenant, settings_.clock_step_max) || did;
    }
    if (lanes_.due(now)) {
        due_count_.go_on(store_, lanes_, now, clock_done_, steady);
    } else {
        due_count_.clear();
    }
    return did;
}

// What is due by the world's clock, not faster than it may be done.
bool Shard::run_world(domain::Timestamp now, std::int64_t steady) {
    if (steady < clock_again_at_) return false;
    const auto tenant = lanes_.due(now);
    if (!tenant) return false;
    const auto before = clock_done_;
    const bool did = run_lane(*tenant, settings_.clock_step_max);
    if (settings_.clock_per_second > 0) {
        const auto done = static_cast<std::int64_t>(clock_done_ - before);
        clock_again_at_ = steady + done * 1000 / settings_.clock_per_second;
    }
    return did;
}

// Does what is due of a tenant, in due order, `most` things at most. False when there was nothing.
bool Shard::run_lane(const domain::TenantId& tenant, std::size_t most) {
    last_time_ = std::max({last_time_, fold_.state().time, clock_.now()});
    DueWalk walk(overlay_, tenant, lanes_.from(tenant));
    std::string from(lanes_.from(tenant));
    std::size_t done = 0;
    while (true) {
        // What was done may have made something due that is earlier.
        from = std::min(from, std::string(lanes_.from(tenant)));
        auto key = walk.first(from);
        while (key && aside_.contains({tenant.text, *key})) key = walk.first(*key + '\0');
        const auto at = key ? std::optional(due_time(*key)) : std::nullopt;
        if ((!at || *at > now_of(tenant)) && !move_clock(tenant, at)) {
            lanes_.settle(tenant, key);
            return done > 0;
        }
        if (done == most) {
            lanes_.pause(tenant, *key);
            return true;
        }
        ++done;
        lanes_.pause(tenant, *key);
        from = *key;
        if (!decide_due(tenant, *key)) set_aside(tenant, *key);
    }
}

// Lets a sandbox's clock go on to what is due next, as far as somebody wants to move it there; who
// wants to move it less far is served first. False when the clock stays where it is.
bool Shard::move_clock(const domain::TenantId& tenant,
                       const std::optional<domain::Timestamp>& next) {
    if (advances_.empty()) return false;
    auto served = take_advances([&](const Submission& one) {
        return one.tenant == tenant && (!next || *one.command->moves_clock_to() < *next);
    });
    for (Submission& one : served) {
        // The same request may have come twice.
        if (!is_retry(one)) decide_now(std::move(one));
    }
    const bool is_wanted =
        std::ranges::any_of(advances_, [&](const Submission& one) { return one.tenant == tenant; });
    if (!next || !is_wanted) return false;

    Submission step{.tenant = tenant,
                    .target = {},
                    .command = make_command(domain::AdvanceClock{.to = *next}),
                    .actor = {"scheduler", settings_.node},
                    .done = {}};
    Work work = new_work(tenant);
    const auto answer = step.command->run(work, step.target);
    assert(answer && !work.events().empty() && "a sandbox's clock can be moved forward");
    record(std::move(step), work, *answer);
    return true;
}

// False when it was refused, or the aggregate does not move on by it.
bool Shard::decide_due(const domain::TenantId& tenant, const std::string& key) {
    Work work = new_work(tenant);
    const Target target{due_subject(key), std::nullopt};
    const auto due = domain::next_due(work.aggregate(target.subject));
    if (!due || due->at != due_time(key)) return false;
    const auto version = domain::version_of(work.aggregate(target.subject));
    Submission submission{.tenant = tenant,
                          .target = target,
                          .command = clock_command(due->command),
                          .actor = {"scheduler", settings_.node},
                          .command_id = "due/" + tenant.text + '/' + to_text(target.subject) + '@' +
                                        std::to_string(version),
                          .done = {}};
    const auto answer = submission.command->run(work, target);
    if (!answer || domain::next_due(work.aggregate(target.subject)) == due) return false;
    record(std::move(submission), work, *answer);
    ++clock_done_;
    return true;
}

void Shard::set_aside(const domain::TenantId& tenant, const std::string& key) {
    if (aside_.empty()) try_again_at_ = clock_.steady_milliseconds() + settings_.clock_retry_ms;
    aside_.emplace(tenant.text, key);
    ++clock_refused_;
}

void Shard::try_again() {
    for (const auto& [tenant, key] : aside_) {
        const domain::TenantId id{tenant};
        lanes_.add(id, key, overlay_.sandbox_clock(id).has_value());
    }
    aside_.clear();
}

}  // namespace commands
