// Result<T, E>: a value, or the reason why there is none. Expected failures travel as values; see
// docs/architecture.md, "Errors".
#pragma once

#include <expected>

namespace domain {

template <class T, class E>
using Result = std::expected<T, E>;

template <class E>
using Failure = std::unexpected<E>;

}  // namespace domain
