#include "cli/audit_views.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/exit_code.hpp"
#include "cli/view_digests.hpp"
#include "projections/row_keys.hpp"

namespace cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds told_interval{1};
// What the adapter notes about its own files is behind all rows of ours.
constexpr unsigned char last_tag = 0x7f;

struct Snapshots {
    std::unique_ptr<journal::RowSnapshot> live;
    std::unique_ptr<journal::RowSnapshot> built;
};

// What a row is about. Index rows hold words of texts about persons, so of those it is not told.
std::string name_of(std::string_view key) {
    const std::string_view tag = key.substr(0, 1);
    if (tag != projections::resource_rows && tag != projections::internal_rows &&
        tag != projections::index_rows) {
        return "a row of the sort '" + std::string(tag) + "'";
    }
    const auto owner = projections::owner_of(key);
    const std::string kind(domain::name(owner.kind));
    if (tag == projections::index_rows) {
        return "a row of the index of " + kind + " of tenant " + owner.tenant.text;
    }
    const auto id = key.substr(key.find('\0') + 2);
    return kind + "/" + std::string(id) + " of tenant " + owner.tenant.text;
}

[[noreturn]] void refuse(std::string_view key, const std::string& what) {
    throw Exit(ExitCode::data, "the first row that differs is " + name_of(key) + ": it " + what +
                                   ". `daybook views rebuild` makes the views anew");
}

// Of the rows with this prefix that a walk stands on.
bool is_there(const journal::RowWalk& walk) {
    return walk.valid() && static_cast<unsigned char>(walk.key().front()) < last_tag;
}

// Throws at the first difference; how many rows there are.
std::uint64_t compare(const journal::RowSnapshot& of_live, const journal::RowSnapshot& of_built,
                      std::string_view prefix) {
    const auto live = of_live.walk(prefix);
    const auto built = of_built.walk(prefix);
    live->seek(prefix);
    built->seek(prefix);
    std::uint64_t rows = 0;
    for (; is_there(*live) || is_there(*built); live->next(), built->next()) {
        if (!is_there(*built) || (is_there(*live) && live->key() < built->key())) {
            refuse(live->key(), "does not follow from the journal");
        }
        if (!is_there(*live) || built->key() < live->key()) {
            refuse(built->key(), "is missing in the live views");
        }
        if (live->value() != built->value()) {
            refuse(live->key(), "is another one than the journal says");
        }
        ++rows;
    }
    return rows;
}

Snapshots snapshots_of(Node& node, ViewBuild& build, Console& console) {
    auto told = steady_clock::now();
    while (build.advance()) {
        if (console.is_canceled()) throw Exit(ExitCode::failure, "it was canceled");
        if (steady_clock::now() - told < told_interval) continue;
        told = steady_clock::now();
        const auto progress = build.progress();
        console.tell(std::to_string(progress.percent()) + " %, " +
                     std::to_string(progress.events_per_second()) + " events/s, " +
                     std::to_string(progress.left().count()) + " s left");
    }
    Snapshots made;
    build.meet([&] {
        made.live = node.view_rows().snapshot();
        made.built = build.rows()->snapshot();
    });
    return made;
}

}  // namespace

std::uint64_t compare_rows(const journal::RowSnapshot& live, const journal::RowSnapshot& built) {
    // What says most about a difference comes first; then all, whatever sort they are of.
    compare(live, built, projections::resource_rows);
    compare(live, built, projections::internal_rows);
    compare(live, built, projections::index_rows);
    return compare(live, built, {});
}

void audit_views(Node& node, Console& console) {
    const auto shards = node.journal().shards();
    auto build = node.begin_audit();
    std::optional<Snapshots> at_one_position = snapshots_of(node, *build, console);
    const auto live = view_digests(*at_one_position->live, shards);
    const auto built = view_digests(*at_one_position->built, shards);
    for (std::size_t i = 0; i < live.size(); ++i) {
        const bool is_same = live[i] == built[i];
        console.print(std::to_string(live[i].shard) + ' ' + live[i].kind + ' ' + built[i].digest +
                      (is_same ? " same" : " DIFFERS from the live " + live[i].digest));
    }
    const std::uint64_t rows = compare_rows(*at_one_position->live, *at_one_position->built);
    const auto progress = build->progress();
    console.print("the same: " + std::to_string(rows) + " rows, from " +
                  std::to_string(progress.events) + " events at " +
                  std::to_string(progress.events_per_second()) + " events/s");
    at_one_position.reset();
    build.reset();
    node.end_audit();
}

}  // namespace cli
