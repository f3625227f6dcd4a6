#include "cli/node.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>
#include <utility>

#include "cli/exit_code.hpp"
#include "cli/opened.hpp"
#include "infra/checkpoints/signing_key.hpp"
#include "infra/kafka/checkpoint_topic.hpp"
#include "infra/kafka/security.hpp"
#include "infra/kafka/topics.hpp"
#include "infra/keys/key_file.hpp"
#include "infra/webhooks/signature.hpp"
#include "journal/partition.hpp"
#include "projections/layout.hpp"

namespace cli {

Node::Node(const infra::Settings& settings, const DataDirectory& data, infra::Log& log,
           const commands::Clock& clock, infra::Ids& ids)
    : settings_(settings),
      roles_(roles_of(settings)),
      data_(data),
      log_(log),
      clock_(clock),
      ids_(ids),
      root_key_(root_key(settings, data, randomness_)),
      cursor_key_(infra::derived_key("cursors", root_key_)),
      fingerprint_key_(infra::derived_key("fingerprints", root_key_)),
      cache_(infra::block_cache(static_cast<std::size_t>(settings.memory_block_cache_bytes))),
      engine_(
          std::make_unique<Engine>(settings, data, root_key_, randomness_, log, journal_metrics_)),
      codec_(engine_->keys(), sealing_),
      places_(data.root()),
      live_rows_(open_rows(places_.live(), key_file_of(places_.live()), "views")),
      view_rows_(std::make_unique<projections::SwitchedRows>(live_rows_)) {
    opened("the views", [this] {
        open_views();
        return true;
    });
    refuse_shorter_journal();
    if (roles_.write) open_shards();
}

void Node::open_views() {
    projections::prepare_rows(*live_rows_, contents());
    directory_ = std::make_unique<projections::KeyDirectory>(*view_rows_);
    for (journal::ShardNumber shard = 0; shard < engine_->journal().shards(); ++shard) {
        projectors_.push_back(
            std::make_unique<projections::Projector>(projections::Projector::Parts{
                shard, engine_->journal(), codec_, *live_rows_, *directory_, contents()}));
    }
    const auto position = [this](const domain::TenantId& tenant) { return position_of(tenant); };
    queries_ = std::make_unique<projections::Queries>(*view_rows_, position);
    feed_ = std::make_unique<projections::Feed>(*view_rows_, engine_->journal(), position);
    history_ =
        std::make_unique<projections::History>(*view_rows_, engine_->journal(), codec_, position);
    evidence_ = std::make_unique<projections::Evidence>(*view_rows_, engine_->journal(), position);
    lag_ = std::make_unique<Lag>(engine_->journal(), projectors_);
}

projections::Contents Node::contents() const {
    return roles_.query ? projections::Contents::everything : projections::Contents::access;
}

void Node::open_shards() {
    state_rows_ = open_rows(data_.state(), data_.state_key(), "state");
    commands::ShardSettings settings;
    settings.node = data_.node();
    settings.zones = &zones_;
    settings.cache_max = static_cast<std::size_t>(settings_.memory_aggregates_max);
    settings.clock_per_second = settings_.clock_per_second;
    shards_ = std::make_unique<commands::Shards>(
        settings, commands::ShardPorts{.journal = engine_->journal(),
                                       .keys = engine_->keys(),
                                       .sealing = sealing_,
                                       .state_rows = *state_rows_,
                                       .clock = clock_,
                                       .new_id = [this] { return ids_.next(); }});
    deliveries_ = opened("the deliveries to webhooks", [this] { return make_deliveries(); });
    if (settings_.checkpoints_interval_ms > 0) {
        checkpoints_ = opened("the checkpoints", [this] { return make_checkpoints(); });
    }
}

Node::~Node() { stop(std::chrono::milliseconds(0)); }

std::unique_ptr<infra::RocksRows> Node::open_rows(const std::filesystem::path& directory,
                                                  const std::filesystem::path& key_file,
                                                  std::string_view name) {
    return opened(name, [&] {
        infra::RocksRowsOptions options;
        options.directory = directory;
        options.cache = cache_;
        options.write_buffer_bytes = static_cast<std::size_t>(settings_.memory_write_buffer_bytes);
        options.key = infra::derived_store_key(key_file, name, root_key_, randomness_);
        options.report = report_to(log_, name);
        auto rows = std::make_unique<infra::RocksRows>(std::move(options));
        if (const auto& why = rows->emptied()) {
            log_.warning("rebuild_started", {{"part", name}, {"message", *why}});
        }
        return rows;
    });
}

std::unique_ptr<infra::Deliveries> Node::make_deliveries() {
    using std::chrono::milliseconds;
    infra::DeliverySettings settings;
    settings.client = {.allow_private = settings_.webhooks_allow_private_addresses,
                       .timeout = milliseconds(settings_.webhooks_timeout_ms),
                       .ca_file = settings_.webhooks_ca_file};
    settings.lane.back_off = {.first = milliseconds(settings_.webhooks_retry_ms),
                              .most = milliseconds(settings_.webhooks_retry_max_ms)};
    settings.lane.horizon = milliseconds(settings_.webhooks_give_up_ms);
    settings.concurrency = static_cast<std::size_t>(settings_.webhooks_concurrency);
    settings.under_way_max = static_cast<std::size_t>(settings_.webhooks_under_way_max);
    infra::Deliveries::Ports ports{
        .feed = *feed_,
        .queries = *queries_,
        .directory = *directory_,
        .shards = *shards_,
        .clock = clock_,
        .node = data_.node(),
        .secret = [this](
                      const auto& tenant, std::string_view endpoint,
                      std::int64_t version) { return webhook_secret(tenant, endpoint, version); },
        .on_disabled =
            [this](const auto& tenant, std::string_view because, std::string_view fault) {
                log_.warning("webhook_endpoint_disabled",
                             {{"tenant", tenant.view()}, {"because", because}, {"fault", fault}});
            },
        .report = report_to(log_, "webhooks"),
        .has_caught_up = [this] { return has_caught_up(); }};
    return std::make_unique<infra::Deliveries>(std::move(ports), settings);
}

std::unique_ptr<infra::CheckpointBoard> Node::make_board() {
    const infra::KafkaConnection connection = infra::kafka_connection(settings_);
    const std::string topic = settings_.kafka_topic_prefix + ".checkpoints";
    infra::check_topics(connection, {infra::checkpoint_topic(
                                        topic, static_cast<int>(engine_->journal().shards()))});
    infra::KafkaProducersOptions options;
    options.connection = connection;
    options.topic = topic;
    options.report = report_to(log_, "checkpoints");
    return std::make_unique<infra::CheckpointTopic>(std::move(options));
}

std::unique_ptr<infra::Checkpoints> Node::make_checkpoints() {
    std::vector<projections::Freshness*> views;
    for (const auto& projector : projectors_) views.push_back(&projector->freshness());
    return std::make_unique<infra::Checkpoints>(infra::Checkpoints::Ports{
        .rows = *view_rows_,
        .views = std::move(views),
        .is_ours =
            [this](journal::ShardNumber shard) { return shards_->status()[shard].is_serving; },
        // Others may have written what has not come here yet.
        .has_all =
            [this](journal::ShardNumber shard) {
                const journal::Journal& journal = engine_->journal();
                return journal.is_exclusive() && projectors_[shard]->offset() >= journal.end(shard);
            },
        .signer = infra::checkpoint_signer(root_key_),
        .directory = data_.checkpoints(),
        .interval = std::chrono::milliseconds(settings_.checkpoints_interval_ms),
        .board = is_on_kafka(settings_) ? make_board() : nullptr,
        .report = report_to(log_, "checkpoints")});
}

std::string Node::webhook_secret(const domain::TenantId& tenant, std::string_view endpoint,
                                 std::int64_t version) const {
    return infra::webhook_secret(root_key_, tenant, endpoint, version);
}

std::optional<std::string> Node::wrapped_root_key() const {
    std::ifstream file(data_.root_key(), std::ios::binary);
    if (!file) return std::nullopt;
    return infra::to_base64(std::string(std::istreambuf_iterator<char>(file), {}));
}

// What was read from a journal is still in it, or it is another journal.
void Node::refuse_shorter_journal() const {
    for (const auto& projector : projectors_) {
        const auto end = engine_->journal().end(projector->shard());
        if (projector->status().offset <= end) continue;
        throw Exit(ExitCode::data, "the journal: shard " + std::to_string(projector->shard()) +
                                       " ends at record " + std::to_string(end) + ", but " +
                                       std::to_string(projector->status().offset) +
                                       " were read from it: it has lost records, or was replaced");
    }
}

projections::Position Node::position_of(const domain::TenantId& tenant) const {
    const journal::ShardNumber shard =
        journal::shard_of(tenant, static_cast<journal::ShardNumber>(projectors_.size()));
    return {shard, projectors_[shard]->applied()};
}

domain::Timestamp Node::now_of(const domain::TenantId& tenant) const {
    const auto found = directory_->find_tenant(tenant);
    const auto clock = found ? domain::sandbox_clock(*found) : std::nullopt;
    return clock ? *clock : clock_.now();
}

std::optional<std::string> Node::other_owner(journal::ShardNumber shard) const {
    const auto status = projectors_[shard]->status();
    if (status.owner_node.empty() || status.owner_node == data_.node()) return std::nullopt;
    return status.owner_address;
}

void Node::start_views() {
    for (journal::ShardNumber shard = 0; shard < engine_->journal().shards(); ++shard) {
        ends_at_start_.push_back(engine_->journal().end(shard));
    }
    for (const auto& projector : projectors_) {
        runners_.push_back(
            std::make_unique<projections::ProjectorRunner>(*projector, engine_->journal()));
    }
}

void Node::start(const std::string& address) {
    start_views();
    start_writing(address);
}

void Node::start_writing(const std::string& address) {
    if (shards_ == nullptr) return;
    if (is_on_kafka(settings_)) {
        ownership_ =
            std::make_unique<Ownership>(settings_, *shards_, engine_->journal().shards(), log_);
    }
    shards_->start(address);
}

void Node::start_publishing() {
    if (!roles_.relay || !is_on_kafka(settings_)) return;
    relays_ = std::make_unique<Relays>(settings_, data_.node(), engine_->journal(), log_);
}

void Node::hand_over() {
    // What is cut off is delivered again by whoever comes next.
    stop_deliveries(std::chrono::milliseconds(500));
    if (ownership_ != nullptr) ownership_->hand_over();
}

void Node::start_checkpoints() {
    if (checkpoints_ != nullptr) checkpoints_->start();
}

void Node::start_deliveries() {
    if (deliveries_ != nullptr) deliveries_->start();
}

void Node::stop_deliveries(std::chrono::milliseconds patience) {
    if (deliveries_ != nullptr) deliveries_->stop(patience);
}

void Node::stop(std::chrono::milliseconds patience) {
    stop_deliveries(std::chrono::milliseconds(0));
    ownership_.reset();
    if (relays_ != nullptr) relays_->stop();
    if (shards_ != nullptr) shards_->stop(patience.count());
    for (const auto& runner : runners_) runner->stop();
    if (checkpoints_ != nullptr) checkpoints_->stop();
    if (state_rows_ != nullptr) state_rows_->flush();
    live_rows_->flush();
}

bool Node::has_caught_up() const {
    if (ends_at_start_.size() < projectors_.size()) return false;
    for (std::size_t i = 0; i < projectors_.size(); ++i) {
        if (projectors_[i]->status().offset < ends_at_start_[i]) return false;
    }
    return true;
}

std::string Node::why_not_ready() const {
    if (std::string fault = engine_->fault(); !fault.empty()) return fault;
    for (const auto& projector : projectors_) {
        const auto status = projector->status();
        if (!status.is_running) return "view_" + std::string(domain::name(status.reason));
    }
    if (!has_caught_up()) return "views_catching_up";
    if (shards_ == nullptr) return {};
    for (const auto& status : shards_->status()) {
        if (status.is_taking && !status.is_serving)
            return status.reason.empty() ? "shard_opening" : status.reason;
    }
    return {};
}

bool Node::is_ready() const { return why_not_ready().empty(); }

bool Node::wait_until_ready(std::chrono::steady_clock::time_point deadline) const {
    return wait_until([this] { return is_ready(); }, deadline);
}

bool Node::wait_for_views(std::chrono::steady_clock::time_point deadline) const {
    return wait_until([this] { return has_caught_up(); }, deadline);
}

bool Node::wait_until(const std::function<bool()>& holds,
                      std::chrono::steady_clock::time_point deadline) const {
    constexpr std::chrono::milliseconds look_again{1};
    while (!holds()) {
        const bool is_stopped = std::ranges::any_of(
            projectors_, [](const auto& one) { return !one->status().is_running; });
        if (is_stopped || std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(look_again);
    }
    return true;
}

}  // namespace cli
