// The key that signs checkpoints: derived from the root key, so that all nodes of an installation
// have the same one, nothing new has to be kept, and it stays when the key-encryption key is
// replaced.
#pragma once

#include "infra/keys/secret.hpp"
#include "journal/note.hpp"

namespace infra {

// Its name, "daybook/<16 digits>", is derived, too, and names the installation.
journal::NoteSigner checkpoint_signer(const Secret& root);

}  // namespace infra
