#include "api/http/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <utility>

namespace api::http {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

// Only what has forward secrecy and authenticates what it encrypts. Those of TLS 1.3 all do.
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* groups = "X25519:P-256:P-384";
// In the form of the protocol: each name with its length before it.
constexpr std::string_view http_1_1 = "\x08http/1.1";

[[noreturn]] void fail(const std::string& file, const std::string& why) {
    ERR_clear_error();
    throw TlsFault(file + ": " + why);
}

void check(const error_code& error, const std::string& file) {
    if (error) fail(file, error.message());
}

// A client that offers protocols and not this one is told so (RFC 7301).
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    unsigned char* found = nullptr;
    const auto* ours = reinterpret_cast<const unsigned char*>(http_1_1.data());
    const int result = SSL_select_next_proto(
        &found, size, ours, static_cast<unsigned int>(http_1_1.size()), offered, offered_size);
    if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

void harden(ssl::context& context) {
    SSL_CTX* const native = context.native_handle();
    context.set_options(ssl::context::default_workarounds | ssl::context::no_compression |
                        static_cast<ssl::context::options>(SSL_OP_NO_RENEGOTIATION |
                                                           SSL_OP_CIPHER_SERVER_PREFERENCE));
    SSL_CTX_set_security_level(native, 2);  // RSA of 2048 bits at least, and no SHA-1.
    const bool done = SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) == 1 &&
                      SSL_CTX_set_cipher_list(native, ciphers) == 1 &&
                      SSL_CTX_set1_groups_list(native, groups) == 1;
    if (!done) fail("TLS", "OpenSSL offers no ciphers that are good enough");
    // Sessions are resumed by tickets, which clients keep, so that they cost no memory here.
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
}

void refuse_open_key(const std::string& file) {
    using std::filesystem::perms;
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (error) fail(file, error.message());
    if ((status.permissions() & perms::others_all) != perms::none) {
        fail(file, "everybody on this machine can read it; its mode must be 0600 or 0640");
    }
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
    std::tm parts{};
    ASN1_TIME_to_tm(time, &parts);
    return std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
}

std::chrono::sys_seconds check_validity(SSL_CTX* context, const std::string& file) {
    const X509* const certificate = SSL_CTX_get0_certificate(context);
    if (certificate == nullptr) fail(file, "it holds no certificate");
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
        fail(file, "the certificate is not valid yet");
    }
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
        fail(file, "the certificate has expired");
    }
    return time_of(X509_get0_notAfter(certificate));
}

}  // namespace

ServerTls::ServerTls(Files files) : files_(std::move(files)), loaded_(load(files_)) {}

ServerTls::Loaded ServerTls::load(const Files& files) {
    refuse_open_key(files.key);
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    harden(*context);
    error_code error;
    // Nobody is there to type one.
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return ""; });
    check(context->use_certificate_chain_file(files.certificate, error), files.certificate);
    check(context->use_private_key_file(files.key, ssl::context::pem, error), files.key);
    SSL_CTX* const native = context->native_handle();
    if (SSL_CTX_check_private_key(native) != 1) fail(files.key, "it is not the certificate's key");
    const auto not_after = check_validity(native, files.certificate);
    SSL_CTX_set_alpn_select_cb(native, select_protocol, nullptr);
    return {std::move(context), not_after};
}

void ServerTls::reload() {
    Loaded loaded = load(files_);
    const std::lock_guard lock(mutex_);
    loaded_ = std::move(loaded);
}

TlsContext ServerTls::context() const {
    const std::lock_guard lock(mutex_);
    return loaded_.context;
}

std::chrono::sys_seconds ServerTls::not_after() const {
    const std::lock_guard lock(mutex_);
    return loaded_.not_after;
}

ClientTls::ClientTls(std::string ca_file)
    : ca_file_(std::move(ca_file)), context_(load(ca_file_)) {}

TlsContext ClientTls::load(const std::string& ca_file) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    harden(*context);
    context->set_verify_mode(ssl::verify_peer);
    error_code error;
    if (ca_file.empty()) {
        check(context->set_default_verify_paths(error), "the system's certificates");
    } else {
        check(context->load_verify_file(ca_file, error), ca_file);
    }
    return context;
}

void ClientTls::reload() {
    TlsContext context = load(ca_file_);
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
}

TlsContext ClientTls::context() const {
    const std::lock_guard lock(mutex_);
    return context_;
}

}  // namespace api::http
