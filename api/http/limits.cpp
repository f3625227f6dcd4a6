#include "api/http/limits.hpp"

#include <algorithm>
#include <cassert>

namespace api::http {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds window{10};

Buckets::Rate rate_of(std::int64_t per_second) {
    return {.most = per_second * window.count(), .window = window};
}

std::string policy_of(std::string_view name, const Buckets::Rate& rate) {
    return '"' + std::string(name) + "\";q=" + std::to_string(rate.most) +
           ";w=" + std::to_string(rate.window.count());
}

std::string state_of(std::string_view name, const Buckets::Taken& taken) {
    return '"' + std::string(name) + "\";r=" + std::to_string(taken.left) +
           ";t=" + std::to_string(taken.full_in.count());
}

void append(std::string& list, const std::string& member) {
    if (!list.empty()) list += ", ";
    list += member;
}

// A client of a token is not a key, whatever it is called.
std::string name_of(const Principal& principal) {
    if (!principal.has_token()) return principal.key.text;
    return principal.tenant.text + ' ' + principal.client;
}

}  // namespace

Buckets::Buckets(Rate rate, std::size_t count_max)
    : rate_(rate), part_max_(std::max<std::size_t>(1, count_max / parts)) {}

Buckets::TimePoint& Buckets::find(Part& part, std::string_view name) {
    if (const auto found = part.places.find(name); found != part.places.end()) {
        part.buckets.splice(part.buckets.begin(), part.buckets, found->second);
        return found->second->full_at;
    }
    if (part.buckets.size() >= part_max_) {
        part.places.erase(part.buckets.back().name);
        part.buckets.pop_back();
    }
    part.buckets.push_front({std::string(name), TimePoint::min()});
    part.places.emplace(part.buckets.front().name, part.buckets.begin());
    return part.buckets.front().full_at;
}

Buckets::Taken Buckets::take(std::string_view name, TimePoint now) {
    assert(is_counting());
    const nanoseconds all = rate_.window;
    const nanoseconds one = all / rate_.most;
    Part& part = parts_[Hash()(name) % parts];
    const std::lock_guard lock(part.mutex);
    TimePoint& full_at = find(part, name);
    const TimePoint after = std::max(full_at, now) + one;
    Taken taken;
    taken.is_there = after - now <= all;
    if (taken.is_there) full_at = after;
    taken.left = (all - (full_at - now)) / one;
    taken.full_in = std::chrono::ceil<seconds>(full_at - now);
    if (!taken.is_there) taken.retry_in = std::chrono::ceil<seconds>(after - now - all);
    return taken;
}

std::size_t Buckets::size() const {
    std::size_t sum = 0;
    for (const Part& part : parts_) {
        const std::lock_guard lock(part.mutex);
        sum += part.buckets.size();
    }
    return sum;
}

Limits::Limits(const LimitSettings& settings)
    : keys_(rate_of(settings.key_per_second), settings.buckets_max),
      tenants_(rate_of(settings.tenant_per_second), settings.buckets_max),
      addresses_(rate_of(settings.address_per_second), settings.buckets_max),
      failures_({.most = settings.failures_per_minute, .window = seconds(60)},
                settings.buckets_max),
      counts_this_machine_(settings.counts_this_machine) {
    std::string policies;
    if (keys_.is_counting()) append(policies, policy_of("key", keys_.rate()));
    if (tenants_.is_counting()) append(policies, policy_of("tenant", tenants_.rate()));
    if (!policies.empty()) policy_ = "RateLimit-Policy: " + policies + "\r\n";
}

std::string Limits::place_of(const boost::asio::ip::address& address) const {
    if (!counts_this_machine_ && address.is_loopback()) return {};
    if (!address.is_v6()) return address.to_string();
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) {
        const auto v4 = make_address_v4(boost::asio::ip::v4_mapped, v6);
        return !counts_this_machine_ && v4.is_loopback() ? std::string() : v4.to_string();
    }
    auto bytes = v6.to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return boost::asio::ip::address_v6(bytes).to_string();
}

Limits::Refused Limits::ask(std::string_view place) {
    if (place.empty() || !addresses_.is_counting()) return std::nullopt;
    const Buckets::Taken taken = addresses_.take(place, steady_clock::now());
    if (taken.is_there) return std::nullopt;
    return Refusal{Denial::address_limit, taken.retry_in};
}

Limits::Refused Limits::ask(const Principal& principal, std::string& fields) {
    if (policy_.empty()) return std::nullopt;
    const auto now = steady_clock::now();
    Refused refused;
    std::string states;
    const auto take = [&](Buckets& buckets, std::string_view kind, std::string_view name,
                          Denial because) {
        if (!buckets.is_counting() || refused) return;
        const Buckets::Taken taken = buckets.take(name, now);
        append(states, state_of(kind, taken));
        if (!taken.is_there) refused = Refusal{because, taken.retry_in};
    };
    take(keys_, "key", name_of(principal), Denial::key_limit);
    take(tenants_, "tenant", principal.tenant.view(), Denial::tenant_limit);
    fields += policy_;
    fields.append("RateLimit: ").append(states).append("\r\n");
    return refused;
}

Limits::Refused Limits::fail(std::string_view place) {
    if (place.empty() || !failures_.is_counting()) return std::nullopt;
    const Buckets::Taken taken = failures_.take(place, steady_clock::now());
    if (taken.is_there) return std::nullopt;
    return Refusal{Denial::throttled, taken.retry_in};
}

}  // namespace api::http
