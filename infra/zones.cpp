#include "infra/zones.hpp"

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cassert>
#include <filesystem>
#include <mutex>
#include <string>
#include <system_error>

namespace infra {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

absl::TimeZone load(std::string_view zone) {
    absl::TimeZone loaded;
    const bool found = absl::LoadTimeZone(std::string(zone), &loaded);
    assert(found && "an unknown zone passed the check");
    return loaded;
}

absl::Time to_absl(domain::Timestamp instant) {
    return absl::FromUnixMillis(instant.time_since_epoch().count());
}

domain::Timestamp from_absl(absl::Time time) {
    return domain::Timestamp(milliseconds(absl::ToUnixMillis(time)));
}

}  // namespace

bool SystemZones::knows(std::string_view zone) const {
    // Abseil also takes paths, zones that count leap seconds, and names of its own, and it
    // remembers every name that it was ever asked for: only what is in the database may reach it.
    const bool is_name = !zone.empty() && zone.front() != '/' && !zone.contains('.') &&
                         zone != "localtime" && zone != "posixrules" &&
                         !zone.starts_with("right/") && !zone.starts_with("posix/");
    if (!is_name) return false;
    {
        const std::shared_lock lock(mutex_);
        if (known_.contains(zone)) return true;
    }
    const std::string name(zone);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file("/usr/share/zoneinfo/" + name, ignored)) return false;
    absl::TimeZone loaded;
    if (!absl::LoadTimeZone(name, &loaded)) return false;
    const std::scoped_lock lock(mutex_);
    known_.insert(name);
    return true;
}

domain::LocalTime SystemZones::to_local(std::string_view zone, domain::Timestamp instant) const {
    const auto whole = std::chrono::floor<seconds>(instant);
    const absl::CivilSecond civil = load(zone).At(to_absl(whole)).cs;
    const absl::civil_diff_t since = civil - absl::CivilSecond(1970, 1, 1);
    return domain::LocalTime(seconds(since)) + (instant - whole);
}

domain::Timestamp SystemZones::to_instant(std::string_view zone, domain::LocalTime local) const {
    const auto whole = std::chrono::floor<seconds>(local);
    const absl::CivilSecond civil =
        absl::CivilSecond(1970, 1, 1) + whole.time_since_epoch().count();
    const auto found = load(zone).At(civil);
    // A local time in a gap is the instant at which the gap ends; `pre` is the earlier of two.
    if (found.kind == absl::TimeZone::TimeInfo::SKIPPED) return from_absl(found.trans);
    return from_absl(found.pre) + (local - whole);
}

}  // namespace infra
