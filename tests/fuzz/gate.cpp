// Any bytes as a request. The gate, given the head at once and the body in pieces of any size, may
// refuse it, but has to take the same and say the same however the body was cut.
#include "api/http/gate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/check.hpp"

namespace {

using api::http::Gate;

struct Outcome {
    std::string code;
    std::string body;
    bool is_done = false;
    bool operator==(const Outcome&) const = default;
};

Outcome outcome(Gate& gate, const Gate::Refusal& refusal) {
    return {refusal ? std::string(refusal->code) : "", refusal ? "" : gate.request().body,
            gate.is_done()};
}

Outcome read(std::string_view head, std::string_view body, std::size_t piece) {
    api::http::ServerConfig config;
    config.body_bytes_max = 4096;
    config.chunk_framing_bytes_max = 1024;
    Gate gate(config);
    if (auto refusal = gate.read_head(head, [] { return std::uint64_t{1}; })) {
        return outcome(gate, refusal);
    }
    std::string waiting;
    while (!gate.is_done() && gate.has_body()) {
        const std::size_t more = std::min(piece, body.size());
        waiting += body.substr(0, more);
        body.remove_prefix(more);
        std::size_t consumed = 0;
        if (auto refusal = gate.read_body(waiting, consumed)) return outcome(gate, refusal);
        tests::fuzz::check(consumed <= waiting.size());
        waiting.erase(0, consumed);
        if (more == 0) break;
    }
    return outcome(gate, {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    api::http::HeadScanner scanner;
    if (scanner.scan(bytes) != api::http::HeadScanner::Found::end) return 0;
    const auto head = bytes.substr(0, scanner.size());
    const auto body = bytes.substr(scanner.size());
    const Outcome whole = read(head, body, body.size() + 1);
    tests::fuzz::check(whole == read(head, body, 1));
    tests::fuzz::check(whole == read(head, body, 7));
    return 0;
}
