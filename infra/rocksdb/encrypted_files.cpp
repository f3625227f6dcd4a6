#include "infra/rocksdb/encrypted_files.hpp"

#include <rocksdb/env_encryption.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace infra {
namespace {

constexpr std::string_view magic = "daybook1";
constexpr std::size_t header_bytes = 4096;
constexpr std::size_t nonce_bytes = crypto_stream_xchacha20_NONCEBYTES;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t block_bytes = 64;

using Tag = std::array<unsigned char, tag_bytes>;

const unsigned char* unsigned_bytes(const char* bytes) {
    return reinterpret_cast<const unsigned char*>(bytes);
}

Tag tag_of(const char* header, const Secret& key) {
    Tag tag;
    crypto_generichash(tag.data(), tag.size(), unsigned_bytes(header), magic.size() + nonce_bytes,
                       key.bytes.data(), key.bytes.size());
    return tag;
}

// The key stream of one file. XChaCha20 is HChaCha20, done once here, and then ChaCha20.
class CipherStream final : public rocksdb::BlockAccessCipherStream {
public:
    CipherStream(const Secret& key, const unsigned char* nonce) {
        crypto_core_hchacha20(key_.bytes.data(), nonce, key.bytes.data(), nullptr);
        std::copy_n(nonce + crypto_core_hchacha20_INPUTBYTES, nonce_.size(), nonce_.begin());
    }

    std::size_t BlockSize() override { return block_bytes; }

    rocksdb::Status Encrypt(std::uint64_t position, char* data, std::size_t size) override {
        auto* bytes = reinterpret_cast<unsigned char*>(data);
        const std::size_t skipped = position % block_bytes;
        std::uint64_t block = position / block_bytes;
        if (skipped > 0) {
            std::array<unsigned char, block_bytes> whole{};
            const std::size_t part = std::min(size, block_bytes - skipped);
            std::copy_n(bytes, part, whole.begin() + skipped);
            add_stream(whole.data(), whole.size(), block);
            std::copy_n(whole.begin() + skipped, part, bytes);
            bytes += part;
            size -= part;
            ++block;
        }
        add_stream(bytes, size, block);
        return rocksdb::Status::OK();
    }

    rocksdb::Status Decrypt(std::uint64_t position, char* data, std::size_t size) override {
        return Encrypt(position, data, size);
    }

protected:
    void AllocateScratch(std::string& /*scratch*/) override {}
    rocksdb::Status EncryptBlock(std::uint64_t block, char* data, char* /*scratch*/) override {
        return Encrypt(block * block_bytes, data, block_bytes);
    }
    rocksdb::Status DecryptBlock(std::uint64_t block, char* data, char* /*scratch*/) override {
        return Encrypt(block * block_bytes, data, block_bytes);
    }

private:
    void add_stream(unsigned char* bytes, std::size_t size, std::uint64_t block) const {
        if (size == 0) return;
        crypto_stream_chacha20_xor_ic(bytes, bytes, size, nonce_.data(), block, key_.bytes.data());
    }

    Secret key_;
    std::array<unsigned char, crypto_stream_chacha20_NONCEBYTES> nonce_{};
};

class CipherProvider final : public rocksdb::EncryptionProvider {
public:
    explicit CipherProvider(const Secret& key) : key_(key) {}

    const char* Name() const override { return "daybook.XChaCha20"; }
    std::size_t GetPrefixLength() const override { return header_bytes; }

    rocksdb::Status CreateNewPrefix(const std::string& /*file*/, char* header,
                                    std::size_t size) const override {
        std::memset(header, 0, size);
        std::ranges::copy(magic, header);
        randombytes_buf(header + magic.size(), nonce_bytes);
        std::ranges::copy(tag_of(header, key_), header + magic.size() + nonce_bytes);
        return rocksdb::Status::OK();
    }

    rocksdb::Status AddCipher(const std::string& /*descriptor*/, const char* /*cipher*/,
                              std::size_t /*size*/, bool /*for_write*/) override {
        return rocksdb::Status::NotSupported("The key is given at construction.");
    }

    rocksdb::Status CreateCipherStream(
        const std::string& file, const rocksdb::EnvOptions& /*options*/, rocksdb::Slice& header,
        std::unique_ptr<rocksdb::BlockAccessCipherStream>* result) override {
        const bool ours =
            header.size() == header_bytes &&
            std::string_view(header.data(), header.size()).starts_with(magic) &&
            std::ranges::equal(
                tag_of(header.data(), key_),
                std::string_view(header.data() + magic.size() + nonce_bytes, tag_bytes), {}, {},
                [](char c) { return static_cast<unsigned char>(c); });
        if (!ours) return rocksdb::Status::Corruption("not encrypted with this key", file);

        *result =
            std::make_unique<CipherStream>(key_, unsigned_bytes(header.data() + magic.size()));
        return rocksdb::Status::OK();
    }

private:
    Secret key_;
};

// Below RocksDB's encrypting file system, which ends the process when it meets a file that is
// shorter than its header, as files are that a power failure cut off. Nothing lasting was ever in
// such a file (the write-ahead log that a store without one has all the same), so here it is empty.
class HeaderedFiles final : public rocksdb::FileSystemWrapper {
public:
    explicit HeaderedFiles(const std::shared_ptr<rocksdb::FileSystem>& files)
        : FileSystemWrapper(files) {}

    const char* Name() const override { return "daybook.HeaderedFiles"; }

    rocksdb::IOStatus GetFileSize(const std::string& file, const rocksdb::IOOptions& options,
                                  std::uint64_t* size, rocksdb::IODebugContext* debug) override {
        auto status = FileSystemWrapper::GetFileSize(file, options, size, debug);
        if (status.ok()) *size = seeming_size(*size);
        return status;
    }
    rocksdb::IOStatus GetChildrenFileAttributes(const std::string& directory,
                                                const rocksdb::IOOptions& options,
                                                std::vector<rocksdb::FileAttributes>* children,
                                                rocksdb::IODebugContext* debug) override {
        auto status =
            FileSystemWrapper::GetChildrenFileAttributes(directory, options, children, debug);
        for (auto& child : *children) child.size_bytes = seeming_size(child.size_bytes);
        return status;
    }
    rocksdb::IOStatus NewSequentialFile(const std::string& file,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                        rocksdb::IODebugContext* debug) override {
        std::uint64_t size = 0;
        const auto found = FileSystemWrapper::GetFileSize(file, options.io_options, &size, debug);
        if (found.ok() && size != seeming_size(size)) {
            std::unique_ptr<rocksdb::FSWritableFile> emptied;
            auto status = FileSystemWrapper::NewWritableFile(file, options, &emptied, debug);
            if (!status.ok()) return status;
        }
        return FileSystemWrapper::NewSequentialFile(file, options, result, debug);
    }

private:
    static std::uint64_t seeming_size(std::uint64_t size) { return size < header_bytes ? 0 : size; }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> encrypted_files(
    const std::shared_ptr<rocksdb::FileSystem>& files, const Secret& key) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
    return rocksdb::NewEncryptedFS(std::make_shared<HeaderedFiles>(files),
                                   std::make_shared<CipherProvider>(key));
}

}  // namespace infra
