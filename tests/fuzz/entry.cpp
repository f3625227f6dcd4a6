// Any bytes as a record of the journal. What can be read has to be written as it was, but for
// fields that nobody knows.
#include "journal/entry.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "tests/fuzz/check.hpp"
#include "tests/support/plain_keys.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static tests::support::PlainKeys keys;
    static tests::support::PlainSealing sealing;
    const journal::EntryCodec codec(keys, sealing);
    const auto decoded = codec.decode({reinterpret_cast<const char*>(data), size});
    if (!decoded) return 0;
    if (const auto* opening = std::get_if<journal::Opening>(&*decoded)) {
        const auto written = journal::EntryCodec::encode(*opening);
        const auto again = codec.decode(written);
        tests::fuzz::check(again.has_value());
        tests::fuzz::check(journal::EntryCodec::encode(std::get<journal::Opening>(*again)) ==
                           written);
    }
    return 0;
}
