// What the operator of an installation does: tenants and API keys. The same requests are answered
// in the process that has the data directory, whether they come from its own command line or
// through the control socket of a running server.
//
// A reply may hold a new key. It is shown once and never kept; only the journal's hash of it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/node.hpp"
#include "codec/reflect.hpp"
#include "domain/time.hpp"

namespace cli {

enum class OperatorAction : std::uint8_t {
    create_tenant,
    list_tenants,
    create_key,
    list_keys,
    rotate_key,
    revoke_key,
    back_up,
    rebuild_views,
    audit_views,
    replay,
    look  // How far the long command is that was begun.
};
constexpr auto describe(const OperatorAction*) {
    return domain::wire_names("createTenant", "listTenants", "createKey", "listKeys", "rotateKey",
                              "revokeKey", "backUp", "rebuildViews", "auditViews", "replay",
                              "look");
}

struct OperatorRequest {
    OperatorAction action = OperatorAction::list_tenants;
    std::string tenant;
    std::string name;
    std::vector<std::string> scopes;  // All of them if there is none.
    std::optional<domain::Timestamp> expires_at;
    std::string key_id;
    std::optional<std::int64_t> overlap_seconds;
    std::optional<std::string> reason;
    bool sandbox = false;
    bool as_json = false;
    std::string path;
    std::string subject;
    std::string user;
    bool shows_personal = false;
};
constexpr auto describe(const OperatorRequest*) {
    using R = OperatorRequest;
    using domain::field;
    return domain::fields(
        field<&R::action>("action", "What to do."), field<&R::tenant>("tenant", "The tenant's id."),
        field<&R::name>("name", "The tenant's or the key's name."),
        field<&R::scopes>("scopes", "What the key may do."),
        field<&R::expires_at>("expiresAt", "Until when the key is valid."),
        field<&R::key_id>("keyId", "Which key."),
        field<&R::overlap_seconds>("overlapSeconds", "How long the old secret stays valid."),
        field<&R::reason>("reason", "Why."),
        field<&R::sandbox>("sandbox", "Whether the tenant is for trying things out."),
        field<&R::as_json>("asJson", "Whether the output is JSON."),
        field<&R::path>("path", "The directory that it is about."),
        field<&R::subject>("subject", "The resource that it is about, such as bills/b-1."),
        field<&R::user>("user", "The person that it is about."),
        field<&R::shows_personal>("showsPersonal", "Whether personal data is shown."));
}

struct OperatorReply {
    std::int64_t exit_code = 0;
    std::string output;         // For standard output, or for standard error when it failed.
    std::string progress = {};  // For standard error.
    bool is_running = false;    // It goes on: look again.
};
constexpr auto describe(const OperatorReply*) {
    using domain::field;
    return domain::fields(field<&OperatorReply::exit_code>("exitCode", "How the program ends."),
                          field<&OperatorReply::output>("output", "What it prints."),
                          field<&OperatorReply::progress>("progress", "How far it is."),
                          field<&OperatorReply::is_running>("isRunning", "Whether it goes on."));
}

// Waits for the journal. Threads: any, one at a time. REQUIRES: the node runs.
OperatorReply execute(Node& node, const OperatorRequest& request);

// The tenant that the first start makes.
inline const domain::TenantId first_tenant{"main"};

// Makes the first tenant and its key with all scopes, if there are none, and leaves the key in
// `file`. The key, if it made one. Throws Exit. REQUIRES: the node is ready.
std::optional<std::string> make_first_key(Node& node, const std::filesystem::path& file);

// Deletes a user who was erased before, whatever goes on for the user. Throws Exit. REQUIRES: the
// node is ready, and has the user.
void erase_again(Node& node, const journal::Person& person);

// Whether nobody can use this installation yet. REQUIRES: the node is ready.
bool needs_first_key(const Node& node);

}  // namespace cli
