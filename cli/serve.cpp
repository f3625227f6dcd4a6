#include "cli/serve.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "api/auth_keys.hpp"
#include "api/event_feed.hpp"
#include "api/front.hpp"
#include "api/http/server.hpp"
#include "cli/address.hpp"
#include "cli/control.hpp"
#include "cli/instruments.hpp"
#include "cli/jobs.hpp"
#include "cli/passwords.hpp"
#include "cli/signals.hpp"
#include "cli/tls.hpp"
#include "cli/tokens.hpp"
#include "cli/view_digests.hpp"
#include "infra/clock.hpp"
#include "infra/webhooks/web_address.hpp"
#include "journal/partition.hpp"

namespace cli {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds start_patience{10};
constexpr std::chrono::seconds first_start_patience{60};
constexpr std::chrono::hours catch_up_patience{1};
constexpr std::chrono::milliseconds watch_interval{500};
// More than one, so that a slow read does not hold up every stream of events.
constexpr std::size_t reading_threads = 2;

infra::LogLevel level_of(const infra::Settings& settings) {
    using enum infra::LogLevel;
    for (const infra::LogLevel level : {debug, info, warning, error}) {
        if (name(level) == settings.log_level) return level;
    }
    return info;
}

infra::LoggedRequests requests_of(const infra::Settings& settings) {
    if (settings.log_requests == "none") return infra::LoggedRequests::none;
    if (settings.log_requests == "errors") return infra::LoggedRequests::errors;
    return infra::LoggedRequests::all;
}

// What every command needs that opens the data directory, in the order in which it is made.
struct Opened {
    Opened(const infra::Settings& settings, infra::LogLevel level)
        : log(level, requests_of(settings)),
          ids(clock),
          data(settings.data, ids),
          node(settings, data, log, clock, ids) {}

