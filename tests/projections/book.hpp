// A journal in memory with a writer of its own, and what its entries come to by a straight fold:
// the oracle of the projections' tests.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "domain/aggregates.hpp"
#include "journal/entry.hpp"
#include "journal/journal.hpp"
#include "journal/validity.hpp"
#include "tests/support/plain_keys.hpp"

namespace tests::projections_test {

// Threads: all functions may be called from any thread.
class MemoryLog final : public journal::Journal {
public:
    explicit MemoryLog(journal::ShardNumber shards = 1) : logs_(shards) {}

    void append(journal::ShardNumber shard, std::string bytes) {
        std::vector<std::function<void()>> wakes;
        {
            const std::scoped_lock lock(mutex_);
            logs_[shard].push_back(std::make_shared<const std::string>(std::move(bytes)));
            for (const auto& [id, wake] : wakes_) wakes.push_back(wake);
        }
        for (const auto& wake : wakes) wake();
    }
    // While it fails, reads give this error.
    void fail(std::optional<journal::JournalError> error) {
        const std::scoped_lock lock(mutex_);
        error_ = error;
    }

    journal::ShardNumber shards() const override {
        return static_cast<journal::ShardNumber>(logs_.size());
    }
    std::unique_ptr<journal::Session> open_session(journal::ShardNumber) override {
        return nullptr;  // Projections never write.
    }
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        journal::ShardNumber shard, journal::Offset after, std::size_t bytes_max) override {
        const std::scoped_lock lock(mutex_);
        if (error_) return domain::Failure(*error_);
        const auto& log = logs_[shard];
        std::vector<journal::Record> records;
        std::size_t bytes = 0;
        for (std::size_t i = after; i < log.size() && (i == after || bytes < bytes_max); ++i) {
            bytes += log[i]->size();
            records.push_back({i + 1, log[i]});
        }
        return records;
    }
    journal::Offset end(journal::ShardNumber shard) const override {
        const std::scoped_lock lock(mutex_);
        return logs_[shard].size();
    }
    std::shared_ptr<void> subscribe(journal::ShardNumber, std::function<void()> wake) override {
        const std::scoped_lock lock(mutex_);
        const int id = next_id_++;
        wakes_.emplace(id, std::move(wake));
        return {this, [this, id](void*) {
                    const std::scoped_lock inner(mutex_);
                    wakes_.erase(id);
                }};
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::vector<journal::Bytes>> logs_;
    std::map<int, std::function<void()>> wakes_;
    int next_id_ = 0;
    std::optional<journal::JournalError> error_;
};

struct Change {
    domain::Subject subject;
    domain::AnyEvent event;
};

// The one writer of a shard.
class Book {
public:
    using Key = std::pair<std::string, domain::Subject>;  // Tenant and subject.

    explicit Book(journal::ShardNumber shard = 0, MemoryLog* log = nullptr)
        : shard_(shard), log_(log == nullptr ? &own_log_ : log), fold_(shard, {}) {
        open("generation-1");
    }

    void open(const std::string& id) {
        append_raw(journal::EntryCodec::encode(
            {.shard = shard_, .id = id, .node = "here", .address = "nowhere", .time = now_}));
    }

    // One entry with these events, each the next one of its aggregate.
    void append(const std::string& tenant, const std::vector<Change>& changes) {
        const journal::Entry entry = make_entry(tenant, changes);
        for (const journal::RecordedEvent& event : entry.events) {
            auto& aggregate = aggregates_[{tenant, event.subject}];
            if (event.sequence == 1) aggregate = absent_aggregate(event.subject);
            advance(aggregate, event.event, event.occurred_at);
        }
        append_raw(encode(entry));
    }

    // The same, but not appended.
    journal::Entry make_entry(const std::string& tenant, const std::vector<Change>& changes) {
        journal::Entry entry{.shard = shard_,
                             .seq = fold_.state().seq + 1,
                             .gen = fold_.state().gen,
                             .prev = fold_.state().head,
                             .time = now_,
                             .tenant = domain::TenantId{tenant},
                             .command = {},
                             .events = {}};
        std::map<domain::Subject, std::uint64_t> ahead;
        for (const auto& [subject, event] : changes) {
            entry.events.push_back(
                {subject, version(tenant, subject) + ++ahead[subject], now_, event});
        }
        return entry;
    }
    std::string encode(const journal::Entry& entry) {
        for (const auto& event : entry.events) {
            if (const auto person = journal::person_of(event.subject, event.event)) {
                const std::vector<journal::Person> persons{{entry.tenant, *person}};
                keys_.create(persons);
            }
        }
        return codec_.encode(entry);
    }
    void append_raw(const std::string& bytes) {
        log_->append(shard_, bytes);
        const auto judged =
            fold_.take({log_->end(shard_), std::make_shared<const std::string>(bytes)}, codec_);
        if (!judged) {
            throw std::logic_error(std::string(domain::name(judged.error())) + ": " + bytes);
        }
    }

    void destroy_key(const domain::TenantId& tenant, const domain::UserId& user) {
        keys_.destroy({tenant, user});
    }
    void tick(int milliseconds) { now_ += std::chrono::milliseconds(milliseconds); }
    domain::Timestamp now() const { return now_; }

    std::uint64_t version(const std::string& tenant, const domain::Subject& subject) const {
        const auto found = aggregates_.find({tenant, subject});
        return found == aggregates_.end() ? 0 : version_of(found->second);
    }
    const std::map<Key, domain::AnyAggregate>& aggregates() const { return aggregates_; }
    template <class D>
    const typename D::State& state(const std::string& tenant, const std::string& id) const {
        const auto& aggregate = aggregates_.at({tenant, {D::kind, id}});
        return std::get<domain::AggregateOf<D>>(aggregate).state;
    }

    journal::ShardNumber shard() const { return shard_; }
    MemoryLog& log() { return *log_; }
    const journal::EntryCodec& codec() const { return codec_; }
    journal::Seq seq() const { return fold_.state().seq; }

private:
    journal::ShardNumber shard_;
    MemoryLog own_log_;
    MemoryLog* log_;
    support::PlainKeys keys_;
    support::PlainSealing sealing_;
    journal::EntryCodec codec_{keys_, sealing_};
    journal::LogFold fold_;
    domain::Timestamp now_ = *domain::parse_rfc3339("2026-01-31T10:00:00Z");
    std::map<Key, domain::AnyAggregate> aggregates_;
};

}  // namespace tests::projections_test
