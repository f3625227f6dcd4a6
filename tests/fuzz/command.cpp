// Any bytes as the body of a command, of each kind of command there is: the first byte chooses it.
// What is taken has to come out the same when it is written and read again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "api/body.hpp"
#include "codec/reflect.hpp"
#include "domain/aggregates.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using Read = void (*)(std::string_view body);

template <class Wish>
void read(std::string_view body) {
    Wish wish;
    if (api::read_body(body, codec::type_of<Wish>(), &wish, nullptr)) return;
    const std::string written = codec::to_json(wish);
    Wish again;
    tests::fuzz::check(codec::read_stored(written, again));
    tests::fuzz::check(codec::to_json(again) == written);
}

template <class... Wish>
void add(std::vector<Read>& all, std::type_identity<std::variant<Wish...>>) {
    (all.push_back(&read<Wish>), ...);
}

std::vector<Read> all_commands() {
    std::vector<Read> all;
    domain::Deciders::for_each([&all](auto decider) {
        add(all, std::type_identity<typename decltype(decider)::type::Command>{});
    });
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto commands = all_commands();
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    commands[data[0] % commands.size()](bytes.substr(1));
    return 0;
}
