// The file that goes with an exported journal: the keys of persons, still wrapped, and where each
// shard ends.
//
//     file  = first person… shard…                        ; one JSON object a line
//     first = {"v":1,"shards":N,"check":BASE64}           ; of the key-encryption key
//     person = {"tenant":TENANT,"user":USER,"key":BASE64[,"credential":ID]}
//                                                         ; an empty key was destroyed; with an id
//                                                         ; it is a credential, sealed
//     shard = {"shard":N,"seq":N,"head":HEX64}            ; all of them, in order
//
// Without it the personal data of the journal would be lost, and a journal that was cut would look
// like a whole one. Whoever has it and the key-encryption key can read what is sealed; with the
// file alone nobody can.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/private_file.hpp"
#include "codec/reflect.hpp"
#include "infra/keys/wrapped_keys.hpp"
#include "journal/chain.hpp"
#include "journal/journal.hpp"
#include "journal/validity.hpp"

namespace cli {

// Where a shard ends.
struct ShardEnd {
    journal::Seq seq = 0;
    journal::Hash head{};
    bool operator==(const ShardEnd&) const = default;
};

// Writes the file, for its owner alone, and adds whose keys were destroyed to `erased`, if that is
// wanted. Throws Exit when it cannot be written or is there.
StoredFile write_keys_file(const std::filesystem::path& path, const std::string& check,
                           infra::WrappedKeys& keys, std::span<const ShardEnd> ends,
                           std::vector<journal::Person>* erased = nullptr);

class KeysFile {
public:
    // Reads the first line. Throws Exit, as all that follows, when the file is no such file or was
    // cut.
    explicit KeysFile(const std::filesystem::path& path);

    journal::ShardNumber shards() const { return shards_; }
    const std::string& check() const { return check_; }

    // Gives the keys in parts, and then all ends of shards. REQUIRES: called once.
    std::vector<ShardEnd> read(const std::function<void(std::span<const infra::WrappedKey>)>& use);

private:
    std::string next_line();
    [[noreturn]] void refuse(const std::string& why) const;

    std::filesystem::path path_;
    std::ifstream file_;
    std::uint64_t line_ = 0;
    journal::ShardNumber shards_ = 0;
    std::string check_;
};

}  // namespace cli