    infra::Log log;
    infra::SystemClock clock;
    infra::Ids ids;
    DataDirectory data;
    Node node;
};

void wait_until_ready(const Node& node, std::chrono::seconds patience) {
    if (node.wait_until_ready(steady_clock::now() + patience)) return;
    throw Exit(ExitCode::failure, "not ready: " + node.why_not_ready());
}

void refuse_address(const infra::Settings& settings, const Address& address) {
    if (is_on_kafka(settings) && settings.advertise.empty() && address.is_any) {
        throw Exit(ExitCode::settings, "advertise: other nodes cannot reach this one at " +
                                           settings.listen +
                                           "; give the HOST:PORT at which they can");
    }
    if (address.is_loopback) return;
    if (!DataDirectory::is_made(settings.data)) {
        throw Exit(ExitCode::settings,
                   "listen: the first start makes the first key and is for this machine alone. "
                   "Run `daybook init --data " +
                       settings.data + "` first, or listen on 127.0.0.1");
    }
    if (settings.allow_plaintext || has_tls(settings)) return;
    throw Exit(ExitCode::settings,
               "listen: " + settings.listen +
                   " can be reached from other machines, and keys would travel in clear. Give a "
                   "certificate (--tls-certificate-file, --tls-key-file), put a proxy that ends "
                   "TLS before it and give --allow-plaintext, or listen on 127.0.0.1");
}

api::http::ServerConfig server_config(const infra::Settings& settings, const Address& address) {
    api::http::ServerConfig config;
    config.address = address.host;
    config.port = address.port;
    config.io_threads = settings.http_io_threads > 0
                            ? static_cast<std::size_t>(settings.http_io_threads)
                            : std::max(1U, std::thread::hardware_concurrency());
    config.connections_max = static_cast<std::size_t>(settings.http_connections_max);
    config.body_bytes_max = static_cast<std::size_t>(settings.http_body_bytes_max);
    config.request_timeout = std::chrono::milliseconds(settings.http_request_timeout_ms);
    config.limits = {.key_per_second = settings.limits_key_per_second,
                     .tenant_per_second = settings.limits_tenant_per_second,
                     .address_per_second = settings.limits_address_per_second,
                     .failures_per_minute = settings.limits_failures_per_minute,
                     .counts_this_machine = settings.limits_this_machine};
    return config;
}

api::FeedSettings feed_settings(const infra::Settings& settings) {
    return {.streams_per_tenant_max = static_cast<std::size_t>(settings.events_streams_max),
            .heartbeat = std::chrono::milliseconds(settings.events_heartbeat_ms),
            .topic_prefix = settings.kafka_topic_prefix};
}

api::WebhookRules webhook_rules(const infra::Settings& settings, const Node& node) {
    using Refusal = api::WebhookRules::Refusal;
    const bool allow_private = settings.webhooks_allow_private_addresses;
    return {.secret =
                [&node](const auto& tenant, std::string_view endpoint, std::int64_t version) {
                    return node.webhook_secret(tenant, endpoint, version);
                },
            .refuses = [allow_private](std::string_view url) -> std::optional<Refusal> {
                const auto refusal = infra::refusal_of(url, allow_private);
                if (!refusal) return std::nullopt;
                return Refusal{refusal->code, refusal->detail};
            },
            .endpoints_max = settings.webhooks_endpoints_max};
}

api::CheckpointPorts checkpoint_ports(const Node& node) {
    const infra::Checkpoints* const all = node.checkpoints();
    if (all == nullptr) return {};
    return {.is_here = [all](journal::ShardNumber shard) { return all->is_ours(shard); },
            .latest = [all](journal::ShardNumber shard) { return all->of(shard).latest(); },
            .covered = [all](journal::ShardNumber shard) -> projections::Freshness& {
                return all->of(shard).covered();
            }};
}

void print_first_steps(const std::string& url, const DataDirectory& data,
                       const std::optional<std::string>& first_key) {
    const std::string file = data.initial_admin_key().string();
    std::cout << "Daybook serves on " << url << "\n";
    std::string key;
    if (first_key) {
        std::cout << "The first API key, also in " << file << " and not shown again:\n\n  "
                  << *first_key << "\n\n";
        key = *first_key;
    } else if (std::filesystem::exists(data.initial_admin_key())) {
        key = "$(cat '" + file + "')";
    }
    if (!key.empty()) {
        std::cout << "Try it:\n\n  curl -H \"Authorization: Bearer " << key << "\" " << url
                  << "/management/vendors\n\n";
    }
    std::cout << "The API is described on " << url << "/docs" << std::endl;
}

std::vector<projections::Projector*> projectors_of(const Node& node) {
    std::vector<projections::Projector*> all;
    for (const auto& projector : node.projectors()) all.push_back(projector.get());
    return all;
}

// The node's keys, which are all there once its views have caught up.
class NodeKeys final : public api::JournalKeys {
public:
    explicit NodeKeys(const Node& node) : JournalKeys(node.keys()), node_(node) {}
    bool is_complete() const override { return node_.has_caught_up(); }

private:
    const Node& node_;
};

// The HTTP front on a node that runs. Destroyed after the node has stopped: what the node answers
// then finds its connections.
class FrontDoor {
public:
    FrontDoor(const infra::Settings& settings, const Address& address, Node& node,
              const std::string& node_name, infra::Log& log)
        : tls_(settings),
          tokens_(settings),
          log_(log),
          keys_(node),
          passwords_(password_pool_options(settings)),
          peers_({.name = node_name,
                  .tls = &tls_.as_client(),
                  .allow_plaintext = settings.allow_plaintext,
                  .secret = node.cursor_key().bytes}),
          front_(
              {.shards = node.shards(),
               .queries = node.queries(),
               .feed = node.feed(),
               .view_rows = node.view_rows(),
               .history = node.history(),
               .evidence = node.evidence(),
               .projectors = projectors_of(node),
               .workers = workers_,
               .keys = keys_,
               .tokens = tokens_.get(),
               .cursor_key = node.cursor_key().bytes,
               .fingerprint_key = node.fingerprint_key().bytes,
               .peers = peers_,
               .owner_of = [&node](journal::ShardNumber shard) { return node.other_owner(shard); },
               .now = [&node] { return node.clock().now(); },
               .now_of = [&node](const auto& tenant) { return node.now_of(tenant); },
               .metrics = [this] { return instruments_.metrics(facts()); },
               .lag = [&node](journal::ShardNumber shard) { return node.lag().of(shard); },
               .has_views = node.roles().query,
               .has_caught_up = [&node] { return node.has_caught_up(); },
               .is_draining = [this] { return server_.is_draining(); },
               .version = DAYBOOK_VERSION,
               .passwords = password_ports(passwords_, node.key_store(),
                                           [&node] { return node.ids().next(); }),
               .webhook_rules = webhook_rules(settings, node),
               .feed_settings = feed_settings(settings),
               .checkpoints = checkpoint_ports(node)}),
          instruments_(node, log, counted_routes(front_.router()), settings.log_addresses),
          server_(
              server_config(settings, address), front_.router(),
              {.keys = keys_,
               .now = [&node] { return node.clock().now(); },
               .random = infra::random_word,
               .access_log =
                   [this](const api::http::AccessRecord& record) { instruments_.record(record); },
               .tls = tls_.as_server(),
               .tokens = tokens_.get(),
               .is_from_peer =
                   [this](const api::http::Request& request) {
                       return peers_.has_sent(request);
                   }}) {}

