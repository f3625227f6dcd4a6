// TLS as the settings have it: what this server shows to clients, and whom it trusts of other
// nodes.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <chrono>
#include <optional>

#include "api/http/tls.hpp"
#include "infra/log.hpp"
#include "infra/settings.hpp"

namespace cli {

// Whether this server speaks TLS with its clients.
bool has_tls(const infra::Settings& settings);

class Tls {
public:
    // Throws Exit (settings) when a file cannot be used, or one of two is missing.
    explicit Tls(const infra::Settings& settings);

    // Reads the files again and logs what came of it. What cannot be used is left alone, and what
    // was there stays in use.
    void reload(infra::Log& log);

    // Null without a certificate.
    const api::http::ServerTls* as_server() const { return as_server_ ? &*as_server_ : nullptr; }
    const api::http::ClientTls& as_client() const { return *as_client_; }
    std::optional<std::chrono::sys_seconds> certificate_ends() const;

private:
    std::optional<api::http::ServerTls> as_server_;
    std::optional<api::http::ClientTls> as_client_;
};

}  // namespace cli
