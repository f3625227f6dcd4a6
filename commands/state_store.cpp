#include "commands/state_store.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "codec/reflect.hpp"
#include "commands/due_key.hpp"
#include "domain/numbers.hpp"
#include "journal/erasure.hpp"

namespace commands {
namespace {

// Changes with the grammar of the rows in state_store.hpp, and with what is due (domain/due.cpp).
constexpr std::string_view layout = "8";

std::string big_endian(std::uint64_t value) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i) & 0xFFU);
    return bytes;
}

template <class T>
T parse_number(std::string_view text) {
    const auto value = domain::parse_whole<T>(text);
    assert(value && "the store holds what it wrote");
    return *value;
}

std::string stream_key(const domain::Subject& subject) {
    std::string text = to_text(subject);
    text += '\0';
    return text;
}

void write_aggregate(std::string& out, const domain::AnyAggregate& aggregate) {
    std::visit([&out](const auto& one) { codec::write(out, one); }, aggregate);
}

}  // namespace

std::string remembered_key(std::string_view command, std::string_view key) {
    std::string text(command);
    text += '\0';
    text += key;
    return text;
}

StateStore::StateStore(journal::Rows& rows, journal::ShardNumber shard)
    : rows_(rows), batch_(rows.batch()) {
    prefix_ += static_cast<char>(shard >> 8U & 0xFFU);
    prefix_ += static_cast<char>(shard & 0xFFU);
    prepare_layout();
}

// Rows of another layout are dropped, and derived from the journal again. When the disk refuses,
// the next start tries again; what is read meanwhile is read from the first entry on.
void StateStore::prepare_layout() {
    const std::string key = prefix_ + 'L';
    if (get(key) == layout) return;
    if (get(prefix_ + 'P') && !rows_.erase_prefix(prefix_)) {
        throw std::runtime_error("cannot drop a state store of another layout");
    }
    batch_->put(key, layout);
    rows_.write(*batch_);
    batch_->clear();
}

std::string StateStore::key(char tag, const domain::TenantId& tenant, std::string_view rest) const {
    std::string made = prefix_;
    made.reserve(prefix_.size() + tenant.text.size() + rest.size() + 2);
    made += tag;
    made += tenant.text;
    made += '\0';
    made += rest;
    return made;
}

std::optional<std::string> StateStore::get(std::string_view key) const {
    std::optional<std::string> found;
    rows_.get(key, [&found](std::string_view value) { found.emplace(value); });
    return found;
}

journal::LogState StateStore::position() const {
    const auto text = get(prefix_ + 'P');
    if (!text) return {};
    const auto state = journal::parse_log_state(*text);
    assert(state && "the store holds what it wrote");
    return *state;
}

std::shared_ptr<const domain::AnyAggregate> StateStore::load(const domain::TenantId& tenant,
                                                             const domain::Subject& subject) const {
    auto aggregate = std::make_shared<domain::AnyAggregate>(domain::absent_aggregate(subject));
    const auto text = get(key('A', tenant, to_text(subject)));
    if (!text) return aggregate;
    const bool ok =
        std::visit([&text](auto& one) { return codec::read_stored(*text, one); }, *aggregate);
    assert(ok && "the store holds what it wrote");
    return aggregate;
}

std::optional<domain::Subject> StateStore::claimed_by(const domain::TenantId& tenant,
                                                      std::string_view claim) const {
    const auto text = get(key('C', tenant, claim));
    return text ? domain::parse_subject(*text) : std::nullopt;
}

void StateStore::each_claim(
    const domain::TenantId& tenant, std::string_view prefix,
    const std::function<void(std::string_view key, domain::Subject holder)>& use) const {
    const std::string begin = key('C', tenant, prefix);
    const std::size_t key_begin = begin.size() - prefix.size();
    const auto snapshot = rows_.snapshot();
    const auto walk = snapshot->walk(begin);
    for (walk->seek(begin); walk->valid(); walk->next()) {
        auto holder = domain::parse_subject(walk->value());
        assert(holder && "the store holds what it wrote");
        use(walk->key().substr(key_begin), *std::move(holder));
    }
}

std::int64_t StateStore::counter(const domain::TenantId& tenant, std::string_view series) const {
    const auto text = get(key('N', tenant, series));
    return text ? parse_number<std::int64_t>(*text) : 0;
}

