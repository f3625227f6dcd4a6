// A new file of lines that only its owner may read, and what it comes to: its size and SHA-256.
//
// Throws Exit (failure) when the disk refuses. Not thread-safe.
#pragma once

#include <sodium.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "codec/reflect.hpp"

namespace cli {

// A file by its name, in a directory that is known, and its content.
struct StoredFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::string sha256;
};
constexpr auto describe(const StoredFile*) {
    using domain::field;
    return domain::fields(field<&StoredFile::name>("name", ""),
                          field<&StoredFile::bytes>("bytes", ""),
                          field<&StoredFile::sha256>("sha256", ""));
}

class PrivateFile {
public:
    // REQUIRES: there is no such file.
    explicit PrivateFile(const std::filesystem::path& path);
    ~PrivateFile();
    PrivateFile(const PrivateFile&) = delete;
    PrivateFile& operator=(const PrivateFile&) = delete;

    void add(std::string_view line);
    // Writes all, durably. Nothing may be added afterwards.
    StoredFile finish();

    // Written or added so far.
    std::uint64_t bytes() const { return bytes_ + text_.size(); }

private:
    void flush();
    [[noreturn]] void refuse(const std::string& what) const;

    std::filesystem::path path_;
    int file_;
    std::string text_;
    std::uint64_t bytes_ = 0;
    crypto_hash_sha256_state hash_{};
};

// In hex, of the hash that was begun with `hash`.
std::string finish_sha256(crypto_hash_sha256_state& hash);

}  // namespace cli
