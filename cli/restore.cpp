#include "cli/restore.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "cli/backup_source.hpp"
#include "cli/data_directory.hpp"
#include "cli/engine.hpp"
#include "cli/journal_import.hpp"
#include "cli/node.hpp"
#include "cli/opened.hpp"
#include "cli/operator.hpp"
#include "cli/view_digests.hpp"
#include "infra/clock.hpp"
#include "infra/keys/embedded_key_store.hpp"
#include "infra/keys/sealing.hpp"
#include "projections/row_keys.hpp"

namespace cli {
namespace {

constexpr std::chrono::hours views_patience{24};
constexpr std::chrono::minutes shards_patience{10};

// Stands still where the restored journal ends, so that nothing becomes due meanwhile.
class StandingClock final : public commands::Clock {
public:
    explicit StandingClock(domain::Timestamp now) : now_(now) {}
    domain::Timestamp now() const override { return now_; }
    std::int64_t steady_milliseconds() const override { return real_.steady_milliseconds(); }

private:
    domain::Timestamp now_;
    infra::SystemClock real_;
};

infra::Settings embedded_settings(infra::Settings settings, const BackupSource& source) {
    if (is_on_kafka(settings)) {
        throw Exit(ExitCode::usage,
                   "a backup is restored into a directory; take it to Kafka from there, with "
                   "`daybook journal export` and `daybook journal import`");
    }
    if (settings.journal_shards != 0 &&
        static_cast<std::uint64_t>(settings.journal_shards) != source.shards()) {
        throw Exit(ExitCode::data, "the backup has " + std::to_string(source.shards()) +
                                       " shards, and their number cannot be changed: give "
                                       "--journal-shards " +
                                       std::to_string(source.shards()));
    }
    settings.journal_shards = static_cast<std::int64_t>(source.shards());
    settings.checkpoints_interval_ms = 0;  // Nothing is signed that a second try would contradict.
    return settings;
}

// What a restore that was cut has made.
void empty(const DataDirectory& data) {
    for (const auto& path : {data.journal(), data.keys(), data.state(), data.state_key()}) {
        std::filesystem::remove_all(path);
    }
    for (const auto& file : std::filesystem::directory_iterator(data.root())) {
        const std::string name = file.path().filename().string();
        if (name.starts_with("views")) std::filesystem::remove_all(file.path());
    }
}

class Restore {
public:
    Restore(const infra::Settings& settings, const BackupSource& source, const Cut& cut)
        : settings_(embedded_settings(settings, source)),
          source_(source),
          cut_(cut),
          log_(infra::LogLevel::warning, infra::LoggedRequests::none),
          clock_(cut.time()),
          ids_(real_clock_),
          data_(settings_.data, ids_) {}

    void run(const std::vector<std::string>& lists) {
        refuse_used();
        place_root_key();
        const infra::Secret key = opened_key();
        const auto erased = all_erased(lists, key);
        data_.begin_restore();
        empty(data_);
        place_checkpoints();
        take_in(key);
        finish(erased);
        data_.set_importing(false);
    }

private:
    void refuse_used() const {
        if (data_.is_importing()) return;  // Of an import or restore that was cut.
        if (!DataDirectory::has_journal(data_.root()) && !data_.has_keys_copy()) return;
        throw Exit(ExitCode::data, data_.root().string() +
                                       " holds a journal already: restore into another directory");
    }

    // One that is there is newer: the key-encryption key may have been replaced since the backup.
    void place_root_key() const {
        const auto& wrapped = source_.manifest().root_key;
        if (!wrapped || std::filesystem::exists(data_.root_key())) return;
        const auto bytes = infra::from_base64(*wrapped);
        if (!bytes) throw Exit(ExitCode::data, "the backup's manifest is damaged");
        write_private_file(data_.root_key(), *bytes);
    }

    // Whatever is restored, nothing may be signed that contradicts them.
    void place_checkpoints() const {
        const auto& notes = source_.manifest().checkpoints;
        for (std::size_t shard = 0; shard < notes.size(); ++shard) {
            const auto file = data_.checkpoints() / std::to_string(shard);
            if (notes[shard].empty() || std::filesystem::exists(file)) continue;
            std::filesystem::create_directories(data_.checkpoints());
            write_private_file(file, notes[shard] + "\n");
        }
    }

    infra::Secret opened_key() {
        const auto path = key_path(settings_, data_);
        if (!std::filesystem::exists(path)) {
            throw Exit(ExitCode::data, "there is no key-encryption key in " + path.string() +
                                           ": put the one there that the installation had, or "
                                           "give it with --keys-encryption-key-file");
        }
        const infra::Secret key = root_key(settings_, data_, randomness_);
        const auto check = infra::from_base64(source_.manifest().check);
        if (check && infra::opens(key, *check)) return key;
        throw Exit(ExitCode::data,
                   "the keys in the backup are wrapped with another "
                   "key-encryption key than " +
                       path.string());
    }

