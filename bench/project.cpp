// How fast one core posts a journal to views, and where the time goes.
//
//     bench_project DIRECTORY     ; a data directory that nobody serves
//
// Three passes over the same journal: reading its bytes; judging them as well (decode, unseal,
// hash, validity); posting them to empty views. Then the Merkle tree alone. Prints one line of JSON
// with events a second of wall time and of processor time of the projector's thread.
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

#include "bench/program.hpp"
#include "cli/data_directory.hpp"
#include "infra/clock.hpp"
#include "infra/journal/embedded_journal.hpp"
#include "infra/keys/embedded_key_store.hpp"
#include "infra/keys/key_file.hpp"
#include "infra/keys/sealing.hpp"
#include "infra/rocksdb/rows.hpp"
#include "journal/validity.hpp"
#include "projections/layout.hpp"
#include "projections/projector.hpp"
#include "projections/tree.hpp"

namespace {

using std::chrono::steady_clock;

constexpr std::size_t read_bytes = 1 << 20;

struct Watch {
    steady_clock::time_point wall = steady_clock::now();
    double cpu = cpu_seconds();

    static double cpu_seconds() {
        rusage usage{};
        getrusage(RUSAGE_THREAD, &usage);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        return seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }
    std::string rates(std::string_view pass, std::uint64_t events) const {
        const std::chrono::duration<double> seconds = steady_clock::now() - wall;
        const auto amount = static_cast<double>(events);
        return "\"" + std::string(pass) + R"(":{"per_second":)" +
               std::to_string(amount / seconds.count()) + R"(,"per_cpu_second":)" +
               std::to_string(amount / (cpu_seconds() - cpu)) + "}";
    }
};

struct House {
    explicit House(const std::string& directory) : data(directory, ids) {
        infra::EmbeddedKeyStoreOptions key_options;
        key_options.directory = data.keys();
        key_options.root_key =
            infra::root_key(data.key_encryption_key(), data.root_key(), false, randomness);
        keys = std::make_unique<infra::EmbeddedKeyStore>(std::move(key_options), randomness);
        infra::EmbeddedJournalOptions options;
        options.directory = data.journal();
        journal = std::make_unique<infra::EmbeddedJournal>(std::move(options));
    }

    infra::SystemClock clock;
    infra::Ids ids{clock};
    cli::DataDirectory data;
    infra::SodiumRandomness randomness;
    infra::SodiumSealing sealing{randomness};
    std::unique_ptr<infra::EmbeddedKeyStore> keys;
    std::unique_ptr<infra::EmbeddedJournal> journal;
};

std::vector<journal::Record> read(House& house, journal::Offset after) {
    auto records = house.journal->read(0, after, read_bytes);
    if (!records) throw std::runtime_error("the journal cannot be read");
    return *std::move(records);
}

std::uint64_t read_all(House& house) {
    std::uint64_t bytes = 0;
    journal::Offset after = 0;
    for (auto records = read(house, after); !records.empty(); records = read(house, after)) {
        for (const auto& record : records) bytes += record.bytes->size();
        after = records.back().offset;
    }
    return bytes;
}

std::uint64_t judge_all(House& house, const journal::EntryCodec& codec) {
    std::uint64_t events = 0;
    journal::LogFold fold(0, {});
    for (auto records = read(house, 0); !records.empty();
         records = read(house, fold.state().offset)) {
        for (const auto& record : records) {
            const auto judged = fold.take(record, codec);
            if (!judged) throw std::runtime_error("an entry cannot be read");
            const auto* entry = std::get_if<journal::Entry>(&judged->record);
            if (entry != nullptr) events += entry->events.size();
        }
    }
    return events;
}

std::uint64_t post_all(House& house, const journal::EntryCodec& codec) {
    infra::RocksRowsOptions options;
    options.directory = house.data.root() / "bench-views";
    options.write_buffer_bytes = 32 << 20;
    options.key.emplace();
    house.randomness.fill(options.key->bytes);
    const auto directory = options.directory;
    std::uint64_t events = 0;
    {
        infra::RocksRows rows(std::move(options));
        projections::prepare_rows(rows);
        projections::KeyDirectory keys(rows);
        projections::Projector projector({0, *house.journal, codec, rows, keys});
        while (projector.step() == projections::Step::advanced) {
        }
        if (!projector.status().is_running) throw std::runtime_error("the views stand still");
        events = projector.status().events;
    }
    std::filesystem::remove_all(directory);
    return events;
}

// The Merkle tree alone: hashing and rows, in batches as large as the projector's.
std::uint64_t grow_tree(House& house, std::uint64_t events) {
    infra::RocksRowsOptions options;
    options.directory = house.data.root() / "bench-tree";
    options.write_buffer_bytes = 32 << 20;
    options.key.emplace();
    const auto directory = options.directory;
    {
        infra::RocksRows rows(std::move(options));
        projections::TreeWriter tree(rows, 0, 0);
        const auto batch = rows.batch();
        journal::Offset after = 0;
        for (auto records = read(house, after); !records.empty(); records = read(house, after)) {
            batch->clear();
            for (const auto& record : records) {
                tree.append(journal::leaf_hash(*record.bytes), *batch);
            }
            tree.write(*batch);
            if (!rows.write(*batch)) throw std::runtime_error("the disk refuses");
            after = records.back().offset;
        }
    }
    std::filesystem::remove_all(directory);
    return events;
}

void measure(const std::string& directory) {
    House house(directory);
    const journal::EntryCodec codec(*house.keys, house.sealing);
    const std::uint64_t bytes = read_all(house);  // Once before, so that all passes find it cached.
    const Watch judging;
    const std::uint64_t events = judge_all(house, codec);
    const std::string judged = judging.rates("judge", events);
    const Watch reading;
    read_all(house);
    const std::string was_read = reading.rates("read", events);
    const Watch posting;
    const std::uint64_t posted_events = post_all(house, codec);
    const std::string posted = posting.rates("post", posted_events);
    const Watch growing;
    const std::string grown = growing.rates("tree", grow_tree(house, events));
    std::cout << R"({"events":)" << events << R"(,"bytes":)" << bytes << "," << was_read << ","
              << judged << "," << posted << "," << grown << "}\n";
}

}  // namespace

int main(int count, char** arguments) {
    return bench::run_program("bench_project DIRECTORY", count == 2,
                              [=] { measure(arguments[1]); });
}
