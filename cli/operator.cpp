#include "cli/operator.hpp"

#include <algorithm>
#include <cstring>
#include <future>
#include <utility>

#include "api/auth.hpp"
#include "commands/api_key.hpp"
#include "commands/tenant.hpp"
#include "commands/user.hpp"
#include "domain/api_key_text.hpp"
#include "journal/partition.hpp"
#include "projections/representation.hpp"

namespace cli {
namespace {

constexpr std::chrono::seconds patience{10};

// A refusal of a request, with the exit code.
Exit refusal(const std::string& message) { return {ExitCode::failure, message}; }

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes() {
    static_assert(N % sizeof(std::uint64_t) == 0);
    std::array<std::uint8_t, N> bytes{};
    for (std::size_t i = 0; i < N; i += sizeof(std::uint64_t)) {
        const std::uint64_t word = infra::random_word();
        std::memcpy(bytes.data() + i, &word, sizeof word);
    }
    return bytes;
}

domain::Sha256Hex hash_of(std::string_view key_text) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto parts = domain::parse_api_key_text(key_text);
    std::string hex;
    for (const std::uint8_t byte : api::hash_secret(parts.value().secret)) {
        hex += digits[byte >> 4U];
        hex += digits[byte & 0xfU];
    }
    return domain::Sha256Hex::parse(hex).value();
}

std::string sentence_of(const commands::Fault& fault) {
    std::string text = fault.detail + " (" + fault.code + ")";
    for (const codec::Problem& problem : fault.errors) {
        text += "\n  " + problem.pointer + ": " + problem.detail;
    }
    return text;
}

// Waits until the views show what was done.
void wait_for_views(Node& node, const commands::Done& done) {
    const auto seen = std::make_shared<std::promise<void>>();
    const auto waiting = node.projectors()[done.shard]->freshness().when_applied(
        done.seq, [seen] { seen->set_value(); });
    if (seen->get_future().wait_for(patience) != std::future_status::ready) {
        throw refusal("it was done, but the views do not show it yet");
    }
}

// Who has no key cannot be forwarded.
void refuse_elsewhere(const Node& node, const domain::TenantId& tenant) {
    const auto shard = journal::shard_of(tenant, node.journal().shards());
    if (node.shards() != nullptr && node.shards()->is_taking(shard)) return;
    throw refusal(
        "another node writes this tenant: run the command where that one runs, which is "
        "reached at " +
        node.other_owner(shard).value_or("an address that is not known yet"));
}

// Sends a command to the tenant's shard and waits for its answer.
template <class Wish>
void submit(Node& node, const domain::TenantId& tenant, domain::Subject subject, Wish wish,
            std::optional<std::string> reason = {}) {
    const auto answer = std::make_shared<std::promise<commands::Outcome>>();
    commands::Submission submission;
    submission.tenant = tenant;
    submission.target.subject = std::move(subject);
    submission.command = commands::make_command(std::move(wish));
    submission.actor = {"operator", "command line"};
    submission.reason = std::move(reason);
    submission.done = [answer](commands::Outcome outcome) {
        answer->set_value(std::move(outcome));
    };
    refuse_elsewhere(node, tenant);
    if (!node.shards()->submit(std::move(submission))) throw refusal("the server is overloaded");

    auto coming = answer->get_future();
    if (coming.wait_for(patience) != std::future_status::ready) {
        throw refusal("no answer in time; whether it was done is unknown: look at the list");
    }
    commands::Outcome outcome = coming.get();
    if (!outcome) throw refusal(sentence_of(outcome.error()));
    wait_for_views(node, *outcome);
}

domain::TenantId tenant_in(const OperatorRequest& request) {
    auto tenant = domain::TenantId::parse(request.tenant);
    if (!tenant) throw refusal("the tenant's id " + std::string(tenant.error()));
    return *std::move(tenant);
}

std::vector<domain::ScopeName> scopes_in(const OperatorRequest& request) {
    std::vector<std::string> names = request.scopes;
    std::string known;
    for (std::size_t i = 0; i < api::scope_count; ++i) {
        const std::string scope(name(static_cast<api::Scope>(i)));
        known.append(known.empty() ? "" : " ").append(scope);
        if (request.scopes.empty()) names.push_back(scope);
    }
    std::vector<domain::ScopeName> scopes;
    for (const std::string& scope : names) {
        if (!api::parse_scope(scope)) {
            std::string why = "there is no scope ";
            throw refusal(why.append(scope).append("; there are ").append(known));
        }
        scopes.push_back(domain::ScopeName::parse(scope).value());
    }
    return scopes;
}

// A table: columns as wide as their widest cell, two spaces between.
std::string table_of(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            if (i + 1 < row.size()) text.append(widths[i] - row[i].size() + 2, ' ');
        }
        text += '\n';
    }
    return text;
}

template <class Aggregates>
std::string json_of(const Aggregates& aggregates) {
    std::string text;
    for (const auto& aggregate : aggregates) {
        text += text.empty() ? "[" : ",\n ";
        projections::append_representation(text, domain::AnyAggregate(*aggregate));
    }
    return (text.empty() ? "[" : text) + "]\n";
}

std::string create_tenant(Node& node, const OperatorRequest& request) {
    domain::CreateTenant wish;
    wish.id = tenant_in(request);
    wish.name = request.name.empty() ? request.tenant : request.name;
    wish.sandbox = request.sandbox;
    submit(node, tenant_in(request), {domain::Kind::tenants, request.tenant}, std::move(wish));
    return "created tenant " + request.tenant + "\n";
}

