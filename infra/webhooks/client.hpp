// An HTTP client for addresses that somebody else chose: checked, bounded, never led elsewhere.
//
// A name is looked up once, what is found is checked, and one of what passed is connected to: there
// is no second look that could find something else. Certificates are verified. Redirects are not
// followed. Of an answer only the status and Retry-After matter; a short body is read, so that the
// connection can be used again, a long one ends the connection.
//
// A connection that was kept may have been closed by the other side: then the request is sent once
// more on a new one. The receiver may get it twice. Threads: the executor's, which is one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "infra/webhooks/web_address.hpp"

namespace infra {

struct ClientSettings {
    bool allow_private = false;                 // Private addresses, and http.
    std::chrono::milliseconds timeout{15'000};  // For all of a request.
    std::string ca_file = {};                   // Who vouches for receivers; the system's if empty.
};

// What all clients of a node share. Outlives them.
struct ClientShared {
    // Throws when the file of certificates cannot be read.
    explicit ClientShared(const ClientSettings& of);

    ClientSettings settings;
    boost::asio::ssl::context tls;
    boost::asio::thread_pool resolvers{4};  // The system's look-up blocks, and cannot be ended.
};

struct PostRequest {
    WebAddress address;
    std::vector<std::pair<std::string_view, std::string>> fields;
    std::string body;
};

struct PostOutcome {
    unsigned status = 0;                  // 0: there was no answer.
    std::string_view fault = {};          // Then, why: private_address, unreachable, timeout, …
    std::chrono::seconds retry_after{0};  // As the receiver wishes.
    bool is_success() const { return status >= 200 && status < 300; }
};
// "status_503", or the fault.
std::string to_text(const PostOutcome& outcome);

// The connections to one receiver.
class Client {
public:
    explicit Client(ClientShared& shared);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // REQUIRES: the client outlives it.
    boost::asio::awaitable<PostOutcome> post(PostRequest request);

private:
    class Connection;

    std::unique_ptr<Connection> take_kept(const WebAddress& address);
    void keep(std::unique_ptr<Connection> connection);

    ClientShared& shared_;
    std::vector<std::unique_ptr<Connection>> kept_;
};

}  // namespace infra
