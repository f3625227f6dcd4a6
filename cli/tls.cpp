#include "cli/tls.hpp"

#include <string>

#include "cli/exit_code.hpp"

namespace cli {

bool has_tls(const infra::Settings& settings) { return !settings.tls_certificate_file.empty(); }

Tls::Tls(const infra::Settings& settings) try {
    if (has_tls(settings) == settings.tls_key_file.empty()) {
        throw Exit(ExitCode::settings,
                   "tls: a certificate needs its key, and a key its certificate: give both "
                   "--tls-certificate-file and --tls-key-file");
    }
    as_client_.emplace(settings.tls_ca_file);
    if (!has_tls(settings)) return;
    as_server_.emplace(api::http::ServerTls::Files{.certificate = settings.tls_certificate_file,
                                                   .key = settings.tls_key_file});
} catch (const api::http::TlsFault& fault) {
    throw Exit(ExitCode::settings, std::string("tls: ") + fault.what());
}

void Tls::reload(infra::Log& log) try {
    as_client_->reload();
    if (as_server_) as_server_->reload();
    log.info("tls_reloaded");
} catch (const api::http::TlsFault& fault) {
    log.error("tls_not_reloaded", {{"message", fault.what()}});
}

std::optional<std::chrono::sys_seconds> Tls::certificate_ends() const {
    if (!as_server_) return std::nullopt;
    return as_server_->not_after();
}

}  // namespace cli
