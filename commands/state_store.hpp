// The state store: the write side's memory of one shard, derived from the journal. It holds each
// aggregate's state, who holds which unique key, the highest number of each series, the idempotency
// keys, where each event of a stream stands, and the due-index: what the clock does when; together
// with the position up to which it is true.
//
// Rows of one shard start with its number (2 bytes, big-endian) and a tag:
//
//     L                               → how rows are laid out; another one is made anew
//     P                               → LogState
//     A tenant 0 kind/id              → Versioned<State> as JSON
//     C tenant 0 claim                → kind/id of the holder
//     N tenant 0 series               → highest number used, decimal
//     I tenant 0 command 0 key        → Remembered as JSON
//     E tenant 0 kind/id 0 sequence   → offset, decimal           ; sequence: 8 bytes, big-endian
//     D tenant 0 due-key              → nothing                   ; due_key.hpp; one an aggregate
//
// Not thread-safe: the shard's thread alone uses it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/work.hpp"
#include "journal/rows.hpp"
#include "journal/sorted_changes.hpp"
#include "journal/validity.hpp"

namespace commands {

// What an idempotency key stands for.
struct Remembered {
    std::string fingerprint;
    std::string subject;
    std::uint64_t version = 0;
    journal::Seq seq = 0;
    bool operator==(const Remembered&) const = default;
};
constexpr auto describe(const Remembered*) {
    using domain::field;
    return domain::fields(field<&Remembered::fingerprint>("fingerprint", "Of the request."),
                          field<&Remembered::subject>("subject", "What the answer showed."),
                          field<&Remembered::version>("version", "In which version."),
                          field<&Remembered::seq>("seq", "Of the entry."));
}

// What a key is remembered by, within its tenant: it stands for one operation alone.
std::string remembered_key(std::string_view command, std::string_view key);

class StateStore {
public:
    StateStore(journal::Rows& rows, journal::ShardNumber shard);

    // The position that the rows reflect; empty for a new store.
    journal::LogState position() const;

    std::shared_ptr<const domain::AnyAggregate> load(const domain::TenantId& tenant,
                                                     const domain::Subject& subject) const;
    std::optional<domain::Subject> claimed_by(const domain::TenantId& tenant,
                                              std::string_view key) const;
    // Calls `use` with each claim that begins with `prefix`.
    void each_claim(
        const domain::TenantId& tenant, std::string_view prefix,
        const std::function<void(std::string_view key, domain::Subject holder)>& use) const;
    std::int64_t counter(const domain::TenantId& tenant, std::string_view series) const;
    std::optional<Remembered> remembered(const domain::TenantId& tenant, std::string_view command,
                                         std::string_view key) const;
    // The offsets of a stream's first `count` events, in order; a record may hold several.
    std::vector<journal::Offset> offsets_of(const domain::TenantId& tenant,
                                            const domain::Subject& subject,
                                            std::uint64_t count) const;

    // The tenants with something in the due-index, and the first key of each.
    std::vector<std::pair<domain::TenantId, std::string>> first_dues() const;

    // A walk over a tenant's keys of the due-index as they are now, from the first one at or behind
    // `from` on.
    class DueRows {
    public:
        DueRows(const StateStore& store, const domain::TenantId& tenant, std::string_view from);
        bool valid() const { return walk_->valid(); }
        void next() { walk_->next(); }
        std::string_view key() const { return walk_->key().substr(prefix_.size()); }

    private:
        std::string prefix_;
        std::unique_ptr<journal::RowSnapshot> snapshot_;
        std::unique_ptr<journal::RowWalk> walk_;
    };

    // Adds what an entry did to the open batch.
    void add(const journal::Entry& entry, const Work::Changes& changes, journal::Offset offset);

    // Writes the open batch with the position, all or nothing. False when the disk refused: the
    // batch stays open, try again later.
    bool commit(const journal::LogState& position);
    // Forgets the open batch.
    void discard() { changes_.clear(); }

private:
    void prepare_layout();
    std::optional<std::string> get(std::string_view key) const;
    std::string key(char tag, const domain::TenantId& tenant, std::string_view rest) const;

    journal::Rows& rows_;
    std::string prefix_;
    journal::SortedChanges changes_;  // Not committed yet.
    std::unique_ptr<journal::RowBatch> batch_;
};

}  // namespace commands
