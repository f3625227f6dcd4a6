// Ports with one mistake each, for the simulation: a mistake that the oracle cannot find would mean
// that the oracle is worth nothing.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "journal/journal.hpp"
#include "journal/rows.hpp"
#include "tests/commands/simulation.hpp"

namespace tests::commands {

// Rows that never keep some of the rows: those whose tag (behind the shard's number) is given.
class ForgetfulRows final : public journal::Rows {
public:
    ForgetfulRows(journal::Rows& rows, char forgotten) : rows_(rows), forgotten_(forgotten) {}

    std::unique_ptr<journal::RowBatch> batch() override {
        return std::make_unique<Batch>(rows_.batch(), forgotten_);
    }
    bool write(journal::RowBatch& batch) override {
        return rows_.write(*static_cast<Batch&>(batch).inner);
    }
    bool get(std::string_view key,
             const std::function<void(std::string_view)>& use) const override {
        return rows_.get(key, use);
    }
    std::unique_ptr<journal::RowSnapshot> snapshot() const override { return rows_.snapshot(); }
    bool erase_prefix(std::string_view prefix) override { return rows_.erase_prefix(prefix); }

private:
    struct Batch final : journal::RowBatch {
        Batch(std::unique_ptr<journal::RowBatch> of, char tag)
            : inner(std::move(of)), forgotten(tag) {}
        void put(std::string_view key, std::string_view value) override {
            if (key[2] != forgotten) inner->put(key, value);
        }
        void erase(std::string_view key) override { inner->erase(key); }
        void drop_history(std::string_view key) override { inner->drop_history(key); }
        void clear() override { inner->clear(); }
        std::unique_ptr<journal::RowBatch> inner;
        char forgotten;
    };

    journal::Rows& rows_;
    char forgotten_;
};

// A journal that shows a node something else than what is in the log, or, which is no mistake, not
// yet all of it.
class FaultyJournal final : public journal::Journal {
public:
    FaultyJournal(journal::Journal& journal, Mistake mistake)
        : journal_(journal), mistake_(mistake) {}

    // From now on the node is shown nothing new, as one that is paused or cut off from its brokers,
    // until it is thawed.
    void freeze() { frozen_end_ = journal_.end(0); }
    void thaw() { frozen_end_.reset(); }
    bool is_frozen() const { return frozen_end_.has_value(); }

    journal::ShardNumber shards() const override { return journal_.shards(); }
    bool is_exclusive() const override { return mistake_ == Mistake::claim_to_be_exclusive; }
    journal::Offset end(journal::ShardNumber shard) const override {
        return frozen_end_.value_or(journal_.end(shard));
    }
    std::shared_ptr<void> subscribe(journal::ShardNumber shard,
                                    std::function<void()> wake) override {
        return journal_.subscribe(shard, std::move(wake));
    }
    std::unique_ptr<journal::Session> open_session(journal::ShardNumber shard) override {
        early_.clear();
        return std::make_unique<Echo>(*this, journal_.open_session(shard));
    }
    domain::Result<std::vector<journal::Record>, journal::JournalError> read(
        journal::ShardNumber shard, journal::Offset after, std::size_t bytes_max) override {
        auto records = journal_.read(shard, after, bytes_max);
        if (!records) return records;
        std::erase_if(*records, [this](const journal::Record& record) {
            return frozen_end_ && record.offset > *frozen_end_;
        });
        if (mistake_ == Mistake::hide_openings) hide_openings(*records);
        if (mistake_ == Mistake::read_what_is_not_durable && records->empty()) {
            for (auto offset = after; !early_.empty(); early_.pop_front()) {
                records->push_back({++offset, early_.front()});
            }
        }
        return records;
    }

private:
    class Echo final : public journal::Session {
    public:
        Echo(FaultyJournal& journal, std::unique_ptr<journal::Session> inner)
            : journal_(journal), inner_(std::move(inner)) {}
        void append(std::vector<journal::Bytes> records) override {
            for (const auto& record : records) {
                const bool is_opening = record->contains("\"opening\"");
                if (is_opening) journal_.own_opening_ = *record;
                if (!is_opening) journal_.early_.push_back(record);
            }
            inner_->append(std::move(records));
        }
        std::optional<journal::JournalError> error() const override { return inner_->error(); }

    private:
        FaultyJournal& journal_;
        std::unique_ptr<journal::Session> inner_;
    };

    void hide_openings(std::vector<journal::Record>& records) const {
        std::erase_if(records, [this](const journal::Record& record) {
            return record.bytes->contains("\"opening\"") && *record.bytes != own_opening_ &&
                   !own_opening_.empty();
        });
    }

    journal::Journal& journal_;
    Mistake mistake_;
    std::optional<journal::Offset> frozen_end_;
    std::string own_opening_;
    std::deque<journal::Bytes> early_;
};

}  // namespace tests::commands
