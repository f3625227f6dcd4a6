// Files that hold nothing but ciphertext: a RocksDB file system that encrypts what is written.
//
// It keeps personal data of derived stores from whoever gets hold of the disk. It does not keep him
// from changing files: damage is noticed by RocksDB's own checksums, forgery is not.
//
// A file is a header of 4,096 bytes and then the data, XORed with the XChaCha20 key stream at its
// position. The header: 8 bytes "daybook1", 24 bytes nonce (random, one a file), 16 bytes tag
// (BLAKE2b of both under the key, so that another key is an error and no garbage), zeros. REQUIRES:
// no file is written twice at one place (append-only, as SSTs and manifests are); a store with a
// recycled WAL must not use it.
#pragma once

#include <memory>

#include "infra/keys/secret.hpp"

namespace rocksdb {
class FileSystem;
}

namespace infra {

std::shared_ptr<rocksdb::FileSystem> encrypted_files(
    const std::shared_ptr<rocksdb::FileSystem>& files, const Secret& key);

}  // namespace infra
