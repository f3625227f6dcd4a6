// The views of a node that are built beside the live ones.
#include <chrono>
#include <thread>
#include <utility>

#include "cli/node.hpp"
#include "projections/layout.hpp"

namespace cli {
namespace {

// Whoever reads the former views has ended by then; else they are removed at the next start.
constexpr std::chrono::seconds reading_patience{60};
constexpr std::chrono::milliseconds look_again{10};

}  // namespace

std::unique_ptr<ViewBuild> Node::build_in(const std::filesystem::path& directory) {
    std::shared_ptr<infra::RocksRows> rows = open_rows(directory, key_file_of(directory), "views");
    projections::prepare_rows(*rows, contents());
    return std::make_unique<ViewBuild>(
        ViewBuild::Parts{std::move(rows), engine_->journal(), codec_, contents(), projectors_});
}

std::unique_ptr<ViewBuild> Node::begin_rebuild() { return build_in(places_.begin_build()); }

std::unique_ptr<ViewBuild> Node::begin_audit() {
    places_.remove_others();
    return build_in(places_.audit());
}

std::unique_ptr<infra::RocksRows> Node::scratch_rows() {
    places_.remove_others();
    return open_rows(places_.audit(), key_file_of(places_.audit()), "views");
}

void Node::switch_views(ViewBuild& build) {
    std::shared_ptr<infra::RocksRows> former = live_rows_;
    build.rows()->flush();  // So that a crash soon after has little to post again.
    while (build.advance()) {
    }
    build.meet([&] {
        view_rows_->switch_to(build.rows());
        for (std::size_t shard = 0; shard < projectors_.size(); ++shard) {
            projectors_[shard]->go_on_from(*build.projectors()[shard]);
        }
    });
    live_rows_ = build.rows();
    places_.make_live();
    const std::weak_ptr<infra::RocksRows> left = former;
    former.reset();
    const auto deadline = std::chrono::steady_clock::now() + reading_patience;
    while (!left.expired() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(look_again);
    }
    if (left.expired()) places_.remove_others();
}

std::optional<BuildProgress> Node::rebuild_progress() const {
    const std::scoped_lock lock(rebuild_mutex_);
    return rebuild_;
}

void Node::note_rebuild(std::optional<BuildProgress> progress) {
    const std::scoped_lock lock(rebuild_mutex_);
    rebuild_ = progress;
}

}  // namespace cli
