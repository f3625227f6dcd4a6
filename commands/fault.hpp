// Faults: why a command was not done, in terms that every front can turn into an answer.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "codec/reader.hpp"
#include "domain/decider.hpp"

namespace commands {

enum class FaultKind : std::uint8_t {
    not_found,        // No such aggregate.
    gone,             // It was erased.
    conflict,         // The state forbids it: read, then decide anew.
    invalid,          // The request contradicts itself or what it names.
    stale_version,    // If-Match names an older version.
    key_reused,       // The idempotency key stands for another request.
    unavailable,      // Nothing was done; the same request may be sent again.
    moved,            // Nothing was done here: another node writes the shard.
    outcome_unknown,  // It may have been done: the same idempotency key settles it.
    full,             // No disk space. Nothing was done.
};

struct Fault {
    FaultKind kind = FaultKind::invalid;
    std::string code;
    std::string detail;
    std::vector<codec::Problem> errors = {};
    // Of an illegal transition: the status, the command, and what would be legal.
    std::string from = {};
    std::string command = {};
    std::vector<std::string> allowed = {};
};

inline Fault fault(FaultKind kind, std::string code, std::string detail) {
    return {.kind = kind, .code = std::move(code), .detail = std::move(detail)};
}

// A fault of one field of the request.
inline Fault field_fault(std::string pointer, std::string code, std::string detail) {
    Fault made = fault(FaultKind::invalid, code, detail);
    made.errors.push_back({std::move(pointer), std::move(code), std::move(detail)});
    return made;
}

// What a decider's refusal is to the caller.
template <class Rejection>
Fault refused(Rejection rejection) {
    const domain::RefusalInfo about = info(rejection);
    const std::string code(name(rejection));
    Fault made = fault(FaultKind::conflict, code, std::string(about.detail));
    switch (about.kind) {
        case domain::RefusalKind::not_found: made.kind = FaultKind::not_found; break;
        case domain::RefusalKind::conflict: made.kind = FaultKind::conflict; break;
        case domain::RefusalKind::gone: made.kind = FaultKind::gone; break;
        case domain::RefusalKind::invalid: made.kind = FaultKind::invalid; break;
    }
    if (!about.pointer.empty()) {
        made.errors.push_back({std::string(about.pointer), code, std::string(about.detail)});
    }
    return made;
}

}  // namespace commands
