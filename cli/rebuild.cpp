#include "cli/rebuild.hpp"

#include <chrono>
#include <string>

#include "cli/exit_code.hpp"

namespace cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds told_interval{1};
constexpr std::chrono::seconds logged_interval{10};

std::string text_of(const BuildProgress& progress) {
    return std::to_string(progress.percent()) + " %, " +
           std::to_string(progress.events_per_second()) + " events/s, " +
           std::to_string(progress.left().count()) + " s left";
}

// Lets nobody see a rebuild that has ended.
class Shown {
public:
    explicit Shown(Node& node) : node_(node) {}
    ~Shown() { node_.note_rebuild(std::nullopt); }
    Shown(const Shown&) = delete;
    Shown& operator=(const Shown&) = delete;

private:
    Node& node_;
};

void log_progress(Node& node, std::string_view event, const BuildProgress& progress) {
    node.log().info(event,
                    {{"percent", std::int64_t{progress.percent()}},
                     {"events", static_cast<std::int64_t>(progress.events)},
                     {"events_per_second", static_cast<std::int64_t>(progress.events_per_second())},
                     {"seconds_left", static_cast<std::int64_t>(progress.left().count())}});
}

void advance(Node& node, ViewBuild& build, Console& console) {
    auto told = steady_clock::now();
    auto logged = told;
    while (build.advance()) {
        const auto now = steady_clock::now();
        if (console.is_canceled()) {
            throw Exit(ExitCode::failure, "the server ends; its next start goes on");
        }
        if (now - told < told_interval) continue;
        told = now;
        const BuildProgress progress = build.progress();
        node.note_rebuild(progress);
        console.tell(text_of(progress));
        if (now - logged < logged_interval) continue;
        logged = now;
        log_progress(node, "rebuild_progress", progress);
    }
}

}  // namespace

void rebuild_views(Node& node, Console& console) {
    const Shown shown(node);
    auto build = node.begin_rebuild();
    try {
        advance(node, *build, console);
    } catch (const Exit&) {
        build.reset();
        // What cannot be finished, because the disk is full, must not fill it for ever.
        if (!console.is_canceled()) node.drop_rebuild();
        throw;
    }
    const BuildProgress progress = build->progress();
    node.switch_views(*build);
    log_progress(node, "rebuild_done", progress);
    console.print("rebuilt the views from " + std::to_string(progress.events) + " events in " +
                  std::to_string(progress.time.count() / 1000) + " s, " +
                  std::to_string(progress.events_per_second()) +
                  " events/s, and exchanged the live ones for them");
}

}  // namespace cli
