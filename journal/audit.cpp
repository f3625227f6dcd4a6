#include "journal/audit.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "journal/keyless_reader.hpp"

namespace journal {
namespace {

std::string position(ShardNumber shard, Seq seq) {
    return std::to_string(shard) + "-" + std::to_string(seq);
}

}  // namespace

std::string to_text(const Finding& finding) {
    std::string text = position(finding.shard, finding.first);
    if (finding.last != finding.first) {
        text = "one of " + text + " to " + position(finding.shard, finding.last);
    }
    if (finding.line != 0) text += " (line " + std::to_string(finding.line) + ")";
    return text + ": " + finding.why;
}

std::optional<RecordFrame> frame_of(std::string_view record) {
    static const KeylessReader reader;
    auto decoded = reader.codec().decode(record, [](const Entry&) { return false; });
    if (!decoded) return std::nullopt;
    if (auto* opening = std::get_if<Opening>(&*decoded)) {
        return RecordFrame{
            .is_opening = true, .shard = opening->shard, .gen = std::move(opening->id)};
    }
    auto& entry = std::get<Entry>(*decoded);
    return RecordFrame{.is_opening = false,
                       .shard = entry.shard,
                       .gen = std::move(entry.gen),
                       .seq = entry.seq,
                       .prev = entry.prev};
}

ShardAudit::ShardAudit(ShardNumber shard, std::vector<Checkpoint> checkpoints, bool may_have_voids)
    : shard_(shard), checkpoints_(std::move(checkpoints)), may_have_voids_(may_have_voids) {
    std::ranges::sort(checkpoints_, {}, &Checkpoint::size);
    compare_roots();
}

void ShardAudit::take(const std::optional<RecordFrame>& frame, const Hash& leaf,
                      std::uint64_t line) {
    if (finding_) return;
    if (doubt_) settle(frame, leaf);
    if (finding_) return;
    const bool is_valid =
        frame && frame->shard == shard_ &&
        (frame->is_opening ||
         (frame->gen == gen_ && frame->seq == tree_.size() + 1 && frame->prev == head_));
    if (is_valid) {
        doubt_.reset();
        accept(*frame, leaf);
        return;
    }
    ++voids_;
    if (!doubt_) doubt_ = doubt(frame, leaf, line);
    if (!may_have_voids_ && !doubt_->chain) conclude(doubt_->finding);
}

void ShardAudit::accept(const RecordFrame& frame, const Hash& leaf) {
    is_behind_opening_ = frame.is_opening;
    if (frame.is_opening) {
        gen_ = frame.gen;
    } else {
        confirmed_ = tree_.size();
    }
    head_before_ = head_;
    head_ = next_head(head_, leaf);
    tree_.append(leaf);
    compare_roots();
}

ShardAudit::Doubt ShardAudit::doubt(const std::optional<RecordFrame>& frame, const Hash& leaf,
                                    std::uint64_t line) const {
    const Seq last = tree_.size();
    const Seq expected = last + 1;
    const auto at = [&](Seq seq, std::string why) {
        return Doubt{{shard_, seq, seq, line, std::move(why)}, std::nullopt};
    };
    if (!frame) return at(expected, "what stands there is no record of this format");
    if (frame->shard != shard_) {
        return at(expected, "what stands there is of shard " + std::to_string(frame->shard));
    }
    if (last > 0 && frame->seq == last && frame->prev == head_before_) {
        return at(last, "two records claim to be it");
    }
    if (frame->seq != expected) {
        Doubt doubt =
            at(expected, "in its place stands what says to be " + position(shard_, frame->seq));
        // An opening does not say what it stands behind.
        if (is_behind_opening_) doubt.finding.first = confirmed_ + 1;
        return doubt;
    }
    if (frame->prev == head_) return at(expected, "its writer did not have the shard");
    Doubt doubt = at(expected, "it is not chained to what is before it");
    doubt.chain = next_head(frame->prev, leaf);
    return doubt;
}

// By what comes behind a doubt about the chain.
void ShardAudit::settle(const std::optional<RecordFrame>& frame, const Hash& leaf) {
    if (!doubt_->chain || !frame || frame->shard != shard_) return;
    if (frame->is_opening) {
        doubt_->chain = next_head(*doubt_->chain, leaf);
        return;
    }
    // The doubtful record is as its writer made it, so what it was chained to is not.
    if (frame->prev == *doubt_->chain && confirmed_ < tree_.size()) {
        doubt_->finding.first = confirmed_ + 1;
        doubt_->finding.last = tree_.size();
        doubt_->finding.why = "it was changed: the entries behind it are chained to another one";
    }
    doubt_->chain.reset();
    if (!may_have_voids_) conclude(doubt_->finding);
}

void ShardAudit::compare_roots() {
    for (; compared_ < checkpoints_.size() && checkpoints_[compared_].size == tree_.size();
         ++compared_) {
        if (fork_) continue;
        if (tree_.root() == checkpoints_[compared_].root) {
            covered_ = tree_.size();
        } else {
            fork_ = Finding{shard_, covered_ + 1, std::max<Seq>(tree_.size(), 1), 0,
                            "the entries up to " + position(shard_, tree_.size()) +
                                " are not those that were signed"};
        }
    }
}

// What a checkpoint proves to be wrong comes first, but the chain may know better where.
void ShardAudit::conclude(Finding finding) {
    const bool is_closer = !fork_ || finding.first <= fork_->last;
    finding_ = is_closer ? std::move(finding) : *fork_;
}

AuditedShard ShardAudit::finish() {
    const bool is_short = compared_ < checkpoints_.size();
    if (!finding_ && doubt_ && (is_short || !may_have_voids_)) {
        if (doubt_->chain) doubt_->finding.first = std::min(confirmed_ + 1, doubt_->finding.last);
        conclude(doubt_->finding);
    }
    if (!finding_ && fork_) finding_ = fork_;
    if (!finding_ && is_short) {
        finding_ = Finding{shard_, tree_.size() + 1, checkpoints_.back().size, 0,
                           "it is missing at the end: " + std::to_string(checkpoints_.back().size) +
                               " entries were signed"};
        finding_->last = finding_->first;
    }
    return {shard_, tree_.size(), covered_, voids_};
}

JournalAudit::JournalAudit(const std::vector<Checkpoint>& checkpoints, bool may_have_voids) {
    std::map<ShardNumber, std::vector<Checkpoint>> by_shard;
    for (const Checkpoint& one : checkpoints) by_shard[one.shard].push_back(one);
    for (auto& [shard, of_shard] : by_shard) {
        shards_.try_emplace(shard, shard, std::move(of_shard), may_have_voids);
    }
    if (!shards_.empty()) current_ = shards_.begin()->first;
}

void JournalAudit::take(std::optional<RecordFrame> frame, const Hash& leaf) {
    ++line_;
    // What is of no shard that was signed, or of none at all, is in the way where it stands.
    if (frame && shards_.contains(frame->shard)) current_ = frame->shard;
    const auto found = shards_.find(current_);
    if (found != shards_.end()) found->second.take(frame, leaf, line_);
}

JournalAudit::Report JournalAudit::finish() {
    Report report;
    for (auto& [shard, audit] : shards_) {
        report.shards.push_back(audit.finish());
        if (audit.finding()) report.findings.push_back(*audit.finding());
    }
    return report;
}

}  // namespace journal