    // Who is known to be erased: each once.
    std::vector<journal::Person> all_erased(const std::vector<std::string>& lists,
                                            const infra::Secret& key) {
        std::set<journal::Person> all(cut_.erased.begin(), cut_.erased.end());
        all.insert(source_.erased().begin(), source_.erased().end());
        for (const std::string& list : lists) {
            const auto more =
                std::filesystem::is_directory(list) ? destroyed_in(list, key) : read_erased(list);
            all.insert(more.begin(), more.end());
        }
        return {all.begin(), all.end()};
    }

    // By the key store of another data directory.
    std::vector<journal::Person> destroyed_in(const std::filesystem::path& data,
                                              const infra::Secret& key) {
        if (!std::filesystem::exists(data / "keys")) {
            throw Exit(ExitCode::data, "--erased: there are no keys in " + data.string());
        }
        return opened("--erased: the key store", [&] {
            infra::EmbeddedKeyStoreOptions options;
            options.directory = data / "keys";
            options.root_key = key;
            infra::EmbeddedKeyStore keys(std::move(options), randomness_);
            std::vector<journal::Person> destroyed;
            keys.each([&destroyed](const infra::WrappedKey& one) {
                if (!one.credential && one.bytes.empty()) destroyed.push_back(one.person);
            });
            return destroyed;
        });
    }

    void take_in(const infra::Secret& key) {
        infra::JournalMetrics metrics;
        const Engine engine(settings_, data_, key, randomness_, log_, metrics);
        source_.read_keys([&](std::span<const infra::WrappedKey> keys) {
            if (!engine.wrapped_keys().add(keys)) {
                throw Exit(ExitCode::failure, "the keys cannot be written");
            }
        });
        const auto next = source_.lines(cut_);
        import_journal(engine.journal(), next, std::cerr, cut_.ends());
    }

    void finish(const std::vector<journal::Person>& erased) {
        Node node(settings_, data_, log_, clock_, ids_);
        node.start_views();
        if (!node.wait_for_views(std::chrono::steady_clock::now() + views_patience)) {
            throw Exit(ExitCode::failure, "the views: " + node.why_not_ready());
        }
        check_digests(node);
        node.start_writing({});
        if (!node.wait_until_ready(std::chrono::steady_clock::now() + shards_patience)) {
            throw Exit(ExitCode::failure, "not ready: " + node.why_not_ready());
        }
        erase(node, erased);
        if (!needs_first_key(node)) data_.set_made();
        node.stop(std::chrono::seconds(60));
    }

    void check_digests(const Node& node) const {
        const Backup* const backup = source_.backup_at(cut_);
        if (backup == nullptr) {
            return say("No backup is of this position, so there are no digests of its views.");
        }
        const auto snapshot = node.view_rows().snapshot();
        if (backup->digests.empty() ||
            snapshot->get(projections::layout_key).value_or("") != backup->layout) {
            return say("The backup has no digests of views as this version lays them out.");
        }
        for (const journal::Person& person : source_.erased()) {
            if (!is_alive(node, person)) continue;
            return say("The digests of the views cannot be compared: persons were erased since.");
        }
        const auto now = view_digests(*snapshot, node.journal().shards());
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (i < backup->digests.size() && now[i] == backup->digests[i]) continue;
            throw Exit(ExitCode::data, "the views of the " + now[i].kind + " in shard " +
                                           std::to_string(now[i].shard) +
                                           " do not come to the digest in the backup");
        }
        say("The views come to the " + std::to_string(now.size()) + " digests of the backup.");
    }

    static bool is_alive(const Node& node, const journal::Person& person) {
        const auto found =
            node.queries().find(person.tenant, {domain::Kind::users, person.user.text});
        if (!found) return false;
        const auto& user = std::get<domain::AggregateOf<domain::UserDecider>>(*found);
        return user.state.status != domain::UserStatus::deleted;
    }

    static void erase(Node& node, const std::vector<journal::Person>& erased) {
        std::size_t count = 0;
        for (const journal::Person& person : erased) {
            if (is_alive(node, person)) {
                erase_again(node, person);
                ++count;
            } else if (!node.key_store().destroy(person)) {
                throw Exit(ExitCode::failure, "a key cannot be destroyed");
            }
        }
        say("Erased again: " + std::to_string(count) + " persons, of " +
            std::to_string(erased.size()) + " who are known to be erased.");
    }

    static void say(const std::string& line) { std::cout << line << '\n'; }

    infra::Settings settings_;
    const BackupSource& source_;
    const Cut& cut_;
    infra::Log log_;
    infra::SystemClock real_clock_;
    StandingClock clock_;
    infra::Ids ids_;
    infra::SodiumRandomness randomness_;
    DataDirectory data_;
};

}  // namespace

ExitCode restore(const infra::Settings& settings, const RestoreRequest& request) {
    const BackupSource source(request.backups);
    const Cut cut = source.judge(parse_aim(request.to, source.shards()));
    std::cout << "The chain of the backup holds to its end, " << source.end_text() << ", of "
              << domain::to_rfc3339(source.manifest().backups.back().time) << ".\n";
    Restore(settings, source, cut).run(request.erased);
    std::cout << "Restored " << settings.data << " to " << cut.text() << ", of "
              << domain::to_rfc3339(cut.time())
              << ". If persons were erased after the backup was made, see that they are in a list "
                 "that was given with --erased.\n";
    return ExitCode::ok;
}

}  // namespace cli
