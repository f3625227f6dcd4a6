// A data directory that a bench program makes, with a node on it that runs.
//
// Threads: of the one that made it. It ends with `close`, which leaves the directory to a server.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>

#include "cli/node.hpp"
#include "cli/operator.hpp"
#include "infra/clock.hpp"

namespace bench {

class Directory {
public:
    // `clock` is the node's, and outlives this.
    Directory(const std::string& path, const commands::Clock& clock)
        : settings_(settings_of(path)),
          ids_(clock),
          data_(path, ids_),
          node_(settings_, data_, log_, clock, ids_) {
        node_.start({});
        if (!node_.wait_until_ready(std::chrono::steady_clock::now() + std::chrono::minutes(1))) {
            throw std::runtime_error("not ready: " + node_.why_not_ready());
        }
        cli::make_first_key(node_, data_.initial_admin_key());
        data_.set_made();
    }

    commands::Shards& shards() { return *node_.shards(); }
    std::uint64_t entries() const { return node_.journal().end(0); }
    // How many events there are, once all of them are posted to the views.
    std::uint64_t events() const {
        const auto caught_up = [&] {
            return node_.projectors()[0]->status().offset == node_.journal().end(0);
        };
        while (!caught_up()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return node_.projectors()[0]->status().events;
    }
    void close() { node_.stop(std::chrono::seconds(30)); }

private:
    static infra::Settings settings_of(const std::string& path) {
        infra::Settings settings;
        settings.data = path;
        return settings;
    }

    infra::Settings settings_;
    infra::Log log_{infra::LogLevel::warning, infra::LoggedRequests::none};
    infra::Ids ids_;
    cli::DataDirectory data_;
    cli::Node node_;
};

}  // namespace bench