std::string list_tenants(Node& node, const OperatorRequest& request) {
    const auto tenants = node.keys().tenants();
    if (request.as_json) return json_of(tenants);
    std::vector<std::vector<std::string>> rows{{"ID", "NAME", "CREATED"}};
    for (const auto& tenant : tenants) {
        rows.push_back({tenant->id, tenant->state.name, domain::to_rfc3339(tenant->created_at)});
    }
    return table_of(rows);
}

std::string create_key(Node& node, const OperatorRequest& request, const std::string& text) {
    domain::IssueApiKey wish;
    wish.name = request.name;
    wish.scopes = scopes_in(request);
    wish.expires_at = request.expires_at;
    wish.tenant = tenant_in(request);
    wish.secret = hash_of(text);
    const std::string id(domain::parse_api_key_text(text).value().id);
    submit(node, tenant_in(request), {domain::Kind::keys, id}, std::move(wish));
    return text + "\n";
}

std::string new_key() { return domain::make_api_key_text(random_bytes<8>(), random_bytes<32>()); }

std::string list_keys(Node& node, const OperatorRequest& request) {
    std::vector<std::shared_ptr<const projections::ApiKeyAggregate>> keys;
    for (const auto& tenant : node.keys().tenants()) {
        if (!request.tenant.empty() && tenant->id != request.tenant) continue;
        std::ranges::copy(node.keys().keys_of({tenant->id}), std::back_inserter(keys));
    }
    if (request.as_json) return json_of(keys);
    std::vector<std::vector<std::string>> rows{
        {"ID", "TENANT", "STATUS", "EXPIRES", "NAME", "SCOPES"}};
    for (const auto& key : keys) {
        const auto& state = key->state;
        std::string scopes;
        for (const domain::ScopeName& scope : state.scopes) {
            scopes += (scopes.empty() ? "" : " ") + scope.text;
        }
        if (state.scopes.size() == api::scope_count) scopes = "all";
        rows.push_back({key->id, state.tenant.text, std::string(domain::name(state.status)),
                        state.expires_at ? domain::to_rfc3339(*state.expires_at) : "-", state.name,
                        scopes});
    }
    return table_of(rows);
}

std::shared_ptr<const projections::ApiKeyAggregate> key_in(Node& node,
                                                           const OperatorRequest& request) {
    auto key = node.keys().find_key(request.key_id);
    if (!key) throw refusal("there is no key " + request.key_id + "; see `daybook keys list`");
    return key;
}

std::string rotate_key(Node& node, const OperatorRequest& request) {
    const auto key = key_in(node, request);
    std::string text = domain::make_api_key_text(key->id, random_bytes<32>());
    domain::RotateApiKey wish;
    if (request.overlap_seconds) wish.overlap_seconds = *request.overlap_seconds;
    wish.reason = request.reason;
    wish.secret = hash_of(text);
    submit(node, key->state.tenant, {domain::Kind::keys, key->id}, std::move(wish), request.reason);
    return text + "\n";
}

std::string revoke_key(Node& node, const OperatorRequest& request) {
    const auto key = key_in(node, request);
    submit(node, key->state.tenant, {domain::Kind::keys, key->id},
           domain::RevokeApiKey{request.reason}, request.reason);
    return "revoked key " + key->id + "\n";
}

std::string output_of(Node& node, const OperatorRequest& request) {
    switch (request.action) {
        case OperatorAction::create_tenant: return create_tenant(node, request);
        case OperatorAction::list_tenants: return list_tenants(node, request);
        case OperatorAction::create_key: return create_key(node, request, new_key());
        case OperatorAction::list_keys: return list_keys(node, request);
        case OperatorAction::rotate_key: return rotate_key(node, request);
        case OperatorAction::revoke_key: return revoke_key(node, request);
        case OperatorAction::back_up:
        case OperatorAction::rebuild_views:
        case OperatorAction::audit_views:
        case OperatorAction::replay:
        case OperatorAction::look: break;  // See jobs.hpp.
    }
    return {};
}

}  // namespace

OperatorReply execute(Node& node, const OperatorRequest& request) try {
    return {static_cast<std::int64_t>(ExitCode::ok), output_of(node, request)};
} catch (const Exit& refused) {
    return {static_cast<std::int64_t>(refused.code()), refused.what()};
}

void erase_again(Node& node, const journal::Person& person) {
    const std::string reason = "erased before the journal was restored to an earlier position";
    submit(node, person.tenant, {domain::Kind::users, person.user.text},
           domain::DeleteUser{.cancel_contracts = true, .reason = reason}, reason);
}

bool needs_first_key(const Node& node) {
    return node.keys().keys_of(first_tenant).empty() && node.keys().tenants().size() <= 1;
}

std::optional<std::string> make_first_key(Node& node, const std::filesystem::path& file) {
    if (!needs_first_key(node)) return std::nullopt;
    OperatorRequest request;
    request.tenant = first_tenant.text;
    if (node.keys().tenants().empty()) {
        request.name = "Main";
        create_tenant(node, request);
    }
    // The file comes first: a key that was issued and got lost would lock everybody out.
    std::string key = new_key();
    write_private_file(file, key + "\n");
    request.name = "First key";
    create_key(node, request, key);
    return key;
}

}  // namespace cli
