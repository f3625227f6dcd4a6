// Clients of a shard, without HTTP, that each send the next command when the last one is answered.
//
// Threads: answers come on the shard's thread and send the next commands from there; the numbers
// are there when `run` has returned. REQUIRES: all commands are of one shard.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/pump.hpp"

namespace bench {

using std::chrono::steady_clock;

inline double seconds_since(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

// How many commands are to be on their way at once: what the command line says, or 1 to 4096.
inline std::vector<std::size_t> commands_at_once(char** begin, char** end) {
    std::vector<std::size_t> counts;
    for (; begin != end; ++begin) counts.push_back(std::stoul(*begin));
    return counts.empty() ? std::vector<std::size_t>{1, 16, 64, 256, 4096} : counts;
}

class Clients {
public:
    explicit Clients(commands::Shards& shards) : shards_(shards) {}

    void run(std::size_t count, double seconds) {
        latencies_us_.reserve(1 << 22);
        on_their_way_ = count;
        for (std::size_t i = 0; i < count; ++i) send();
        const auto started = steady_clock::now();
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        is_over_ = true;
        while (on_their_way_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        seconds_ = seconds_since(started);
    }

    // What was measured, as further members of an object of JSON.
    std::string measured() {
        std::ranges::sort(latencies_us_);
        std::ostringstream text;
        text << R"(,"per_second":)" << static_cast<double>(latencies_us_.size()) / seconds_
             << R"(,"p50_us":)" << percentile(50) << R"(,"p99_us":)" << percentile(99)
             << R"(,"refused":)" << refused_;
        return text.str();
    }

private:
    // REQUIRES: they are sorted.
    std::int64_t percentile(std::size_t percent) const {
        return latencies_us_[(latencies_us_.size() - 1) * percent / 100];
    }
    void send() {
        domain::CreateVendor vendor;
        vendor.name = "Nordpress";
        const auto sent = steady_clock::now();
        const auto done = [this, sent](const commands::Outcome& outcome) {
            const auto us =
                std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - sent);
            latencies_us_.push_back(us.count());
            if (!outcome) ++refused_;
            is_over_ ? void(--on_their_way_) : send();
        };
        shards_.submit(
            submission(domain::TenantId{"bench"}, {domain::Kind::vendors, ""}, vendor, done));
    }

    commands::Shards& shards_;
    std::vector<std::int64_t> latencies_us_;  // Of the shard's thread until all are answered.
    std::size_t refused_ = 0;
    double seconds_ = 0;
    std::atomic<bool> is_over_ = false;
    std::atomic<std::size_t> on_their_way_ = 0;
};

}  // namespace bench
