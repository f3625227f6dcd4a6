// The node: all parts below the HTTP front, made in the order in which they need one another.
//
// Life: construct (opens everything; throws Exit with what is wrong) → start → stop → destroy.
// What is derived from the journal and damaged is empty after the construction, and is derived
// again once the node runs; until then it is not ready. A damaged journal is refused.
// Threads: all functions may be called from any thread, but start and stop from one.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/data_directory.hpp"
#include "cli/engine.hpp"
#include "cli/lag.hpp"
#include "cli/ownership.hpp"
#include "cli/relays.hpp"
#include "cli/roles.hpp"
#include "cli/view_build.hpp"
#include "cli/view_places.hpp"
#include "commands/shards.hpp"
#include "infra/checkpoints/checkpoints.hpp"
#include "infra/ids.hpp"
#include "infra/keys/randomness.hpp"
#include "infra/keys/sealing.hpp"
#include "infra/log.hpp"
#include "infra/metrics.hpp"
#include "infra/rocksdb/rows.hpp"
#include "infra/settings.hpp"
#include "infra/webhooks/deliveries.hpp"
#include "infra/zones.hpp"
#include "projections/evidence.hpp"
#include "projections/feed.hpp"
#include "projections/history.hpp"
#include "projections/key_directory.hpp"
#include "projections/projector.hpp"
#include "projections/query.hpp"
#include "projections/runner.hpp"
#include "projections/switched_rows.hpp"

namespace cli {

class Node {
public:
    // REQUIRES: all of them outlive this.
    Node(const infra::Settings& settings, const DataDirectory& data, infra::Log& log,
         const commands::Clock& clock, infra::Ids& ids);
    ~Node();
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    // `address` is where other nodes reach this one.
    void start(const std::string& address);
    // The views alone: they follow the journal, and nothing is written.
    void start_views();
    // The rest of `start`. REQUIRES: the views have been started.
    void start_writing(const std::string& address);
    // Takes part in publishing on topics, if that is a role of this node.
    void start_publishing();
    // Signs checkpoints of the shards that it writes, from now on.
    void start_checkpoints();
    // Delivers no more, and gives the shards to other nodes, if there are any; serves until they
    // have them.
    void hand_over();
    // Sends events of the tenants whose shards it writes to webhook endpoints, from now on.
    void start_deliveries();
    // Lets what was submitted be answered, for `patience` at most, ends all threads and writes the
    // derived stores to files. Idempotent.
    void stop(std::chrono::milliseconds patience);

    // Takes commands, and shows all that the journal held at the start.
    bool is_ready() const;
    // False when it was not ready in time, or never can be; `why_not_ready` says why.
    bool wait_until_ready(std::chrono::steady_clock::time_point deadline) const;
    std::string why_not_ready() const;
    // The same of the views alone.
    bool wait_for_views(std::chrono::steady_clock::time_point deadline) const;
    // Have the views reached what the journal held at the start?
    bool has_caught_up() const;

