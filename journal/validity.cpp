#include "journal/validity.hpp"

#include <algorithm>

#include "codec/reflect.hpp"

namespace journal {
namespace {

// A stored LogState, as JSON.
struct StoredLogState {
    std::uint64_t offset = 0;
    std::uint64_t seq = 0;
    std::string gen;
    std::string head;
    std::string owner_node;
    std::string owner_address;
    domain::Timestamp time;
    std::uint64_t voids = 0;
};
constexpr auto describe(const StoredLogState*) {
    using domain::field;
    return domain::fields(
        field<&StoredLogState::offset>("offset", ""), field<&StoredLogState::seq>("seq", ""),
        field<&StoredLogState::gen>("gen", ""), field<&StoredLogState::head>("head", ""),
        field<&StoredLogState::owner_node>("ownerNode", ""),
        field<&StoredLogState::owner_address>("ownerAddress", ""),
        field<&StoredLogState::time>("time", ""), field<&StoredLogState::voids>("voids", ""));
}

}  // namespace

std::string to_text(const LogState& state) {
    return codec::to_json(StoredLogState{state.offset, state.seq, state.gen, to_hex(state.head),
                                         state.owner_node, state.owner_address, state.time,
                                         state.voids});
}

std::optional<LogState> parse_log_state(std::string_view text) {
    StoredLogState stored;
    if (!codec::read_stored(text, stored)) return std::nullopt;
    const auto head = parse_hash(stored.head);
    if (!head) return std::nullopt;
    return LogState{stored.offset,     stored.seq,           stored.gen,  *head,
                    stored.owner_node, stored.owner_address, stored.time, stored.voids};
}

bool LogFold::is_valid(const Entry& entry) const {
    return entry.shard == shard_ && entry.gen == state_.gen && entry.seq == state_.seq + 1 &&
           entry.prev == state_.head;
}

Verdict LogFold::take_known(const Record& record, const Entry& entry, const Hash& head_after) {
    if (record.offset <= state_.offset) return Verdict::void_entry;
    state_.offset = record.offset;
    if (!is_valid(entry)) {
        ++state_.voids;
        return Verdict::void_entry;
    }
    ++state_.seq;
    state_.head = head_after;
    state_.time = entry.time;
    return Verdict::valid;
}

domain::Result<Judged, EntryError> LogFold::take(const Record& record, const EntryCodec& codec) {
    // An engine may deliver a record that this reader has had; it was judged then.
    if (record.offset <= state_.offset) return Judged{};

    auto decoded =
        codec.decode(*record.bytes, [this](const Entry& entry) { return is_valid(entry); });
    if (!decoded && decoded.error() != EntryError::foreign) return domain::Failure(decoded.error());
    state_.offset = record.offset;
    Judged judged;
    if (decoded) {
        judged.record = *std::move(decoded);
        if (const auto* opening = std::get_if<Opening>(&judged.record)) {
            if (opening->shard == shard_) {
                judged.verdict = Verdict::valid;
                state_.gen = opening->id;
                state_.owner_node = opening->node;
                state_.owner_address = opening->address;
                state_.time = std::max(state_.time, opening->time);
            }
        } else if (is_valid(std::get<Entry>(judged.record))) {
            judged.verdict = Verdict::valid;
            state_.time = std::get<Entry>(judged.record).time;
        }
    }
    if (judged.verdict == Verdict::valid) {
        ++state_.seq;
        judged.leaf = leaf_hash(*record.bytes);
        state_.head = next_head(state_.head, judged.leaf);
    } else {
        ++state_.voids;
    }
    return judged;
}

}  // namespace journal
