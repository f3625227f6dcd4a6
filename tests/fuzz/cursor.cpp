// Any bytes as a cursor, and as the place that one holds. Nobody can make a cursor.
#include "api/cursor.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const api::Cursors cursors(api::Cursors::Key{7});
    tests::fuzz::check(!cursors.open("acme bills", bytes));
    tests::fuzz::check(cursors.open("acme bills", cursors.seal("acme bills", bytes)) ==
                       std::string(bytes));
    return 0;
}
