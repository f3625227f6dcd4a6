#include "cli/control.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "codec/reflect.hpp"

namespace cli {
namespace {

constexpr std::size_t line_bytes_max = std::size_t{16} << 20U;
constexpr std::chrono::milliseconds accept_retry{50};
constexpr timeval request_timeout{.tv_sec = 5, .tv_usec = 0};
constexpr timeval reply_timeout{.tv_sec = 60, .tv_usec = 0};

// A file descriptor that is closed at the end.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }
    int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

// The name of a socket holds 107 characters, fewer than a path may have, so it is reached by way of
// its directory.
class SocketAddress {
public:
    explicit SocketAddress(const std::filesystem::path& path)
        : directory_(open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
        const std::string name =
            "/proc/self/fd/" + std::to_string(directory_.number()) + "/" + path.filename().string();
        address_.sun_family = AF_UNIX;
        std::memcpy(address_.sun_path, name.c_str(),
                    std::min(name.size() + 1, sizeof address_.sun_path - 1));
    }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
    static constexpr socklen_t size = sizeof(sockaddr_un);

private:
    Descriptor directory_;
    sockaddr_un address_{};
};

int new_socket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

bool send_line(int connection, const std::string& text) {
    const std::string line = text + "\n";
    std::size_t sent = 0;
    while (sent < line.size()) {
        const ssize_t count =
            send(connection, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        sent += static_cast<std::size_t>(count);
    }
    return true;
}

std::optional<std::string> receive_line(int connection, const timeval& timeout) {
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    std::string line;
    std::array<char, 4096> piece{};
    while (line.size() < line_bytes_max) {
        const ssize_t count = recv(connection, piece.data(), piece.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return std::nullopt;
        line.append(piece.data(), static_cast<std::size_t>(count));
        if (line.back() != '\n') continue;
        line.pop_back();
        return line;
    }
    return std::nullopt;
}

[[noreturn]] void refuse(const std::filesystem::path& path) {
    throw Exit(ExitCode::data,
               "cannot listen on " + path.string() + ": " + std::generic_category().message(errno));
}

}  // namespace

ControlSocket::ControlSocket(const std::filesystem::path& path, Answer answer)
    : path_(path), answer_(std::move(answer)) {
    Descriptor listener(new_socket());
    const SocketAddress address(path);
    unlink(path.c_str());  // Left over from a process that was killed.
    const bool is_listening = bind(listener.number(), address.get(), SocketAddress::size) == 0 &&
                              chmod(path.c_str(), 0600) == 0 && listen(listener.number(), 8) == 0;
    if (!is_listening) refuse(path);
    listener_ = listener.release();
    thread_ = std::thread([this] { run(); });
}

ControlSocket::~ControlSocket() {
    shutdown(listener_, SHUT_RDWR);  // Ends a waiting accept.
    thread_.join();
    close(listener_);
    unlink(path_.c_str());
}

void ControlSocket::run() {
    while (true) {
        const Descriptor connection(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
        if (connection.number() >= 0) {
            answer_one(connection.number());
        } else if (errno == EINVAL) {
            return;  // It was shut down.
        } else {
            std::this_thread::sleep_for(accept_retry);
        }
    }
}

void ControlSocket::answer_one(int connection) {
    const auto line = receive_line(connection, request_timeout);
    if (!line) return;
    OperatorRequest request;
    OperatorReply reply;
    if (codec::read_stored(*line, request)) {
        reply = answer_(request);
    } else {
        reply = {static_cast<std::int64_t>(ExitCode::failure),
                 "the server is of another version and does not know this request"};
    }
    send_line(connection, codec::to_json(reply));
}

std::optional<OperatorReply> ask_server(const std::filesystem::path& path,
                                        const OperatorRequest& request) {
    const Descriptor connection(new_socket());
    const SocketAddress address(path);
    if (connect(connection.number(), address.get(), SocketAddress::size) != 0) return std::nullopt;

    std::optional<std::string> line;
    if (send_line(connection.number(), codec::to_json(request))) {
        line = receive_line(connection.number(), reply_timeout);
    }
    OperatorReply reply;
    if (!line || !codec::read_stored(*line, reply)) {
        throw Exit(ExitCode::failure,
                   "the server went away before it answered; whether it was done is unknown: "
                   "look at the list");
    }
    return reply;
}

}  // namespace cli
