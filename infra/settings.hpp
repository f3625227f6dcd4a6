// The settings of a process, and the one table of them: name, meaning, default and bounds. From it
// come the flags of the command line, the variables of the environment, the keys of the TOML file
// and the page of reference.
//
//     name   http.connections_max
//     flag   --http-connections-max
//     env    DAYBOOK_HTTP_CONNECTIONS_MAX
//     TOML   [http] connections_max
//
// Flags win over the environment, the environment over the file, the file over the defaults. No
// secret is a setting: secrets are in files of their own.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace infra {

struct Settings {
    std::string data = "./data";
    std::string listen = "127.0.0.1:8080";
    bool allow_plaintext = false;
    std::string tls_certificate_file;
    std::string tls_key_file;
    std::string tls_ca_file;
    std::string tokens_keys_file;
    std::string tokens_issuer;
    std::string tokens_audience;
    std::int64_t tokens_leeway_s = 30;
    std::int64_t limits_key_per_second = 2'000;
    std::int64_t limits_tenant_per_second = 5'000;
    std::int64_t limits_address_per_second = 2'000;
    std::int64_t limits_failures_per_minute = 60;
    std::int64_t clock_per_second = 1'500;
    bool limits_this_machine = false;
    std::string roles = "write,query,relay";
    std::string advertise;
    std::string keys_encryption_key_file;
    std::string journal_engine = "embedded";
    std::int64_t journal_shards = 0;
    std::int64_t journal_mark_sync_ms = 10;
    std::int64_t checkpoints_interval_ms = 1000;
    std::string kafka_brokers;
    std::string kafka_topic_prefix = "daybook";
    std::int64_t kafka_replicas = 0;
    std::int64_t kafka_session_timeout_ms = 6'000;
    std::int64_t kafka_handover_ms = 5'000;
    std::string kafka_security_protocol = "plaintext";
    std::string kafka_ssl_ca_file;
    std::string kafka_ssl_certificate_file;
    std::string kafka_ssl_key_file;
    std::string kafka_ssl_key_password_file;
    std::string kafka_sasl_mechanism = "SCRAM-SHA-512";
    std::string kafka_sasl_username;
    std::string kafka_sasl_password_file;
    std::string kafka_oauth_token_file;
    std::int64_t relay_retention_ms = -1;
    std::int64_t http_io_threads = 0;
    std::int64_t http_connections_max = 10'000;
    std::int64_t http_body_bytes_max = 1 << 20;
    std::int64_t http_request_timeout_ms = 5'000;
    std::int64_t http_drain_ms = 30'000;
    std::int64_t events_streams_max = 32;
    std::int64_t events_heartbeat_ms = 15'000;
    std::int64_t passwords_threads = 2;
    std::int64_t passwords_memory_bytes = std::int64_t{192} << 20U;
    std::int64_t passwords_queue_max = 64;
    std::int64_t passwords_argon2_memory_bytes = std::int64_t{46} << 20U;
    std::int64_t passwords_argon2_passes = 1;
    bool webhooks_allow_private_addresses = false;
    std::string webhooks_ca_file;
    std::int64_t webhooks_endpoints_max = 16;
    std::int64_t webhooks_timeout_ms = 15'000;
    std::int64_t webhooks_retry_ms = 5'000;
    std::int64_t webhooks_retry_max_ms = 3'600'000;
    std::int64_t webhooks_give_up_ms = 259'200'000;
    std::int64_t webhooks_concurrency = 8;
    std::int64_t webhooks_under_way_max = 256;
    std::int64_t memory_block_cache_bytes = 256 << 20;
    std::int64_t memory_write_buffer_bytes = 32 << 20;
    std::int64_t memory_journal_tail_bytes = 16 << 20;
    std::int64_t memory_aggregates_max = 100'000;
    std::string log_level = "info";
    std::string log_requests = "all";
    bool log_addresses = false;
    bool operator==(const Settings&) const = default;
};

struct Setting {
    using Member =
        std::variant<std::string Settings::*, std::int64_t Settings::*, bool Settings::*>;
    std::string_view name;
    Member member;
    std::string_view doc;
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::vector<std::string_view> choices = {};  // All that a text may be; empty when it is open.
    std::string_view short_flag = {};            // Instead of the one that the name gives.

    std::string flag() const;
    std::string variable() const;
    std::string default_text() const;
    // What it may be, in words.
    std::string bounds() const;
};

// In the order of the reference.
std::span<const Setting> settings_table();

// A setting that is wrong: says which, where it came from and how to mend it.
class SettingsError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct GivenSetting {
    std::string name;
    std::string value;
    std::string source;  // "--listen", "DAYBOOK_LISTEN", for messages.
};

// What is given in different places, the weakest first.
struct SettingsSources {
    std::optional<std::string> file;                               // The path of a TOML file.
    std::vector<std::pair<std::string, std::string>> environment;  // All of it.
    std::vector<GivenSetting> flags;
};

// Throws SettingsError. The path of the file is that of the sources, else DAYBOOK_CONFIG.
Settings read_settings(const SettingsSources& sources);

// The variables of this process.
std::vector<std::pair<std::string, std::string>> environment_of_this_process();

// The page of reference, in Markdown.
std::string settings_reference();

// The word among `candidates` that was probably meant; empty if none is near.
std::string_view nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace infra
