// What a fuzz target demands of the code under test: a broken demand ends the run with the input.
#pragma once

#include <cstdlib>

namespace tests::fuzz {

inline void check(bool holds) {
    if (!holds) std::abort();
}

}  // namespace tests::fuzz