    const Roles& roles() const { return roles_; }
    // Null without the role to write.
    commands::Shards* shards() { return shards_.get(); }
    const commands::Shards* shards() const { return shards_.get(); }
    // Where another node that writes the shard takes commands, by the log; nothing if none does.
    std::optional<std::string> other_owner(journal::ShardNumber shard) const;
    const Lag& lag() const { return *lag_; }
    const journal::Journal& journal() const { return engine_->journal(); }
    journal::Journal& journal() { return engine_->journal(); }
    const journal::EntryCodec& codec() const { return codec_; }
    const infra::JournalMetrics& journal_metrics() const { return journal_metrics_; }
    const projections::KeyDirectory& keys() const { return *directory_; }
    const journal::Rows& view_rows() const { return *view_rows_; }
    const projections::Queries& queries() const { return *queries_; }
    const projections::Feed& feed() const { return *feed_; }
    const projections::History& history() const { return *history_; }
    const projections::Evidence& evidence() const { return *evidence_; }
    const std::vector<std::unique_ptr<projections::Projector>>& projectors() const {
        return projectors_;
    }
    // Views to be built beside the live ones: to take their place (what was begun before a crash is
    // gone on with), or to be compared with them and thrown away.
    std::unique_ptr<ViewBuild> begin_rebuild();
    std::unique_ptr<ViewBuild> begin_audit();
    // Rows to work with, in the same place.
    std::unique_ptr<infra::RocksRows> scratch_rows();
    // Removes what was built to be compared, or worked with. REQUIRES: those have ended.
    void end_audit() const { places_.remove_others(); }
    bool has_unfinished_rebuild() const { return places_.is_building(); }
    // What was built takes the place of the live views, which are removed as soon as nobody reads
    // them. REQUIRES: `build` is of `begin_rebuild`.
    void switch_views(ViewBuild& build);
    // Gives up what was built to take their place. REQUIRES: the build has ended.
    void drop_rebuild() { places_.drop_build(); }
    // How far a rebuild is, for those who watch; nothing when none is under way.
    std::optional<BuildProgress> rebuild_progress() const;
    void note_rebuild(std::optional<BuildProgress> progress);
    infra::Log& log() { return log_; }
    // Null where nothing is published on topics.
    const Relays* relays() const { return relays_.get(); }
    // Null without the role to write.
    const infra::Deliveries* deliveries() const { return deliveries_.get(); }
    // Null where nothing is signed: without the role to write, or by the settings.
    const infra::Checkpoints* checkpoints() const { return checkpoints_.get(); }
    // What deliveries to the endpoint are signed with.
    std::string webhook_secret(const domain::TenantId& tenant, std::string_view endpoint,
                               std::int64_t version) const;
    const commands::Clock& clock() const { return clock_; }
    // By the tenant's own clock, as the views have it.
    domain::Timestamp now_of(const domain::TenantId& tenant) const;
    infra::Ids& ids() { return ids_; }
    journal::KeyStore& key_store() { return engine_->keys(); }
    // The same store, for copying keys as they are kept; a text that tells whether another root key
    // is this one; and the root key as it is kept, in base64, if it is another than the
    // key-encryption key.
    infra::WrappedKeys& wrapped_keys() { return engine_->wrapped_keys(); }
    std::string key_check() { return infra::key_check(root_key_, randomness_); }
    bool opens(std::string_view check) const { return infra::opens(root_key_, check); }
    std::optional<std::string> wrapped_root_key() const;
    // The key of cursors.
    const infra::Secret& cursor_key() const { return cursor_key_; }
    // The key of the fingerprints of requests.
    const infra::Secret& fingerprint_key() const { return fingerprint_key_; }

private:
    void open_views();
    void open_shards();
    projections::Contents contents() const;
    std::unique_ptr<ViewBuild> build_in(const std::filesystem::path& directory);
    std::unique_ptr<infra::RocksRows> open_rows(const std::filesystem::path& directory,
                                                const std::filesystem::path& key_file,
                                                std::string_view name);

    bool wait_until(const std::function<bool()>& holds,
                    std::chrono::steady_clock::time_point deadline) const;
    std::unique_ptr<infra::Deliveries> make_deliveries();
    std::unique_ptr<infra::CheckpointBoard> make_board();
    std::unique_ptr<infra::Checkpoints> make_checkpoints();
    void stop_deliveries(std::chrono::milliseconds patience);
    void refuse_shorter_journal() const;
    projections::Position position_of(const domain::TenantId& tenant) const;

    const infra::Settings& settings_;
    const Roles roles_;
    const DataDirectory& data_;
    infra::Log& log_;
    const commands::Clock& clock_;
    infra::Ids& ids_;

    infra::SystemZones zones_;
    infra::JournalMetrics journal_metrics_;
    infra::SodiumRandomness randomness_;
    infra::SodiumSealing sealing_{randomness_};
    infra::Secret root_key_;
    infra::Secret cursor_key_;
    infra::Secret fingerprint_key_;
    std::shared_ptr<rocksdb::Cache> cache_;
    std::unique_ptr<Engine> engine_;
    journal::EntryCodec codec_;
    std::unique_ptr<infra::RocksRows> state_rows_;
    ViewPlaces places_;
    std::shared_ptr<infra::RocksRows> live_rows_;
    std::unique_ptr<projections::SwitchedRows> view_rows_;
    std::unique_ptr<projections::KeyDirectory> directory_;
    std::unique_ptr<projections::Queries> queries_;
    std::unique_ptr<projections::Feed> feed_;
    std::unique_ptr<projections::History> history_;
    std::unique_ptr<projections::Evidence> evidence_;
    std::vector<std::unique_ptr<projections::Projector>> projectors_;
    std::unique_ptr<Lag> lag_;
    std::unique_ptr<commands::Shards> shards_;
    std::unique_ptr<infra::Checkpoints> checkpoints_;
    std::unique_ptr<Ownership> ownership_;
    std::unique_ptr<Relays> relays_;
    std::unique_ptr<infra::Deliveries> deliveries_;
    std::vector<std::unique_ptr<projections::ProjectorRunner>> runners_;
    std::vector<journal::Offset> ends_at_start_;
    mutable std::mutex rebuild_mutex_;  // Of the progress.
    std::optional<BuildProgress> rebuild_;
};

}  // namespace cli
