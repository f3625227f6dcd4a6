// What a shard reaches without HTTP, against a bare log of the same bytes.
//
//     bench_append SECONDS DIRECTORY [COMMANDS...]
//
// For 1 to 4096 (or so many) commands on their way at once: a shard decides, appends and answers
// them over the embedded journal (every answer submits the next command, on the shard's thread);
// then a bare RocksDB writes the same batches, record for record in size, with one sync each.
// Prints one line of JSON for each number of commands.
#include <rocksdb/db.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "bench/clients.hpp"
#include "bench/program.hpp"
#include "infra/clock.hpp"
#include "infra/ids.hpp"
#include "infra/journal/embedded_journal.hpp"
#include "infra/keys/embedded_key_store.hpp"
#include "infra/keys/sealing.hpp"
#include "infra/rocksdb/rows.hpp"
#include "infra/zones.hpp"

namespace {

using bench::Clients;
using bench::seconds_since;
using std::chrono::steady_clock;
using Path = std::filesystem::path;

struct Batch {
    std::size_t records = 0;
    std::size_t bytes = 0;
};

// The write side with all of its adapters, as the server has it.
class WriteSide {
public:
    explicit WriteSide(const Path& root) {
        infra::EmbeddedKeyStoreOptions key_options;
        key_options.directory = root / "keys";
        keys_ = std::make_unique<infra::EmbeddedKeyStore>(std::move(key_options), randomness_);
        infra::RocksRowsOptions row_options;
        row_options.directory = root / "state";
        row_options.key.emplace();
        row_options.write_buffer_bytes = 32 << 20;
        rows_ = std::make_unique<infra::RocksRows>(std::move(row_options));
        infra::EmbeddedJournalOptions options;
        options.directory = root / "journal";
        options.written = [this](std::size_t records, std::size_t bytes,
                                 std::chrono::microseconds) {
            batches_.push_back({records, bytes});
        };
        journal_ = std::make_unique<infra::EmbeddedJournal>(std::move(options));
        commands::ShardSettings settings;
        settings.zones = &zones_;
        shards_ = std::make_unique<commands::Shards>(
            settings, commands::ShardPorts{*journal_, *keys_, sealing_, *rows_, clock_,
                                           [this] { return ids_.next(); }});
        shards_->start();
    }
    ~WriteSide() { stop(); }
    WriteSide(const WriteSide&) = delete;
    WriteSide& operator=(const WriteSide&) = delete;

    commands::Shards& shards() { return *shards_; }
    // The batches that were written. REQUIRES: no command is on its way.
    std::vector<Batch> stop() {
        shards_.reset();
        journal_.reset();
        return batches_;
    }

private:
    infra::SystemClock clock_;
    infra::Ids ids_{clock_};
    infra::SystemZones zones_;
    infra::SodiumRandomness randomness_;
    infra::SodiumSealing sealing_{randomness_};
    std::unique_ptr<infra::EmbeddedKeyStore> keys_;
    std::unique_ptr<infra::RocksRows> rows_;
    std::vector<Batch> batches_;  // Touched by the committer alone until the journal ends.
    std::unique_ptr<infra::EmbeddedJournal> journal_;
    std::unique_ptr<commands::Shards> shards_;
};

double bare_rate(const Path& directory, const std::vector<Batch>& batches, double seconds_max) {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::Open(options, directory.string(), &opened).ok()) {
        throw std::runtime_error("cannot open " + directory.string());
    }
    const std::unique_ptr<rocksdb::DB> database(opened);
    rocksdb::WriteOptions write;
    write.sync = true;
    std::uint64_t offset = 0;
    const auto started = steady_clock::now();
    for (const Batch& batch : batches) {
        rocksdb::WriteBatch changes;
        const std::string record(batch.bytes / batch.records, 'x');
        for (std::size_t i = 0; i < batch.records; ++i) {
            const std::uint64_t key = __builtin_bswap64(++offset);
            const rocksdb::Slice slice(reinterpret_cast<const char*>(&key), sizeof key);
            changes.Put(slice, record).PermitUncheckedError();
        }
        if (!database->Write(write, &changes).ok()) throw std::runtime_error("the disk refused");
        if (seconds_since(started) > seconds_max) break;
    }
    return static_cast<double>(offset) / seconds_since(started);
}

void measure(std::size_t count, double seconds, const Path& directory) {
    std::filesystem::remove_all(directory);
    WriteSide side(directory / "shard");
    Clients clients(side.shards());
    clients.run(count, seconds);
    const auto batches = side.stop();
    std::size_t records = 0;
    std::size_t bytes = 0;
    for (const Batch& batch : batches) {
        records += batch.records;
        bytes += batch.bytes;
    }
    const double bare = bare_rate(directory / "bare", batches, 3 * seconds);
    std::cout << R"({"commands":)" << count << clients.measured() << R"(,"batch":)"
              << static_cast<double>(records) / static_cast<double>(batches.size())
              << R"(,"record_bytes":)" << bytes / records << R"(,"bare_per_second":)" << bare << "}"
              << std::endl;
    std::filesystem::remove_all(directory);
}

}  // namespace

int main(int count, char** arguments) {
    return bench::run_program("bench_append SECONDS DIRECTORY [COMMANDS...]", count >= 3, [=] {
        for (const std::size_t commands :
             bench::commands_at_once(arguments + 3, arguments + count)) {
            measure(commands, std::stod(arguments[1]), Path(arguments[2]) / "append");
        }
    });
}
