// A whole Daybook in one process for tests of the front: the embedded journal in a directory of its
// own, views and states in memory, and the real server on a free port of the loopback.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "api/front.hpp"
#include "api/http/server.hpp"
#include "commands/shard.hpp"
#include "infra/checkpoints/checkpoints.hpp"
#include "infra/journal/embedded_journal.hpp"
#include "infra/passwords/password_pool.hpp"
#include "projections/feed.hpp"
#include "projections/history.hpp"
#include "projections/key_directory.hpp"
#include "projections/projector.hpp"
#include "projections/query.hpp"
#include "projections/runner.hpp"
#include "tests/api/http/loopback.hpp"
#include "tests/support/memory_rows.hpp"
#include "tests/support/plain_keys.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/utc_zones.hpp"

namespace api::testing {

// A clock that begins on a Saturday in 2026 and goes on a millisecond with each look at it.
class TestClock final : public commands::Clock {
public:
    domain::Timestamp now() const override {
        return domain::Timestamp(std::chrono::milliseconds(1'769'853'600'000 + ++looks_));
    }
    std::int64_t steady_milliseconds() const override {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::steady_clock::now().time_since_epoch())
            .count();
    }

private:
    mutable std::atomic<std::int64_t> looks_ = 0;
};

// A key with all scopes for each of two tenants, acme and other.
class TenantKeys final : public KeyDirectory {
public:
    TenantKeys();
    std::optional<KeyRecord> find(std::string_view key_id) const override;
    bool has_tenant(const domain::TenantId&) const override { return true; }
    std::uint64_t generation() const override { return 1; }
    const std::string& text(std::string_view tenant) const { return texts_.find(tenant)->second; }
    // For who asks the directory; the server goes on with what it remembers.
    void revoke(const char* tenant) { revoked_ = tenant; }

private:
    std::atomic<const char*> revoked_ = "";
    std::map<std::string, std::string, std::less<>> texts_;
};

struct Ask {
    std::string_view verb = "GET";
    std::string path;
    std::string body = {};
    std::string fields = {};  // Header lines, each with its line end.
    std::string_view tenant = "acme";
};

class House {
public:
    explicit House(std::chrono::milliseconds heartbeat = std::chrono::hours(1));
    ~House();
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    http::loopback::Answer ask(const Ask& ask) const;
    http::loopback::Answer get(const std::string& path) const { return ask({.path = path}); }
    http::loopback::Answer post(const std::string& path, std::string body,
                                std::string fields = {}) const {
        return ask({"POST", path, std::move(body), std::move(fields)});
    }
    // A connection of its own, with the request sent; for answers that go on.
    http::loopback::Client open(const Ask& ask) const;
    void revoke_key(const char* tenant) { keys_.revoke(tenant); }
    void begin_drain() const { server_->begin_drain(); }
    std::size_t connections() const { return server_->connections(); }
    std::string checkpoint_key() const { return checkpoints_.signer().verifier_key(); }
    const http::Router& router() const { return server_->router(); }

private:
    projections::Projector::Parts projector_parts() {
        return {0, *journal_, codec_, views_, key_directory_, {}};
    }
    projections::Queries::PositionOf position_of() const {
        return [this](const domain::TenantId&) {
            return projections::Position{0, projector_->applied()};
        };
    }
    PasswordPorts password_ports();
    CheckpointPorts checkpoint_ports();
    commands::ShardSettings shard_settings() const {
        commands::ShardSettings settings;
        settings.zones = &zones_;
        return settings;
    }

    tests::support::TemporaryDirectory directory_;
    TestClock clock_;
    std::atomic<std::uint64_t> ids_ = 0;
    tests::support::UtcZones zones_;
    tests::support::PlainKeys data_keys_;
    tests::support::PlainSealing sealing_;
    tests::support::MemoryRows states_;
    tests::support::MemoryRows views_;
    std::unique_ptr<infra::EmbeddedJournal> journal_;
    journal::EntryCodec codec_{data_keys_, sealing_};
    projections::KeyDirectory key_directory_;
    std::unique_ptr<projections::Projector> projector_;
    std::unique_ptr<projections::Queries> queries_;
    std::unique_ptr<projections::Feed> feed_;
    std::unique_ptr<projections::History> history_;
    projections::Evidence evidence_{views_, *journal_, position_of()};
    std::unique_ptr<commands::Shards> shards_;
    std::unique_ptr<projections::ProjectorRunner> runner_;
    TenantKeys keys_;
    http::Workers workers_{1};
    infra::PasswordPool passwords_{{.parameters = {.memory_bytes = 8 << 20}, .queue_max = 4}};
    http::Peers peers_{{.name = "here"}};
    std::optional<std::string> owner_;  // Of the shard, when it is another node's.
    infra::Checkpoints checkpoints_{{.rows = views_,
                                     .views = {&projector_->freshness()},
                                     .is_ours = [](auto) { return true; },
                                     .has_all = [](auto) { return false; },
                                     .signer = {"daybook/test", {7}},
                                     .directory = directory_.path() / "checkpoints",
                                     .interval = std::chrono::milliseconds(5)}};
    std::unique_ptr<Front> front_;
    std::unique_ptr<http::Server> server_;
};

// The text of a member of a JSON object, its first anywhere; without quotes. Empty if there is
// none.
std::string member(std::string_view json, std::string_view name);

}  // namespace api::testing
