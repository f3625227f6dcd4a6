#include "commands/due_key.hpp"

#include <cassert>
#include <cstdint>

namespace commands {
namespace {

constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
constexpr std::size_t time_bytes = 8;

}  // namespace

std::string due_key(domain::Timestamp at, const domain::Subject& subject) {
    const auto ordered = static_cast<std::uint64_t>(at.time_since_epoch().count()) ^ sign;
    std::string key;
    for (unsigned shift = 64; shift > 0; shift -= 8) {
        key += static_cast<char>(ordered >> (shift - 8) & 0xFFU);
    }
    return key + to_text(subject);
}

domain::Timestamp due_time(std::string_view key) {
    assert(key.size() > time_bytes);
    std::uint64_t ordered = 0;
    for (const char byte : key.substr(0, time_bytes)) {
        ordered = ordered << 8U | static_cast<unsigned char>(byte);
    }
    const auto milliseconds = static_cast<std::int64_t>(ordered ^ sign);
    return domain::Timestamp(std::chrono::milliseconds(milliseconds));
}

domain::Subject due_subject(std::string_view key) {
    auto subject = domain::parse_subject(key.substr(time_bytes));
    assert(subject && "the store holds what it wrote");
    return *std::move(subject);
}

}  // namespace commands