    ~FrontDoor() {
        peers_.stop();
        workers_.stop();
        passwords_.stop();
    }
    FrontDoor(const FrontDoor&) = delete;
    FrontDoor& operator=(const FrontDoor&) = delete;

    api::http::Server& server() { return server_; }
    std::string url() const {
        return (tls_.as_server() != nullptr ? "https://" : "http://") +
               to_text(server_.address(), server_.port());
    }

    // Reads the files again that may change while it serves.
    void reload() {
        tls_.reload(log_);
        tokens_.reload(log_);
    }
    // Notices what has changed: parts of the node, and the file of the keys of tokens.
    void watch() {
        instruments_.watch();
        tokens_.look(log_);
    }

private:
    FrontFacts facts() const {
        return {.connections = server_.connections(), .certificate_ends = tls_.certificate_ends()};
    }

    Tls tls_;
    TokenFile tokens_;
    infra::Log& log_;
    NodeKeys keys_;
    api::http::Workers workers_{reading_threads};
    infra::PasswordPool passwords_;
    api::http::Peers peers_;
    api::Front front_;
    Instruments instruments_;
    api::http::Server server_;
};

std::unique_ptr<FrontDoor> open_front_door(const infra::Settings& settings, const Address& address,
                                           Opened& opened) try {
    return std::make_unique<FrontDoor>(settings, address, opened.node, opened.data.node(),
                                       opened.log);
} catch (const std::system_error& fault) {
    throw Exit(ExitCode::listen,
               std::string(fault.what()) + "; give another address with --listen");
}

// Whether this node is to make the first key: the one does that writes its tenant. Waits until it
// or another one does.
bool is_for_this_node(Node& node) {
    constexpr std::chrono::milliseconds look_again{20};
    if (node.shards() == nullptr) return false;
    const auto shard = journal::shard_of(first_tenant, node.journal().shards());
    const auto deadline = steady_clock::now() + first_start_patience;
    while (needs_first_key(node) && !node.shards()->is_taking(shard)) {
        if (steady_clock::now() >= deadline) {
            throw Exit(ExitCode::failure,
                       "no node makes the first key: does one with the role "
                       "write run?");
        }
        std::this_thread::sleep_for(look_again);
    }
    return needs_first_key(node);
}

// Makes the first key if there never was one. Otherwise nothing is waited for, however much has to
// be derived from the journal. A new node of a journal that is not new learns only from the views
// that there are keys.
std::optional<std::string> first_key_of(Opened& opened) {
    if (opened.data.is_made()) return std::nullopt;
    bool is_new = true;
    for (journal::ShardNumber shard = 0; shard < opened.node.journal().shards(); ++shard) {
        is_new = is_new && opened.node.journal().end(shard) == 0;
    }
    wait_until_ready(opened.node, is_new ? first_start_patience : catch_up_patience);
    std::optional<std::string> key;
    if (is_for_this_node(opened.node)) {
        key = make_first_key(opened.node, opened.data.initial_admin_key());
    }
    opened.data.set_made();
    return key;
}

OperatorRequest request_of(OperatorAction action) {
    OperatorRequest request;
    request.action = action;
    return request;
}

void serve_until_signal(Signals& signals, FrontDoor& door) {
    Signal signal = Signal::none;
    while (signal != Signal::end) {
        if (signal == Signal::reload) door.reload();
        door.watch();
        signal = signals.wait_for(watch_interval);
    }
}

// Others write the shards first, if there are any. Then no request that has arrived is lost.
void drain(const infra::Settings& settings, Opened& opened, FrontDoor& door) {
    const std::chrono::milliseconds patience(settings.http_drain_ms);
    const auto deadline = steady_clock::now() + patience;
    opened.node.hand_over();
    opened.log.info("draining",
                    {{"connections", static_cast<std::int64_t>(door.server().connections())}});
    door.server().begin_drain();
    if (!door.server().join(deadline)) opened.log.warning("drain_cut_off");
    opened.node.stop(patience);
    opened.log.info("stopped");
}

}  // namespace

