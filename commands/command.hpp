// A command on its way to a shard: the wish, what it is about, who asks, and how to answer.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/fault.hpp"
#include "commands/work.hpp"

namespace commands {

// A wish with its handler, whatever its type.
class Command {
public:
    virtual ~Command() = default;
    virtual std::string_view name() const = 0;
    // May be called again when its first try was lost.
    virtual Answer run(Work& work, const Target& target) const = 0;
    // Of one that moves a sandbox's clock: to when. It is decided when nothing is due until then.
    virtual std::optional<domain::Timestamp> moves_clock_to() const { return std::nullopt; }
};

template <class Wish>
class CommandOf final : public Command {
public:
    explicit CommandOf(Wish wish) : wish_(std::move(wish)) {}
    std::string_view name() const override { return domain::type_name<Wish>(); }
    Answer run(Work& work, const Target& target) const override {
        return handle(work, target, wish_);
    }
    std::optional<domain::Timestamp> moves_clock_to() const override {
        if constexpr (std::same_as<Wish, domain::AdvanceClock>) return wish_.to;
        return std::nullopt;
    }

private:
    Wish wish_;
};

// REQUIRES: commands/handlers.hpp declares `handle(Work&, const Target&, Wish)`.
template <class Wish>
std::unique_ptr<Command> make_command(Wish wish) {
    return std::make_unique<CommandOf<Wish>>(std::move(wish));
}

// What was done, or would be.
struct Done {
    domain::Subject subject;
    std::shared_ptr<const domain::AnyAggregate> aggregate;  // As it is after the command.
    journal::ShardNumber shard = 0;
    journal::Seq seq = 0;      // Read the views at or behind this to see it.
    bool is_replayed = false;  // The idempotency key had been used: this is the first answer again.
    std::vector<journal::RecordedEvent> events;  // Of a dry run only.
};
using Outcome = domain::Result<Done, Fault>;

struct Submission {
    domain::TenantId tenant;
    Target target;
    std::unique_ptr<Command> command;
    journal::Actor actor;
    std::optional<std::string> reason = {};
    std::optional<std::string> idempotency_key = {};
    std::optional<std::string> fingerprint = {};  // REQUIRES: set with an idempotency key.
    std::optional<std::string> correlation_id = {};
    bool is_dry_run = false;
    // Milliseconds of the steady clock. Not decided any more after it; 0 is never.
    std::int64_t deadline = 0;
    // Of a command of the clock: told from the state that it is decided on, so that it can be done
    // once only. Made if left out.
    std::string command_id = {};
    // Called once, on the shard's thread; must be quick and must not throw. Empty: nobody waits.
    std::function<void(Outcome)> done;
};

}  // namespace commands