std::optional<Remembered> StateStore::remembered(const domain::TenantId& tenant,
                                                 std::string_view command,
                                                 std::string_view idempotency_key) const {
    const auto text = get(key('I', tenant, remembered_key(command, idempotency_key)));
    if (!text) return std::nullopt;
    Remembered found;
    const bool ok = codec::read_stored(*text, found);
    assert(ok && "the store holds what it wrote");
    return found;
}

std::vector<journal::Offset> StateStore::offsets_of(const domain::TenantId& tenant,
                                                    const domain::Subject& subject,
                                                    std::uint64_t count) const {
    std::vector<journal::Offset> offsets;
    const auto snapshot = rows_.snapshot();
    const auto prefix = key('E', tenant, stream_key(subject));
    const auto walk = snapshot->walk(prefix);
    for (walk->seek(prefix); walk->valid() && count > 0; walk->next(), --count) {
        const auto offset = parse_number<journal::Offset>(walk->value());
        if (offsets.empty() || offsets.back() != offset) offsets.push_back(offset);
    }
    return offsets;
}

std::vector<std::pair<domain::TenantId, std::string>> StateStore::first_dues() const {
    std::vector<std::pair<domain::TenantId, std::string>> firsts;
    const auto snapshot = rows_.snapshot();
    const std::string all = prefix_ + 'D';
    const auto walk = snapshot->walk(all);
    walk->seek(all);
    while (walk->valid()) {
        const std::string_view rest = walk->key().substr(all.size());
        const std::string tenant(rest.substr(0, rest.find('\0')));
        firsts.emplace_back(domain::TenantId{tenant}, rest.substr(tenant.size() + 1));
        walk->seek(all + tenant + '\1');
    }
    return firsts;
}

StateStore::DueRows::DueRows(const StateStore& store, const domain::TenantId& tenant,
                             std::string_view from)
    : prefix_(store.key('D', tenant, "")),
      snapshot_(store.rows_.snapshot()),
      walk_(snapshot_->walk(prefix_)) {
    walk_->seek(prefix_ + std::string(from));
}

void StateStore::add(const journal::Entry& entry, const Work::Changes& changes,
                     journal::Offset offset) {
    std::string value;
    const bool erases = std::ranges::any_of(entry.events, [](const journal::RecordedEvent& event) {
        return journal::erased_by(event.subject, event.event).has_value();
    });
    for (const auto& [subject, aggregate] : changes.aggregates) {
        value.clear();
        write_aggregate(value, *aggregate);
        const std::string row = key('A', entry.tenant, to_text(subject));
        changes_.put(row, value);
        if (erases) changes_.drop_history(row);
    }
    for (const auto& [claim, holder] : changes.claims) {
        const std::string row = key('C', entry.tenant, claim);
        if (holder) {
            changes_.put(row, to_text(*holder));
        } else {
            changes_.erase(row);
            // The key may tell who it was.
            if (claim.starts_with("user-")) changes_.drop_history(row);
        }
    }
    for (const auto& [series, number] : changes.counters) {
        changes_.put(key('N', entry.tenant, series), std::to_string(number));
    }
    for (const auto& [subject, before, after] : changes.dues) {
        if (before) changes_.erase(key('D', entry.tenant, due_key(*before, subject)));
        if (after) changes_.put(key('D', entry.tenant, due_key(*after, subject)), "");
    }
    const auto& command = entry.command;
    if (command.idempotency_key) {
        const Remembered remembered{command.fingerprint.value_or(""), command.subject,
                                    command.version, entry.seq};
        changes_.put(key('I', entry.tenant, remembered_key(command.type, *command.idempotency_key)),
                     codec::to_json(remembered));
    }
    const std::string at = std::to_string(offset);
    for (const auto& event : entry.events) {
        changes_.put(key('E', entry.tenant, stream_key(event.subject) + big_endian(event.sequence)),
                     at);
    }
}

bool StateStore::commit(const journal::LogState& position) {
    batch_->clear();
    changes_.append_to(*batch_);
    batch_->put(prefix_ + 'P', journal::to_text(position));
    if (!rows_.write(*batch_)) return false;
    changes_.clear();
    return true;
}

}  // namespace commands
