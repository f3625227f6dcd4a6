// Any bytes as a token, and, signed with a key that is trusted, as the header and the claims of
// one: the first line is the header. Only claims that name tenant and client are taken.
#include <cstddef>
#include <cstdint>
#include <string>

#include "api/tokens.hpp"
#include "tests/api/signer.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const api::Signer signer(api::TokenAlgorithm::ed_dsa, "k1");
    static const api::Tokens tokens({.issuer = "https://id.example", .audience = "daybook"},
                                    *api::TokenKeys::parse(signer.jwks()));
    constexpr domain::Timestamp now{std::chrono::seconds(1'800'000'000)};
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    tests::fuzz::check(!tokens.verify(bytes, now));

    const std::size_t line = std::min(bytes.find('\n'), bytes.size());
    const auto claims = bytes.substr(std::min(line + 1, bytes.size()));
    const auto token = signer.token(bytes.substr(0, line), claims);
    if (const auto principal = tokens.verify(token, now)) {
        tests::fuzz::check(!principal->tenant.text.empty() && !principal->client.empty() &&
                           principal->ends_at > now);
    }
    static_cast<void>(tokens.verify(signer.token(bytes), now));
    return 0;
}
