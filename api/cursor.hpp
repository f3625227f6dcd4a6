// Cursors: where the next page of a list begins, in a form that clients cannot read or make.
//
//     cursor = base64url(SHA-256 of the list, 8 bytes ‖ HMAC-SHA-256, 16 bytes ‖ place)
//
// The HMAC covers the list and the place, so that a cursor is good for one tenant's one list with
// the same filters. Threads: a Cursors never changes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/mac.hpp"
#include "domain/result.hpp"

namespace api {

// Why a cursor is refused; the name is the problem's code.
enum class CursorRefusal : std::uint8_t {
    invalid_cursor,  // Not one of ours.
    cursor_mismatch  // Of another list, or of other filters.
};

class Cursors {
public:
    using Key = MacKey;
    explicit Cursors(const Key& key) : key_(key) {}

    // `list` says whose list it is, and of what; `place` is where it goes on.
    std::string seal(std::string_view list, std::string_view place) const;
    domain::Result<std::string, CursorRefusal> open(std::string_view list,
                                                    std::string_view cursor) const;

private:
    Key key_;
};

}  // namespace api
