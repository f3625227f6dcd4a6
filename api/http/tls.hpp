// TLS 1.2 and 1.3, as the listener speaks it to clients and as nodes speak it to one another.
//
// The files are read when the object is made and by `reload`. A reload that fails throws and keeps
// what there was; one that succeeds is for the connections that begin afterwards, and those that
// exist go on. Messages name a file and a reason, never what is in it.
// Threads: all functions may be called from any thread.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace api::http {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

class TlsFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// With what a server shows who it is.
class ServerTls {
public:
    struct Files {
        std::string certificate;  // PEM: its own first, then those up to a root's.
        std::string key;          // PEM, without a password, and not for everybody to read.
    };
    // Throws TlsFault when the files cannot be used: missing, no pair, weak, or not valid now.
    explicit ServerTls(Files files);

    void reload();
    TlsContext context() const;
    // When the certificate ends.
    std::chrono::sys_seconds not_after() const;

private:
    struct Loaded {
        TlsContext context;
        std::chrono::sys_seconds not_after;
    };
    static Loaded load(const Files& files);

    const Files files_;
    mutable std::mutex mutex_;
    Loaded loaded_;
};

// With what a client knows whom it speaks to.
class ClientTls {
public:
    // Certificates (PEM) that vouch for servers; those of the system if it is empty. Throws
    // TlsFault.
    explicit ClientTls(std::string ca_file);

    void reload();
    TlsContext context() const;

private:
    static TlsContext load(const std::string& ca_file);

    const std::string ca_file_;
    mutable std::mutex mutex_;
    TlsContext context_;
};

}  // namespace api::http
