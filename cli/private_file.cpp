#include "cli/private_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

#include "cli/exit_code.hpp"
#include "infra/durable_files.hpp"
#include "journal/chain.hpp"

namespace cli {

std::string finish_sha256(crypto_hash_sha256_state& hash) {
    journal::Hash bytes{};
    crypto_hash_sha256_final(&hash, bytes.data());
    return journal::to_hex(bytes);
}

PrivateFile::PrivateFile(const std::filesystem::path& path)
    : path_(path), file_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (file_ < 0) refuse("cannot make");
    crypto_hash_sha256_init(&hash_);
}

PrivateFile::~PrivateFile() { close(file_); }

void PrivateFile::add(std::string_view line) {
    constexpr std::size_t buffer_max = 256 << 10;
    text_ += line;
    text_ += '\n';
    if (text_.size() >= buffer_max) flush();
}

StoredFile PrivateFile::finish() {
    flush();
    if (fsync(file_) != 0) refuse("cannot sync");
    return {path_.filename().string(), bytes_, finish_sha256(hash_)};
}

void PrivateFile::flush() {
    crypto_hash_sha256_update(&hash_, reinterpret_cast<const unsigned char*>(text_.data()),
                              text_.size());
    bytes_ += text_.size();
    if (!infra::write_all(file_, text_)) refuse("cannot write");
    text_.clear();
}

void PrivateFile::refuse(const std::string& what) const {
    throw Exit(ExitCode::failure,
               what + " " + path_.string() + ": " + std::generic_category().message(errno));
}

}  // namespace cli
