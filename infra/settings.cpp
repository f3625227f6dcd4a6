#include "infra/settings.hpp"

#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "domain/numbers.hpp"

namespace infra {
namespace {

using S = Settings;
constexpr std::int64_t gibi = std::int64_t{1} << 30U;

const Setting table[] = {
    {"data", &S::data, "The directory that holds everything."},
    {"listen", &S::listen, "HOST:PORT to serve on; an IPv6 address stands in brackets."},
    {"allow_plaintext", &S::allow_plaintext,
     "Serve HTTP without TLS on an address that other machines reach, and forward to nodes that "
     "do. "
     "Keys then travel in clear: only behind a proxy that ends TLS, in a network of one's own."},
    {"tls.certificate_file", &S::tls_certificate_file,
     "This server's certificate (PEM), followed by those up to a root's. Serves HTTPS, and nothing "
     "else. Read again on SIGHUP."},
    {"tls.key_file", &S::tls_key_file,
     "The key (PEM) of that certificate, mode 0600 or 0640. Read again on SIGHUP."},
    {"tls.ca_file", &S::tls_ca_file,
     "Certificates (PEM) that vouch for other nodes; those of the system, if left out. Read again "
     "on "
     "SIGHUP."},
    {"tokens.keys_file", &S::tokens_keys_file,
     "The public keys (a JWK Set) of the identity provider whose tokens (JWT) are taken beside API "
     "keys. Read again when it changes, and on SIGHUP."},
    {"tokens.issuer", &S::tokens_issuer, "What the claim `iss` of tokens has to be."},
    {"tokens.audience", &S::tokens_audience,
     "What the claim `aud` of tokens has to be, or to have in it."},
    {"tokens.leeway_s", &S::tokens_leeway_s,
     "Seconds by which the identity provider's clock may differ from this one.", 0, 300},
    {"limits.key_per_second", &S::limits_key_per_second,
     "Requests that one key, or one client of tokens, may send in a second, and ten times that at "
     "once. More are answered 429. 0: no limit.",
     0, 1'000'000},
    {"limits.tenant_per_second", &S::limits_tenant_per_second,
     "The same of all keys of a tenant together.", 0, 1'000'000},
    {"limits.address_per_second", &S::limits_address_per_second,
     "The same from one address (of IPv6: one /64), whatever is asked for.", 0, 1'000'000},
    {"limits.failures_per_minute", &S::limits_failures_per_minute,
     "Requests with bad credentials from one address that are answered 401; more are answered 429. "
     "Good credentials pass all the same. 0: no limit.",
     0, 1'000'000},
    {"clock.per_second", &S::clock_per_second,
     "What each shard does in a second at most because it is due (renewals, retries, ends), so "
     "that "
     "a billing run leaves room for requests. Sandboxes do as much as they can. 0: no limit.",
     0, 1'000'000},
    {"limits.this_machine", &S::limits_this_machine,
     "Count requests from this machine by their address, too. They may be those of a proxy, and "
     "then everybody's."},
    {"roles", &S::roles,
     "What this node does, of write (takes commands into the journal), query (builds views and "
     "answers from them) and relay (publishes the topics), with commas. Embedded: all of it."},
    {"advertise", &S::advertise,
     "HOST:PORT where other nodes reach this one, to forward commands to it, with https:// or "
     "http:// before it if that is not how it serves. The default is `listen`."},
    {"keys.encryption_key_file", &S::keys_encryption_key_file,
     "The file of the key that opens all keys of persons: 64 hex digits, mode 0600. The default is "
     "key-encryption-key in the data directory."},
    {"journal.engine",
     &S::journal_engine,
     "What keeps the journal: this process, or Apache Kafka.",
     0,
     0,
     {"embedded", "kafka"},
     "--journal"},
    {"journal.shards", &S::journal_shards,
     "Partitions of the journal, fixed when it is made. 0 is 1 embedded; on Kafka 12 for `daybook "
     "topics create` and what the topic has for `daybook serve`.",
     0, 1024},
    {"journal.mark_sync_ms", &S::journal_mark_sync_ms,
     "Milliseconds between two syncs of the high-water mark; 0 syncs it with each batch.", 0,
     60'000},
    {"checkpoints.interval_ms", &S::checkpoints_interval_ms,
     "Milliseconds after which what is new in a shard is signed; 1,000 new entries are at once. 0 "
     "signs nothing.",
     0, 3'600'000},
    {"kafka.brokers",
     &S::kafka_brokers,
     "HOST:PORT,… of some of the brokers; they name the others.",
     0,
     0,
     {},
     "--brokers"},
    {"kafka.topic_prefix", &S::kafka_topic_prefix,
     "Of the names of topics and groups: PREFIX.journal, PREFIX.keys, PREFIX.relay, PREFIX.<kind> "
     "for events of each kind, PREFIX.writers and PREFIX.relays."},
    {"kafka.replicas", &S::kafka_replicas,
     "Of topics that `daybook topics create` makes; 0 is 3, or one a broker where there are fewer.",
     0, 100},
    {"kafka.session_timeout_ms", &S::kafka_session_timeout_ms,
     "How long a node may be silent before others take its shards; within what the brokers allow "
     "(group.min.session.timeout.ms).",
     1'000, 300'000},
    {"kafka.handover_ms", &S::kafka_handover_ms,
     "How long a node that stops goes on serving until others have taken its shards.", 0, 600'000},
    {"kafka.security_protocol",
     &S::kafka_security_protocol,
     "How brokers are spoken to.",
     0,
     0,
     {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"}},
    {"kafka.ssl_ca_file", &S::kafka_ssl_ca_file,
     "Certificates (PEM) that vouch for the brokers; those of the system, if left out."},
    {"kafka.ssl_certificate_file", &S::kafka_ssl_certificate_file,
     "This node's certificate (PEM), where brokers ask for one."},
    {"kafka.ssl_key_file", &S::kafka_ssl_key_file, "The key (PEM) of that certificate."},
    {"kafka.ssl_key_password_file", &S::kafka_ssl_key_password_file,
     "The file of the password of that key."},
    {"kafka.sasl_mechanism",
     &S::kafka_sasl_mechanism,
     "How this node says who it is, with a protocol sasl_….",
     0,
     0,
     {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"}},
    {"kafka.sasl_username", &S::kafka_sasl_username, "With PLAIN and SCRAM."},
    {"kafka.sasl_password_file", &S::kafka_sasl_password_file,
     "The file of the password, with PLAIN and SCRAM."},
    {"kafka.oauth_token_file", &S::kafka_oauth_token_file,
     "The file of the token (a JWT), with OAUTHBEARER. It is read again before the token expires."},
    {"relay.retention_ms", &S::relay_retention_ms,
     "Milliseconds for which the public topics on Kafka keep events; -1 is for ever.", -1},
    {"http.io_threads", &S::http_io_threads, "Threads that serve connections; 0 is one a core.", 0,
     1024},
    {"http.connections_max", &S::http_connections_max,
     "Connections at once; more wait until there is room.", 1, 1'000'000},
    {"http.body_bytes_max", &S::http_body_bytes_max, "The largest body of a request.", 1024, gibi},
    {"http.request_timeout_ms", &S::http_request_timeout_ms,
     "Milliseconds after which a request is answered with 503.", 10, 600'000},
    {"http.drain_ms", &S::http_drain_ms,
     "Milliseconds that a stop waits for requests that have arrived.", 0, 600'000},
    {"events.streams_max", &S::events_streams_max,
     "Streams of events that a tenant may have open at once.", 0, 100'000},
    {"events.heartbeat_ms", &S::events_heartbeat_ms,
     "Milliseconds after which a stream without events sends a sign of life.", 10, 600'000},
    {"passwords.threads", &S::passwords_threads, "Threads that hash passwords.", 1, 64},
    {"passwords.memory_bytes", &S::passwords_memory_bytes,
     "Memory of all hashes that are made at once; there are fewer threads if it is less.",
     std::int64_t{8} << 20U, 64 * gibi},
    {"passwords.queue_max", &S::passwords_queue_max,
     "Passwords that may wait to be hashed or verified; more are answered with 503.", 1, 100'000},
    {"passwords.argon2_memory_bytes", &S::passwords_argon2_memory_bytes,
     "Memory of one hash (Argon2id). Hashes with other parameters are made anew when a password "
     "is verified.",
     std::int64_t{8} << 20U, 4 * gibi},
    {"passwords.argon2_passes", &S::passwords_argon2_passes, "Passes over it.", 1, 20},
    {"webhooks.allow_private_addresses", &S::webhooks_allow_private_addresses,
     "Deliver to addresses that not everybody can reach, and without TLS: for receivers in the own "
     "network, and for trying things out. Whoever may make endpoints can then reach those."},
    {"webhooks.ca_file", &S::webhooks_ca_file,
     "Certificates (PEM) that vouch for receivers; those of the system, if left out."},
    {"webhooks.endpoints_max", &S::webhooks_endpoints_max, "Endpoints that a tenant may have.", 1,
     1000},
    {"webhooks.timeout_ms", &S::webhooks_timeout_ms,
     "Milliseconds that a delivery may take, from the look-up of the name to the answer.", 10,
     600'000},
    {"webhooks.retry_ms", &S::webhooks_retry_ms,
     "Milliseconds until a failed delivery is tried again; doubled each time.", 10, 3'600'000},
    {"webhooks.retry_max_ms", &S::webhooks_retry_max_ms, "Milliseconds that this comes to at most.",
     10, 86'400'000},
    {"webhooks.give_up_ms", &S::webhooks_give_up_ms,
     "Milliseconds of failures after which an endpoint is disabled.", 100, 2'592'000'000},
    {"webhooks.concurrency", &S::webhooks_concurrency,
     "Deliveries to an endpoint at once, of different subjects.", 1, 256},
    {"webhooks.under_way_max", &S::webhooks_under_way_max,
     "Deliveries of the node at once; 0 delivers nothing.", 0, 10'000},
    {"memory.block_cache_bytes", &S::memory_block_cache_bytes,
     "Cache of what is read from state and views.", 1 << 20, 1024 * gibi},
    {"memory.write_buffer_bytes", &S::memory_write_buffer_bytes,
     "Buffer of what is written; each of the three stores has up to three of them.", 1 << 20,
     4 * gibi},
    {"memory.journal_tail_bytes", &S::memory_journal_tail_bytes,
     "The newest records of each shard, kept for readers.", 1 << 16, 4 * gibi},
    {"memory.aggregates_max", &S::memory_aggregates_max,
     "Aggregates that each shard keeps decoded.", 100, 100'000'000},
    {"log.level",
     &S::log_level,
     "The least severe events that are logged.",
     0,
     0,
     {"debug", "info", "warning", "error"}},
    {"log.requests",
     &S::log_requests,
     "Requests that get a line each: errors are those from 400.",
     0,
     0,
     {"none", "errors", "all"}},
    {"log.addresses", &S::log_addresses,
     "Note the address in the log of calls that were denied. It is personal data."},
};

// Variables that begin alike and belong to clients and tools.
constexpr std::array<std::string_view, 5> foreign_variables = {
    "DAYBOOK_URL", "DAYBOOK_KEY", "DAYBOOK_BINARY", "DAYBOOK_BUILD", "DAYBOOK_CONFIG"};

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

const Setting* find_setting(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &Setting::name);
    return found == std::end(table) ? nullptr : found;
}

[[noreturn]] void refuse(const std::string& source, const std::string& why) {
    throw SettingsError(source + ": " + why);
}

void check_text(const Setting& setting, const std::string& value, const std::string& source) {
    const bool is_open = setting.choices.empty();
    if (is_open ? value.empty() : std::ranges::count(setting.choices, value) == 0) {
        refuse(source, quoted(value) + " must be " + setting.bounds());
    }
}

void check_integer(const Setting& setting, std::int64_t value, const std::string& source) {
    if (value < setting.least || value > setting.most) {
        refuse(source, std::to_string(value) + " must be " + setting.bounds());
    }
}

// Takes a value that is text, as flags and variables are.
struct TakeText {
    Settings& settings;
    const Setting& setting;
    const std::string& value;
    const std::string& source;

    void operator()(std::string Settings::* member) const {
        check_text(setting, value, source);
        settings.*member = value;
    }
    void operator()(std::int64_t Settings::* member) const {
        const auto number = domain::parse_whole<std::int64_t>(value);
        if (!number) refuse(source, quoted(value) + " must be " + setting.bounds());
        check_integer(setting, *number, source);
        settings.*member = *number;
    }
    void operator()(bool Settings::* member) const {
        if (value != "true" && value != "false") {
            refuse(source, quoted(value) + " must be " + setting.bounds());
        }
        settings.*member = value == "true";
    }
};

// Takes a value that has a type of its own.
struct TakeNode {
    Settings& settings;
    const Setting& setting;
    const toml::node& node;
    const std::string& source;

    void operator()(std::string Settings::* member) const {
        const auto value = node.value_exact<std::string>();
        if (!value) refuse(source, "must be " + setting.bounds() + ", in quotes");
        check_text(setting, *value, source);
        settings.*member = *value;
    }
    void operator()(std::int64_t Settings::* member) const {
        const auto value = node.value_exact<std::int64_t>();
        if (!value) refuse(source, "must be " + setting.bounds() + ", without quotes");
        check_integer(setting, *value, source);
        settings.*member = *value;
    }
    void operator()(bool Settings::* member) const {
        const auto value = node.value_exact<bool>();
        if (!value) refuse(source, "must be " + setting.bounds() + ", without quotes");
        settings.*member = *value;
    }
};

std::string suggestion(std::string_view word, std::span<const std::string> candidates) {
    const std::string_view meant = nearest(word, candidates);
    return meant.empty() ? "" : "; did you mean " + std::string(meant) + "?";
}

[[noreturn]] void refuse_key(const std::string& source, const std::string& name) {
    std::vector<std::string> names;
    for (const Setting& setting : table) names.emplace_back(setting.name);
    refuse(source, "there is no setting " + name + suggestion(name, names));
}

void take_table(Settings& settings, const toml::table& values, const std::string& prefix,
                const std::string& path) {
    for (const auto& [key, node] : values) {
        const std::string name = prefix + std::string(key.str());
        const std::string members = name + ".";
        std::string source = path;
        source.append(", line ").append(std::to_string(key.source().begin.line));
        source.append(": ").append(name);
        const bool is_group = std::ranges::any_of(
            table, [&](const Setting& setting) { return setting.name.starts_with(members); });
        if (node.is_table() && is_group) {
            take_table(settings, *node.as_table(), members, path);
            continue;
        }
        const Setting* setting = find_setting(name);
        if (setting == nullptr) refuse_key(source, name);
        std::visit(TakeNode{settings, *setting, node, source}, setting->member);
    }
}

void take_file(Settings& settings, const std::string& path) {
    try {
        take_table(settings, toml::parse_file(path), "", path);
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line;
        refuse(path + (line == 0 ? "" : ", line " + std::to_string(line)),
               std::string(error.description()));
    }
}

void take_variable(Settings& settings, const std::string& variable, const std::string& value) {
    if (!variable.starts_with("DAYBOOK_")) return;
    if (std::ranges::count(foreign_variables, variable) != 0) return;
    std::vector<std::string> variables;
    for (const Setting& setting : table) {
        variables.push_back(setting.variable());
        if (variables.back() != variable) continue;
        std::visit(TakeText{settings, setting, value, variable}, setting.member);
        return;
    }
    refuse(variable, "there is no such setting" + suggestion(variable, variables));
}

// The least number of letters to insert, remove or replace.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string Setting::flag() const {
    if (!short_flag.empty()) return std::string(short_flag);
    std::string text = "--" + std::string(name);
    std::ranges::replace(text, '.', '-');
    std::ranges::replace(text, '_', '-');
    return text;
}

std::string Setting::variable() const {
    std::string text = "DAYBOOK_";
    for (const char c : name) {
        text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : '_';
    }
    return text;
}

std::string Setting::default_text() const {
    static const Settings defaults;
    struct Show {
        std::string operator()(std::string Settings::* of) const { return defaults.*of; }
        std::string operator()(std::int64_t Settings::* of) const {
            return std::to_string(defaults.*of);
        }
        std::string operator()(bool Settings::* of) const {
            return defaults.*of ? "true" : "false";
        }
    };
    return std::visit(Show{}, member);
}

std::string Setting::bounds() const {
    if (std::holds_alternative<bool Settings::*>(member)) return "true or false";
    if (std::holds_alternative<std::int64_t Settings::*>(member)) {
        return "an integer from " + std::to_string(least) + " to " + std::to_string(most);
    }
    if (choices.empty()) return "a text";
    std::string text = "one of";
    for (const std::string_view choice : choices) {
        text += choice == choices.front() ? " " : ", ";
        text += choice;
    }
    return text;
}

std::span<const Setting> settings_table() { return table; }

Settings read_settings(const SettingsSources& sources) {
    Settings settings;
    std::optional<std::string> file = sources.file;
    for (const auto& [variable, value] : sources.environment) {
        if (variable == "DAYBOOK_CONFIG" && !file) file = value;
    }
    if (file) take_file(settings, *file);
    for (const auto& [variable, value] : sources.environment) {
        take_variable(settings, variable, value);
    }
    for (const GivenSetting& given : sources.flags) {
        const Setting* setting = find_setting(given.name);
        if (setting == nullptr) refuse_key(given.source, given.name);
        std::visit(TakeText{settings, *setting, given.value, given.source}, setting->member);
    }
    return settings;
}

std::vector<std::pair<std::string, std::string>> environment_of_this_process() {
    std::vector<std::pair<std::string, std::string>> variables;
    for (char** one = environ; *one != nullptr; ++one) {
        const std::string_view text(*one);
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

std::string settings_reference() {
    std::string page =
        "# Settings\n\n"
        "This page is printed by `daybook settings`. Flags win over the environment, the\n"
        "environment over the TOML file (`--config FILE` or `DAYBOOK_CONFIG`), the file over the\n"
        "defaults. In the file a dot in a name begins a table: `http.io_threads` is `io_threads`\n"
        "under `[http]`. What is not in this table is an error. No secret is a setting: secrets\n"
        "are in files of their own.\n\n"
        "| name | flag | environment | default | may be | meaning |\n"
        "|---|---|---|---|---|---|\n";
    for (const Setting& setting : table) {
        page += "| `" + std::string(setting.name) + "` | `" + setting.flag() + "` | `" +
                setting.variable() + "` | `" + setting.default_text() + "` | " + setting.bounds() +
                " | " + std::string(setting.doc) + " |\n";
    }
    return page;
}

std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
    std::string_view best;
    std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        const std::size_t apart = distance(word, candidate);
        if (apart >= least) continue;
        least = apart;
        best = candidate;
    }
    return best;
}

}  // namespace infra
