// The contract on the embedded engine and on the simulated one.
#include "tests/journal/contract.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "infra/journal/embedded_journal.hpp"
#include "tests/support/fault_file_system.hpp"
#include "tests/support/simulated_journal.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests::journal_contract {
namespace {

class EmbeddedEngine {
public:
    static constexpr bool repeats = false;

    EmbeddedEngine() { open(); }

    Journal& journal() { return *journal_; }
    // Looks again whenever the engine wakes anybody, and now and then, for what is not announced.
    bool eventually(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!holds()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, std::chrono::milliseconds(5));
        }
        return true;
    }
    void reopen() {
        close();
        open();
    }
    void fail_what_comes_next() { disk_->set_space(0); }
    void recover() { disk_->set_space(std::uint64_t{1} << 40); }

    ~EmbeddedEngine() { close(); }

private:
    void open() {
        infra::EmbeddedJournalOptions options;
        options.directory = directory_.path() / "journal";
        options.shards = 2;
        options.tail_bytes_max = 4 << 10;  // Small, so that most reads go to the database.
        options.space_check_interval = std::chrono::milliseconds(1);
        options.files = disk_;
        journal_ = std::make_unique<infra::EmbeddedJournal>(options);
        for (ShardNumber shard = 0; shard < 2; ++shard) {
            subscriptions_.push_back(journal_->subscribe(shard, [this] { woken_.notify_all(); }));
        }
    }
    void close() {
        subscriptions_.clear();
        journal_.reset();
    }

    support::TemporaryDirectory directory_;
    std::shared_ptr<support::FaultFileSystem> disk_ = std::make_shared<support::FaultFileSystem>();
    std::mutex mutex_;
    std::condition_variable woken_;
    std::unique_ptr<infra::EmbeddedJournal> journal_;
    std::vector<std::shared_ptr<void>> subscriptions_;
};

template <unsigned repeat_chance>
class SimulatedEngine {
public:
    static constexpr bool repeats = repeat_chance > 0;

    Journal& journal() { return journal_; }
    bool eventually(const std::function<bool()>& holds) {
        for (int i = 0; i < 100'000 && !holds(); ++i) journal_.step();
        return holds();
    }
    void reopen() { journal_.crash(); }
    void fail_what_comes_next() { journal_.fail_next(); }
    void recover() {}

private:
    support::SimulatedJournal journal_{{.shards = 2,
                                        .repeat_chance = repeat_chance,
                                        .fail_before_chance = 0,
                                        .fail_after_chance = 0}};
};

using Engines = testing::Types<EmbeddedEngine, SimulatedEngine<0>, SimulatedEngine<300>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Any, JournalContract, Engines);

}  // namespace
}  // namespace tests::journal_contract
