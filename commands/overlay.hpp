// The overlay: the shard's state in memory over its state store. It holds everything that the store
// does not reflect yet, and beyond that the aggregates used last.
//
// Each change carries the seq of the entry that made it; when the store reflects that seq, the
// change may be dropped. Not thread-safe: the shard's thread alone uses it.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "commands/state_store.hpp"
#include "commands/work.hpp"

namespace commands {

class Overlay final : public Aggregates {
public:
    // `aggregates_max` bounds the aggregates that are kept although the store has them, too.
    Overlay(const StateStore& store, std::size_t aggregates_max)
        : store_(store), aggregates_max_(aggregates_max) {}

    std::shared_ptr<const domain::AnyAggregate> load(const domain::TenantId& tenant,
                                                     const domain::Subject& subject) override;
    std::optional<domain::Subject> claimed_by(const domain::TenantId& tenant,
                                              std::string_view key) override;
    std::vector<domain::Subject> claimed_under(const domain::TenantId& tenant,
                                               std::string_view prefix) override;
    std::int64_t counter(const domain::TenantId& tenant, std::string_view key) override;
    std::optional<Remembered> remembered(const domain::TenantId& tenant, std::string_view command,
                                         std::string_view key) const;

    // What a sandbox's clock shows; empty for a tenant that lives by the world's.
    std::optional<domain::Timestamp> sandbox_clock(const domain::TenantId& tenant);

    // What the overlay says of due keys (due_key.hpp) beside the store: true, it is due; false, the
    // store has it, but it is not due any more.
    template <class Visit>
    void for_each_due(Visit&& visit) const {
        for (const auto& [key, change] : dues_) visit(key, change.value);
    }
    // The first key of the tenant at or behind `from` that is due by the overlay alone.
    std::optional<std::string> first_due(const domain::TenantId& tenant,
                                         std::string_view from) const;
    // Is a key that the store has not due any more?
    bool is_done(const domain::TenantId& tenant, std::string_view key) const;
    const StateStore& store() const { return store_; }

    // Takes in what the entry with this seq changes.
    void add(const journal::Entry& entry, const Work::Changes& changes);
    // The store reflects everything up to this seq.
    void stored(journal::Seq seq);
    // Forgets everything that the store does not reflect, and the rest, too.
    void clear();

private:
    template <class T>
    struct Changed {
        T value;
        journal::Seq seq = 0;
    };
    struct Cached {
        std::shared_ptr<const domain::AnyAggregate> aggregate;
        journal::Seq seq = 0;  // 0: the store has it.
        std::list<std::string>::iterator used;
    };

    static std::string key_of(const domain::TenantId& tenant, std::string_view rest);
    void put(std::string key, std::shared_ptr<const domain::AnyAggregate> aggregate,
             journal::Seq seq);
    void evict();

    const StateStore& store_;
    std::size_t aggregates_max_;
    journal::Seq stored_ = 0;
    std::unordered_map<std::string, Cached> aggregates_;
    std::list<std::string> by_use_;  // The last used first.
    // By tenant, NUL, due key; in due order within a tenant.
    std::map<std::string, Changed<bool>, std::less<>> dues_;
    std::unordered_map<std::string, bool> is_sandbox_;  // Of tenants that were asked for.
    std::unordered_map<std::string, Changed<std::optional<domain::Subject>>> claims_;
    std::unordered_map<std::string, Changed<std::int64_t>> counters_;
    std::unordered_map<std::string, Changed<Remembered>> remembered_;
};

}  // namespace commands
