// A change asked of one field, as in a JSON merge patch (RFC 7396): keep it, clear it, or set it.
#pragma once

#include <optional>
#include <utility>

namespace domain {

template <class T>
struct Change {
    bool is_given = false;   // False: the field was not named, keep what there is.
    std::optional<T> value;  // Empty and given: clear.

    bool clears() const { return is_given && !value; }
    // What the field is after the change. A clear of a field that cannot be empty keeps it: guards
    // refuse it first.
    T or_else(T old) const {
        if (value) return *value;
        return old;
    }
    std::optional<T> over(std::optional<T> old) const {
        if (is_given) return value;
        return old;
    }
    bool operator==(const Change&) const = default;
};

template <class T>
Change<T> change_to(T value) {
    return {true, std::move(value)};
}

}  // namespace domain
