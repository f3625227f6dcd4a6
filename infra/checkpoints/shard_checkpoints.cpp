#include "infra/checkpoints/shard_checkpoints.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "projections/tree.hpp"

namespace infra {

using journal::Checkpoint;
using journal::SignedCheckpoint;

ShardCheckpoints::ShardCheckpoints(Parts parts)
    : parts_(std::move(parts)),
      verifier_(journal::NoteVerifier::parse(parts_.signer.verifier_key()).value()) {
    try {
        file_.emplace(parts_.file, parts_.shard, verifier_);
        if (const auto& last = file_->last()) {
            latest_ = std::make_shared<const SignedCheckpoint>(*last);
            status_.size = last->checkpoint.size;
            before_.push_back(last->checkpoint);
        }
    } catch (const std::runtime_error& failure) {
        stop(SigningFault::file_unusable, failure.what());
    }
    covered_ = std::make_unique<projections::Freshness>(status_.size);
}

void ShardCheckpoints::take_published(std::string_view note) {
    const auto opened = journal::open_checkpoint(note, verifier_);
    if (!opened || opened->checkpoint.shard != parts_.shard) {
        parts_.report("what was published last is no checkpoint of this shard and key");
        return;
    }
    before_.push_back(opened->checkpoint);
}

std::shared_ptr<const SignedCheckpoint> ShardCheckpoints::sign(bool has_all) {
    if (status().is_stopped) return nullptr;
    try {
        return try_to_sign(has_all);
    } catch (const std::runtime_error& failure) {
        stop(SigningFault::views_unreadable, failure.what());
        return nullptr;
    }
}

std::shared_ptr<const SignedCheckpoint> ShardCheckpoints::try_to_sign(bool has_all) {
    const projections::Tree tree(parts_.rows, parts_.shard);
    const bool is_behind = std::ranges::any_of(
        before_, [&tree](const Checkpoint& one) { return one.size > tree.size(); });
    if (is_behind && has_all) {
        stop(SigningFault::journal_shorter, "the journal ends before what was signed");
        return nullptr;
    }
    set_fault(is_behind ? SigningFault::views_behind : SigningFault::none);
    const bool is_new = tree.size() > status().size;
    if (is_behind || (is_compared_ && !is_new)) return nullptr;

    const Checkpoint next{parts_.shard, tree.size(), tree.root(tree.size())};
    for (const Checkpoint& one : before_) {
        // Both are of us: the proof shows that the tree still has what made the older root.
        const bool is_consistent =
            is_proved(journal::Consistency{one.size, next.size, one.root, next.root},
                      tree.consistency(one.size, next.size));
        if (is_consistent) continue;
        stop(SigningFault::inconsistent, "the journal does not begin with the " +
                                             std::to_string(one.size) +
                                             " entries that were signed");
        return nullptr;
    }
    is_compared_ = true;
    if (!is_new) return nullptr;
    auto made = std::make_shared<const SignedCheckpoint>(signed_checkpoint(next, parts_.signer));
    try {
        if (!file_->append(*made)) {
            set_fault(SigningFault::disk_full);
            return nullptr;
        }
    } catch (const std::runtime_error& failure) {
        stop(SigningFault::file_unusable, failure.what());
        return nullptr;
    }
    before_.assign(1, next);
    {
        const std::scoped_lock lock(mutex_);
        latest_ = made;
        status_.size = next.size;
    }
    covered_->advance(next.size);
    return made;
}

std::shared_ptr<const SignedCheckpoint> ShardCheckpoints::latest() const {
    const std::scoped_lock lock(mutex_);
    return latest_;
}

SigningStatus ShardCheckpoints::status() const {
    const std::scoped_lock lock(mutex_);
    return status_;
}

void ShardCheckpoints::stop(SigningFault fault, std::string_view why) {
    {
        const std::scoped_lock lock(mutex_);
        status_.fault = fault;
        status_.is_stopped = true;
    }
    parts_.report("shard " + std::to_string(parts_.shard) +
                  " signs no more checkpoints: " + std::string(why));
}

void ShardCheckpoints::set_fault(SigningFault fault) {
    const std::scoped_lock lock(mutex_);
    status_.fault = fault;
}

}  // namespace infra
