#include "commands/overlay.hpp"

#include <algorithm>
#include <map>

#include "commands/due_key.hpp"

namespace commands {

std::string Overlay::key_of(const domain::TenantId& tenant, std::string_view rest) {
    std::string key;
    key.reserve(tenant.text.size() + 1 + rest.size());
    key += tenant.text;
    key += '\0';
    key += rest;
    return key;
}

std::shared_ptr<const domain::AnyAggregate> Overlay::load(const domain::TenantId& tenant,
                                                          const domain::Subject& subject) {
    std::string key = key_of(tenant, to_text(subject));
    if (const auto found = aggregates_.find(key); found != aggregates_.end()) {
        by_use_.splice(by_use_.begin(), by_use_, found->second.used);
        return found->second.aggregate;
    }
    auto loaded = store_.load(tenant, subject);
    if (domain::version_of(*loaded) > 0) put(std::move(key), loaded, 0);
    return loaded;
}

std::optional<domain::Subject> Overlay::claimed_by(const domain::TenantId& tenant,
                                                   std::string_view key) {
    const auto found = claims_.find(key_of(tenant, key));
    return found == claims_.end() ? store_.claimed_by(tenant, key) : found->second.value;
}

std::vector<domain::Subject> Overlay::claimed_under(const domain::TenantId& tenant,
                                                    std::string_view prefix) {
    std::map<std::string, std::optional<domain::Subject>, std::less<>> found;
    store_.each_claim(tenant, prefix, [&](std::string_view key, domain::Subject holder) {
        found.emplace(key_of(tenant, key), std::move(holder));
    });
    const std::string begin = key_of(tenant, prefix);
    for (const auto& [key, changed] : claims_) {
        if (key.starts_with(begin)) found[key] = changed.value;
    }
    std::vector<domain::Subject> holders;
    for (auto& [key, holder] : found) {
        if (holder) holders.push_back(*std::move(holder));
    }
    return holders;
}

std::int64_t Overlay::counter(const domain::TenantId& tenant, std::string_view key) {
    const auto found = counters_.find(key_of(tenant, key));
    return found == counters_.end() ? store_.counter(tenant, key) : found->second.value;
}

std::optional<Remembered> Overlay::remembered(const domain::TenantId& tenant,
                                              std::string_view command,
                                              std::string_view key) const {
    const auto found = remembered_.find(key_of(tenant, remembered_key(command, key)));
    return found == remembered_.end() ? store_.remembered(tenant, command, key)
                                      : std::optional(found->second.value);
}

std::optional<domain::Timestamp> Overlay::sandbox_clock(const domain::TenantId& tenant) {
    const auto known = is_sandbox_.find(tenant.text);
    if (known != is_sandbox_.end() && !known->second) return std::nullopt;
    const auto loaded = load(tenant, {domain::Kind::tenants, tenant.text});
    const auto& found = std::get<domain::AggregateOf<domain::TenantDecider>>(*loaded);
    if (known == is_sandbox_.end()) is_sandbox_[tenant.text] = found.state.sandbox;
    return domain::sandbox_clock(found);
}

std::optional<std::string> Overlay::first_due(const domain::TenantId& tenant,
                                              std::string_view from) const {
    const std::string prefix = key_of(tenant, "");
    for (auto it = dues_.lower_bound(prefix + std::string(from));
         it != dues_.end() && it->first.starts_with(prefix); ++it) {
        if (it->second.value) return it->first.substr(prefix.size());
    }
    return std::nullopt;
}

bool Overlay::is_done(const domain::TenantId& tenant, std::string_view key) const {
    const auto found = dues_.find(key_of(tenant, key));
    return found != dues_.end() && !found->second.value;
}

void Overlay::add(const journal::Entry& entry, const Work::Changes& changes) {
    for (const auto& [subject, aggregate] : changes.aggregates) {
        if (subject.kind == domain::Kind::tenants) is_sandbox_.erase(subject.id);
        put(key_of(entry.tenant, to_text(subject)), aggregate, entry.seq);
    }
    for (const auto& [claim, holder] : changes.claims) {
        claims_[key_of(entry.tenant, claim)] = {holder, entry.seq};
    }
    for (const auto& [series, number] : changes.counters) {
        counters_[key_of(entry.tenant, series)] = {number, entry.seq};
    }
    for (const auto& [subject, before, after] : changes.dues) {
        if (before) dues_[key_of(entry.tenant, due_key(*before, subject))] = {false, entry.seq};
        if (after) dues_[key_of(entry.tenant, due_key(*after, subject))] = {true, entry.seq};
    }
    const auto& command = entry.command;
    if (!command.idempotency_key) return;
    remembered_[key_of(entry.tenant, remembered_key(command.type, *command.idempotency_key))] = {
        {command.fingerprint.value_or(""), command.subject, command.version, entry.seq}, entry.seq};
}

void Overlay::put(std::string key, std::shared_ptr<const domain::AnyAggregate> aggregate,
                  journal::Seq seq) {
    const auto [found, is_new] = aggregates_.try_emplace(key);
    if (is_new) {
        by_use_.push_front(std::move(key));
        found->second.used = by_use_.begin();
    } else {
        by_use_.splice(by_use_.begin(), by_use_, found->second.used);
    }
    found->second.aggregate = std::move(aggregate);
    found->second.seq = seq;
}

void Overlay::stored(journal::Seq seq) {
    stored_ = seq;
    const auto is_stored = [seq](const auto& one) { return one.second.seq <= seq; };
    std::erase_if(claims_, is_stored);
    std::erase_if(counters_, is_stored);
    std::erase_if(remembered_, is_stored);
    std::erase_if(dues_, is_stored);
    evict();
}

void Overlay::evict() {
    while (aggregates_.size() > aggregates_max_) {
        const auto found = aggregates_.find(by_use_.back());
        if (found->second.seq > stored_) return;  // The store does not have it yet.
        aggregates_.erase(found);
        by_use_.pop_back();
    }
}

void Overlay::clear() {
    aggregates_.clear();
    by_use_.clear();
    claims_.clear();
    counters_.clear();
    remembered_.clear();
    dues_.clear();
    is_sandbox_.clear();
}

}  // namespace commands
