#include "cli/moving.hpp"

#include <fstream>
#include <iostream>
#include <span>

#include "cli/data_directory.hpp"
#include "cli/engine.hpp"
#include "cli/journal_export.hpp"
#include "cli/journal_import.hpp"
#include "cli/keys_file.hpp"
#include "cli/opened.hpp"
#include "infra/checkpoints/signing_key.hpp"
#include "infra/clock.hpp"
#include "infra/ids.hpp"
#include "infra/keys/key_file.hpp"
#include "infra/log.hpp"
#include "infra/metrics.hpp"

namespace cli {
namespace {

// What an engine needs, in the order in which it is made.
struct Directory {
    explicit Directory(const infra::Settings& of)
        : settings(of),
          log(infra::LogLevel::warning, infra::LoggedRequests::none),
          ids(clock),
          data(settings.data, ids),
          key(root_key(settings, data, randomness)) {}

    Engine open() { return {settings, data, key, randomness, log, metrics}; }

    const infra::Settings& settings;
    infra::Log log;
    infra::SystemClock clock;
    infra::Ids ids;
    infra::SodiumRandomness randomness;
    infra::JournalMetrics metrics;
    DataDirectory data;
    infra::Secret key;
};

void refuse_other_key(const Directory& directory, const KeysFile& keys) {
    if (infra::opens(directory.key, keys.check())) return;
    throw Exit(ExitCode::data,
               "the keys in the file of keys are wrapped with another key-encryption key than " +
                   key_path(directory.settings, directory.data).string() +
                   ": give the one that the exported journal had");
}

void refuse_other_shards(journal::ShardNumber shards, journal::ShardNumber wanted) {
    if (shards == wanted) return;
    const std::string number = std::to_string(wanted);
    throw Exit(ExitCode::data, "the journal to import has " + number + " shards and this one " +
                                   std::to_string(shards) +
                                   ", and their number cannot be changed: make it with "
                                   "--journal-shards " +
                                   number + ", on Kafka in `daybook topics create`");
}

// Before the engine is made: a directory that is refused is not made with another number.
void refuse_other_shards(const infra::Settings& settings, const KeysFile& keys) {
    if (is_on_kafka(settings)) return;
    const auto shards = settings.journal_shards > 0 ? settings.journal_shards : 1;
    refuse_other_shards(static_cast<journal::ShardNumber>(shards), keys.shards());
}

void refuse_used(const journal::Journal& journal) {
    for (journal::ShardNumber shard = 0; shard < journal.shards(); ++shard) {
        if (journal.end(shard) == 0) continue;
        throw Exit(ExitCode::data, "the journal to import into is not empty: shard " +
                                       std::to_string(shard) + " has " +
                                       std::to_string(journal.end(shard)) + " records");
    }
}

std::vector<ShardEnd> take_keys(KeysFile& file, infra::WrappedKeys& keys) {
    return file.read([&keys](std::span<const infra::WrappedKey> part) {
        if (!keys.add(part)) throw Exit(ExitCode::failure, "the keys cannot be written");
    });
}

}  // namespace

ExitCode export_journal(const infra::Settings& settings, const std::string& keys_file) {
    DataDirectory::refuse_unused(settings.data);
    Directory directory(settings);
    const Engine engine = directory.open();
    const bool is_to_move = !keys_file.empty();
    const auto ends = export_journal(engine.journal(), std::cout, std::cerr, is_to_move);
    if (is_to_move) {
        write_keys_file(keys_file, infra::key_check(directory.key, directory.randomness),
                        engine.wrapped_keys(), ends);
    }
    return ExitCode::ok;
}

ExitCode import_journal(const infra::Settings& settings, const std::string& keys_file,
                        const std::string& lines_file) {
    KeysFile keys(keys_file);
    std::ifstream file;
    if (!lines_file.empty()) {
        file.open(lines_file);
        if (!file) throw Exit(ExitCode::failure, "cannot read " + lines_file);
    }
    Directory directory(settings);
    refuse_other_key(directory, keys);
    refuse_other_shards(settings, keys);
    Engine engine = directory.open();
    refuse_used(engine.journal());
    refuse_other_shards(engine.journal().shards(), keys.shards());
    engine.begin_import();
    const auto ends = take_keys(keys, engine.wrapped_keys());
    import_journal(engine.journal(), lines_file.empty() ? std::cin : file, std::cerr, ends);
    engine.end_import();
    return ExitCode::ok;
}

ExitCode replace_key(const infra::Settings& settings, const std::string& to) {
    infra::SystemClock clock;
    infra::Ids ids(clock);
    infra::SodiumRandomness randomness;
    DataDirectory::refuse_unused(settings.data);
    const DataDirectory data(settings.data, ids);
    const std::filesystem::path file = key_path(settings, data);
    opened("the key-encryption key", [&] {
        infra::replace_key_encryption_key(file, data.root_key(), to, randomness);
        return true;
    });
    std::cout << "The key-encryption key is now the one in " << (to.empty() ? file.string() : to)
              << (to.empty() ? "" : "; give it with keys.encryption_key_file")
              << ". The former one opens nothing any more.\n";
    return ExitCode::ok;
}

ExitCode print_audit_key(const infra::Settings& settings) {
    DataDirectory::refuse_unused(settings.data);
    const std::filesystem::path root = settings.data;
    infra::SodiumRandomness randomness;
    const infra::Secret key = opened("the key-encryption key", [&] {
        const std::filesystem::path elsewhere = settings.keys_encryption_key_file;
        return infra::root_key(elsewhere.empty() ? root / "key-encryption-key" : elsewhere,
                               root / "root-key", false, randomness);
    });
    std::cout << infra::checkpoint_signer(key).verifier_key() << "\n";
    return ExitCode::ok;
}

}  // namespace cli
