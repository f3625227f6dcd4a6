// The control socket: how the command line reaches the server that has the data directory.
//
// It is a Unix socket in the data directory, open to the owner of the directory alone, so it needs
// no key. A connection carries one OperatorRequest and one OperatorReply, each one line of JSON.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <thread>

#include "cli/operator.hpp"

namespace cli {

class ControlSocket {
public:
    using Answer = std::function<OperatorReply(const OperatorRequest&)>;
    // Listens, and answers on a thread of its own, one request after another. Throws Exit (data).
    // REQUIRES: the directory of `path` is locked by this process.
    ControlSocket(const std::filesystem::path& path, Answer answer);
    // Waits for the request that is being answered.
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

private:
    void run();
    void answer_one(int connection);

    std::filesystem::path path_;
    Answer answer_;
    int listener_ = -1;
    std::thread thread_;
};

// Sends the request to the server that listens there. Nothing if none does. Throws Exit (failure)
// if it went away before it answered.
std::optional<OperatorReply> ask_server(const std::filesystem::path& path,
                                        const OperatorRequest& request);

}  // namespace cli
