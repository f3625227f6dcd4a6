// Samples<D>: what the tests of transitions need to know of a decider D. One file an aggregate,
// samples_<noun>.hpp, specialises it:
//
//     template <> struct Samples<BillDecider> {
//         // Events that lead to this status; none for `absent` and for what cannot be reached yet.
//         // May take the name of a command as well, and end so that this one is accepted.
//         static std::vector<BillEvent> past(BillStatus status);
//         // One command of each type. Those that are legal after `past(status)` are accepted
//         there. static std::vector<BillCommand> commands(BillStatus status);
//     };
#pragma once

#include <chrono>
#include <vector>

#include "domain/decider.hpp"
#include "domain/time.hpp"

namespace domain {

template <Decider D>
struct Samples;

inline constexpr Timestamp sample_start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
inline constexpr Timestamp sample_end = sample_start + std::chrono::days{31};

}  // namespace domain
