// Due keys: when the clock does something, and with what, as bytes in due order.
//
//     due-key = time subject    ; time: milliseconds since the epoch, 8 bytes, big-endian, with the
//                               ; sign's bit turned; subject: kind/id
//
// Of two at the same instant the kinds' names decide: bills, contracts, entitlements. A contract is
// renewed before the rights of the period that ends then would end, too.
#pragma once

#include <string>
#include <string_view>

#include "domain/subject.hpp"
#include "domain/time.hpp"

namespace commands {

std::string due_key(domain::Timestamp at, const domain::Subject& subject);

// REQUIRES for both: made by due_key.
domain::Timestamp due_time(std::string_view key);
domain::Subject due_subject(std::string_view key);

}  // namespace commands
