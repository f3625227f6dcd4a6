#include "infra/checkpoints/signing_key.hpp"

#include <algorithm>

#include "infra/keys/key_file.hpp"

namespace infra {

journal::NoteSigner checkpoint_signer(const Secret& root) {
    constexpr std::size_t name_digits = 16;
    const Secret key = derived_key("checkpoints", root);
    journal::Hash installation{};
    std::ranges::copy(derived_key("installation", root).bytes, installation.begin());
    return {"daybook/" + journal::to_hex(installation).substr(0, name_digits), key.bytes};
}

}  // namespace infra
