// Limits: how much is answered at most, by key, tenant and address, and how
// often credentials from one address may fail.
//
// Each is a bucket that fills at a rate and holds what comes in ten seconds;
// failures fill theirs in a minute. A caller whose credentials are good is
// never refused because those of others were not. Memory is bounded: the
// buckets that were used longest ago are forgotten, and begin full again.
// Addresses of IPv6 count by their /64, which is what one caller has. Requests
// from this machine have no address here unless they are to be counted: they
// may be a proxy's, and then everybody's. Threads: all functions may be called
// from any thread.
#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "api/auth.hpp"
#include "api/denial.hpp"

namespace api::http {

// Buckets of one kind, by name. A bucket is kept as the time at which it is
// full again (GCRA).
class Buckets {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    struct Rate {
        std::int64_t most = 0;           // What a full bucket holds; 0: nothing is counted.
        std::chrono::seconds window{1};  // In which an empty one fills.
    };
    struct Taken {
        bool is_there = true;
        std::int64_t left = 0;
        std::chrono::seconds full_in{0};   // When there is all of it again,
        std::chrono::seconds retry_in{0};  // and when there is one; rounded up.
    };

    Buckets(Rate rate, std::size_t count_max);

    // REQUIRES: is_counting.
    Taken take(std::string_view name, TimePoint now);
    bool is_counting() const { return rate_.most > 0; }
    const Rate& rate() const { return rate_; }
    std::size_t size() const;

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    struct Bucket {
        std::string name;
        TimePoint full_at;
    };
    // Threads that ask for different names hardly meet.
    struct alignas(64) Part {
        mutable std::mutex mutex;
        std::list<Bucket> buckets;  // The one used last is first.
        std::unordered_map<std::string_view, std::list<Bucket>::iterator, Hash, std::equal_to<>>
            places;
    };
    TimePoint& find(Part& part, std::string_view name);

    static constexpr std::size_t parts = 16;
    const Rate rate_;
    const std::size_t part_max_;
    std::array<Part, parts> parts_;
};

struct LimitSettings {
    // 0: no limit.
    std::int64_t key_per_second = 0;
    std::int64_t tenant_per_second = 0;
    std::int64_t address_per_second = 0;
    std::int64_t failures_per_minute = 0;
    bool counts_this_machine = false;
    std::size_t buckets_max = 100'000;  // Of each kind.
};

class Limits {
public:
    explicit Limits(const LimitSettings& settings);

    struct Refusal {
        Denial because;
        std::chrono::seconds retry_in;
    };
    using Refused = std::optional<Refusal>;

    // By what the address is counted; empty if it is not.
    std::string place_of(const boost::asio::ip::address& address) const;

    // A request, before anything is known of it.
    Refused ask(std::string_view place);
    // The same, once it is known whose it is. Appends the fields RateLimit and
    // RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10), unless nothing
    // is counted.
    Refused ask(const Principal& principal, std::string& fields);
    // Credentials that were not good.
    Refused fail(std::string_view place);

private:
    Buckets keys_;
    Buckets tenants_;
    Buckets addresses_;
    Buckets failures_;
    const bool counts_this_machine_;
    std::string policy_;  // The field, with its line end.
};

}  // namespace api::http