ExitCode serve(const infra::Settings& settings) {
    const Address address = parse_address(settings.listen);
    refuse_address(settings, address);
    std::string advertised =
        settings.advertise.empty() ? "" : parse_advertised(settings.advertise, has_tls(settings));
    Signals signals;
    const auto started = steady_clock::now();
    Opened opened(settings, level_of(settings));
    const std::unique_ptr<FrontDoor> door = open_front_door(settings, address, opened);
    opened.node.start_publishing();
    if (advertised.empty()) advertised = parse_advertised(door->url(), has_tls(settings));
    opened.node.start(advertised);
    const std::optional<std::string> first_key = first_key_of(opened);
    Jobs jobs(opened.node, opened.log);
    const ControlSocket control(opened.data.control_socket(), [&](const OperatorRequest& request) {
        if (is_job(request.action) || request.action == OperatorAction::look) {
            return jobs.answer(request);
        }
        return execute(opened.node, request);
    });
    door->server().start();
    opened.node.start_deliveries();
    opened.node.start_checkpoints();
    if (opened.node.has_unfinished_rebuild()) {
        jobs.answer(request_of(OperatorAction::rebuild_views));
    }

    print_first_steps(door->url(), opened.data, first_key);
    const auto duration =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - started);
    opened.log.info("started", {{"version", DAYBOOK_VERSION},
                                {"address", door->url()},
                                {"node", opened.data.node()},
                                {"duration_ms", static_cast<std::int64_t>(duration.count())}});
    serve_until_signal(signals, *door);
    jobs.stop();
    drain(settings, opened, *door);
    return ExitCode::ok;
}

ExitCode init(const infra::Settings& settings) {
    Opened opened(settings, infra::LogLevel::warning);
    opened.node.start({});
    const auto key = first_key_of(opened);
    if (!key) throw Exit(ExitCode::data, settings.data + " has been made before");
    std::cout << "Made " << opened.data.root().string() << " with the tenant " << first_tenant.text
              << ". The first API key, also in " << opened.data.initial_admin_key().string()
              << " and not shown again:\n\n  " << *key
              << "\n\nStart the server with\n\n  daybook serve --data "
              << opened.data.root().string() << "\n";
    opened.node.stop(start_patience);
    return ExitCode::ok;
}

ExitCode digest_views(const infra::Settings& settings) {
    DataDirectory::refuse_unused(settings.data);
    Opened opened(settings, infra::LogLevel::warning);
    opened.node.start_views();
    if (!opened.node.wait_for_views(steady_clock::now() + catch_up_patience)) {
        throw Exit(ExitCode::failure, "the views: " + opened.node.why_not_ready());
    }
    print_view_digests(opened.node, std::cout);
    opened.node.stop(start_patience);
    return ExitCode::ok;
}

namespace {

// On a directory that nobody serves.
OperatorReply operate_here(const infra::Settings& settings, const OperatorRequest& request) {
    Opened opened(settings, infra::LogLevel::warning);
    OperatorReply reply;
    if (is_job(request.action)) {
        opened.node.start_views();
        if (!opened.node.wait_for_views(steady_clock::now() + catch_up_patience)) {
            throw Exit(ExitCode::failure, "the views: " + opened.node.why_not_ready());
        }
        Terminal terminal;
        run_job(opened.node, request, terminal);
    } else {
        opened.node.start({});
        wait_until_ready(opened.node, std::chrono::hours(1));
        reply = execute(opened.node, request);
    }
    opened.node.stop(start_patience);
    return reply;
}

}  // namespace

ExitCode operate(const infra::Settings& settings, const OperatorRequest& request) {
    constexpr std::chrono::milliseconds look_again{100};
    DataDirectory::refuse_unused(settings.data);
    const auto socket = std::filesystem::path(settings.data) / "control.sock";
    std::optional<OperatorReply> reply = ask_server(socket, request);
    if (!reply) reply = operate_here(settings, request);
    while (reply->is_running) {
        std::cout << reply->output << std::flush;
        std::cerr << reply->progress << std::flush;
        if (reply->output.empty()) std::this_thread::sleep_for(look_again);
        reply = ask_server(socket, request_of(OperatorAction::look));
        if (!reply) throw Exit(ExitCode::failure, "the server ended meanwhile");
    }
    std::cerr << reply->progress;
    const auto code = static_cast<ExitCode>(reply->exit_code);
    if (code != ExitCode::ok) throw Exit(code, reply->output);
    std::cout << reply->output;
    return ExitCode::ok;
}

}  // namespace cli
