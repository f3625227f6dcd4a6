#include "tests/api/house.hpp"

#include <gtest/gtest.h>

#include <cstdio>

#include "domain/api_key_text.hpp"
#include "projections/layout.hpp"

namespace api::testing {

TenantKeys::TenantKeys() {
    texts_["acme"] = domain::make_api_key_text({1}, {2});
    texts_["other"] = domain::make_api_key_text({3}, {4});
}

std::optional<KeyRecord> TenantKeys::find(std::string_view key_id) const {
    for (const auto& [tenant, text] : texts_) {
        const auto parts = domain::parse_api_key_text(text);
        if (!parts || parts->id != key_id) continue;
        KeyRecord record;
        record.principal = {{tenant}, {std::string(key_id)}, ScopeSet::all()};
        record.revoked = tenant == revoked_.load();
        record.secrets[0] = StoredSecret{hash_secret(parts->secret), std::nullopt};
        return record;
    }
    return std::nullopt;
}

namespace {

// Secrets that can be guessed, and one address that is refused.
WebhookRules webhook_rules() {
    using Refusal = WebhookRules::Refusal;
    return {.secret =
                [](const auto& tenant, std::string_view id, std::int64_t version) {
                    return "whsec_" + tenant.text + std::string(id) + std::to_string(version);
                },
            .refuses = [](std::string_view url) -> std::optional<Refusal> {
                if (!url.starts_with("http:")) return std::nullopt;
                return Refusal{"https_required", "must begin with https://"};
            },
            .endpoints_max = 2};
}

}  // namespace

House::House(std::chrono::milliseconds heartbeat)
    : journal_([this] {
          infra::EmbeddedJournalOptions options;
          options.directory = directory_.path() / "journal";
          return std::make_unique<infra::EmbeddedJournal>(std::move(options));
      }()),
      key_directory_((projections::prepare_rows(views_), views_)),
      projector_(std::make_unique<projections::Projector>(projector_parts())),
      queries_(std::make_unique<projections::Queries>(views_, position_of())),
      feed_(std::make_unique<projections::Feed>(views_, *journal_, position_of())),
      history_(std::make_unique<projections::History>(views_, *journal_, codec_, position_of())),
      shards_(std::make_unique<commands::Shards>(
          shard_settings(), commands::ShardPorts{*journal_, data_keys_, sealing_, states_, clock_,
                                                 [this] {
                                                     std::string id(33, '\0');
                                                     std::snprintf(
                                                         id.data(), id.size(), "%032llx",
                                                         static_cast<unsigned long long>(++ids_));
                                                     id.pop_back();
                                                     return id;
                                                 }})),
      runner_(std::make_unique<projections::ProjectorRunner>(*projector_, *journal_)),
      front_(std::make_unique<Front>(
          FrontPorts{.shards = shards_.get(),
                     .queries = *queries_,
                     .feed = *feed_,
                     .view_rows = views_,
                     .history = *history_,
                     .evidence = evidence_,
                     .projectors = {projector_.get()},
                     .workers = workers_,
                     .keys = keys_,
                     .cursor_key = {7},
                     .fingerprint_key = {8},
                     .peers = peers_,
                     .owner_of = [this](auto) { return owner_; },
                     .now = [this] { return clock_.now(); },
                     .now_of = [this](const auto&) { return clock_.now(); },
                     .metrics = [] { return "daybook_up 1\n"; },
                     .is_draining = [] { return false; },
                     .version = "1.2.3",
                     .passwords = password_ports(),
                     .webhook_rules = webhook_rules(),
                     .feed_settings = {.streams_per_tenant_max = 2, .heartbeat = heartbeat},
                     .checkpoints = checkpoint_ports()})) {
    http::ServerConfig config;
    config.port = 0;
    server_ =
        std::make_unique<http::Server>(config, front_->router(),
                                       http::ServerPorts{.keys = keys_,
                                                         .now = [this] { return clock_.now(); },
                                                         .random = [this] { return ++ids_; }});
    shards_->start();
    checkpoints_.start();
    server_->start();
}

CheckpointPorts House::checkpoint_ports() {
    return {.is_here = [this](auto) { return !owner_; },
            .latest = [this](auto) { return checkpoints_.of(0).latest(); },
            .covered = [this](auto) -> auto& { return checkpoints_.of(0).covered(); }};
}

PasswordPorts House::password_ports() {
    return {
        .hash = [this](std::string password,
                       auto done) { return passwords_.hash(std::move(password), std::move(done)); },
        .verify =
            [this](std::string password, std::optional<std::string> hash, auto done) {
                return passwords_.verify(std::move(password), std::move(hash),
                                         [done](const infra::PasswordPool::Verified& verified) {
                                             done(verified.is_right, verified.needs_rehash);
                                         });
            },
        .algorithm_of = [this](const std::string& hash) { return passwords_.algorithm_of(hash); },
        .is_common = [](std::string_view password) { return password == "password"; },
        .keys = &data_keys_,
        .new_id = [this] { return "credential-" + std::to_string(++ids_); }};
}

House::~House() {
    server_->begin_drain();
    server_->join(std::chrono::steady_clock::now());
    peers_.stop();
    workers_.stop();
    passwords_.stop();
    shards_->stop(1000);
    runner_->stop();
    checkpoints_.stop();
}

http::loopback::Client House::open(const Ask& ask) const {
    std::string text(ask.verb);
    text += ' ' + ask.path + " HTTP/1.1\r\nHost: test\r\n";
    text += "Authorization: Bearer " + keys_.text(ask.tenant) + "\r\n" + ask.fields;
    if (!ask.body.empty()) {
        text += "Content-Type: application/json\r\nContent-Length: ";
        text += std::to_string(ask.body.size()) + "\r\n";
    }
    http::loopback::Client client(server_->port());
    client.send(text + "\r\n" + ask.body);
    return client;
}

http::loopback::Answer House::ask(const Ask& ask) const {
    return open(ask).read_answer(ask.verb != "HEAD");
}

std::string member(std::string_view json, std::string_view name) {
    const std::string key = '"' + std::string(name) + "\":";
    const std::size_t at = json.find(key);
    if (at == std::string_view::npos) return {};
    json.remove_prefix(at + key.size());
    if (!json.starts_with('"')) return std::string(json.substr(0, json.find_first_of(",}]")));
    json.remove_prefix(1);
    return std::string(json.substr(0, json.find('"')));
}

}  // namespace api::testing
