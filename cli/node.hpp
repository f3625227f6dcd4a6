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
#include <optional>
#include <string>
#include <vector>

#include "cli/data_directory.hpp"
#include "cli/engine.hpp"
#include "cli/lag.hpp"
#include "cli/ownership.hpp"
#include "cli/relays.hpp"
#include "cli/roles.hpp"
#include "commands/shards.hpp"
#include "infra/ids.hpp"
#include "infra/keys/randomness.hpp"
#include "infra/keys/sealing.hpp"
#include "infra/log.hpp"
#include "infra/metrics.hpp"
#include "infra/rocksdb/rows.hpp"
#include "infra/settings.hpp"
#include "infra/webhooks/deliveries.hpp"
#include "infra/zones.hpp"
#include "projections/feed.hpp"
#include "projections/key_directory.hpp"
#include "projections/projector.hpp"
#include "projections/query.hpp"
#include "projections/runner.hpp"

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
    // Takes part in publishing on topics, if that is a role of this node.
    void start_publishing();
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
    const std::vector<std::unique_ptr<projections::Projector>>& projectors() const {
        return projectors_;
    }
    // Null where nothing is published on topics.
    const Relays* relays() const { return relays_.get(); }
    // Null without the role to write.
    const infra::Deliveries* deliveries() const { return deliveries_.get(); }
    // What deliveries to the endpoint are signed with.
    std::string webhook_secret(const domain::TenantId& tenant, std::string_view endpoint,
                               std::int64_t version) const;
    const commands::Clock& clock() const { return clock_; }
    // By the tenant's own clock, as the views have it.
    domain::Timestamp now_of(const domain::TenantId& tenant) const;
    infra::Ids& ids() { return ids_; }
    journal::KeyStore& key_store() { return engine_->keys(); }
    // The key of cursors.
    const infra::Secret& cursor_key() const { return cursor_key_; }
    // The key of the fingerprints of requests.
    const infra::Secret& fingerprint_key() const { return fingerprint_key_; }

private:
    void open_views();
    void open_shards();
    std::unique_ptr<infra::RocksRows> open_rows(const std::filesystem::path& directory,
                                                const std::filesystem::path& key_file,
                                                std::string_view name);

    bool wait_until(const std::function<bool()>& holds,
                    std::chrono::steady_clock::time_point deadline) const;
    std::unique_ptr<infra::Deliveries> make_deliveries();
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
    std::unique_ptr<infra::RocksRows> view_rows_;
    std::unique_ptr<projections::KeyDirectory> directory_;
    std::unique_ptr<projections::Queries> queries_;
    std::unique_ptr<projections::Feed> feed_;
    std::vector<std::unique_ptr<projections::Projector>> projectors_;
    std::unique_ptr<Lag> lag_;
    std::unique_ptr<commands::Shards> shards_;
    std::unique_ptr<Ownership> ownership_;
    std::unique_ptr<Relays> relays_;
    std::unique_ptr<infra::Deliveries> deliveries_;
    std::vector<std::unique_ptr<projections::ProjectorRunner>> runners_;
    std::vector<journal::Offset> ends_at_start_;
};

}  // namespace cli
