#include "infra/keys/key_file.hpp"

#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include "infra/durable_files.hpp"
#include "infra/keys/sealing.hpp"

namespace infra {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::string_view root_purpose = "root key";

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& file) {
    throw std::system_error(errno, std::generic_category(), what + " " + file.string());
}

std::optional<std::string> read_file(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return std::nullopt;
    std::ifstream stream(file, std::ios::binary);
    if (!stream) fail("cannot open", file);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

Secret new_key(Randomness& randomness) {
    Secret key;
    randomness.fill(key.bytes);
    return key;
}

void make_key_file(const std::filesystem::path& file, Randomness& randomness) {
    std::filesystem::create_directories(file.parent_path());
    const Secret key = new_key(randomness);
    std::array<char, 2 * key_bytes + 1> digits{};
    sodium_bin2hex(digits.data(), digits.size(), key.bytes.data(), key.bytes.size());
    digits.back() = '\n';
    replace_file(file, {digits.data(), digits.size()});
    sodium_memzero(digits.data(), digits.size());
}

std::filesystem::path next_of(const std::filesystem::path& key_file) {
    return key_file.string() + ".next";
}

// Nothing if it was wrapped by another key.
std::optional<Secret> unwrapped(const Secret& by, std::string_view purpose,
                                std::string_view wrapped) {
    auto plain = decrypt(by.bytes, purpose, wrapped);
    if (!plain || plain->size() != key_bytes) return std::nullopt;
    Secret key;
    std::ranges::copy(*plain, key.bytes.begin());
    sodium_memzero(plain->data(), plain->size());
    return key;
}

std::optional<Secret> opened_root(std::string_view wrapped, const Secret& key) {
    return unwrapped(key, root_purpose, wrapped);
}

}  // namespace

Secret key_encryption_key(const std::filesystem::path& file, bool may_make,
                          Randomness& randomness) {
    if (may_make && !std::filesystem::exists(file)) make_key_file(file, randomness);

    struct stat facts{};
    if (stat(file.c_str(), &facts) != 0) fail("cannot open", file);
    if ((facts.st_mode & 0077) != 0) {
        throw std::runtime_error(file.string() +
                                 " can be read by others than its owner; its mode must be 0600");
    }
    std::string text = read_file(file).value_or("");
    Secret key;
    std::size_t size = 0;
    const char* end = nullptr;
    const bool is_key = sodium_hex2bin(key.bytes.data(), key.bytes.size(), text.data(), text.size(),
                                       "\n", &size, &end) == 0 &&
                        size == key_bytes && end == text.data() + text.size();
    sodium_memzero(text.data(), text.size());
    if (!is_key) throw std::runtime_error(file.string() + " does not hold 64 hex digits");
    return key;
}

Secret root_key(const std::filesystem::path& key_file, const std::filesystem::path& root_file,
                bool may_make, Randomness& randomness) {
    const Secret key = key_encryption_key(key_file, may_make, randomness);
    const auto wrapped = read_file(root_file);
    if (!wrapped) return key;
    if (const auto root = opened_root(*wrapped, key)) return *root;
    const std::filesystem::path next = next_of(key_file);
    if (std::filesystem::exists(next)) {
        if (const auto root = opened_root(*wrapped, key_encryption_key(next, false, randomness))) {
            std::filesystem::rename(next, key_file);
            return *root;
        }
    }
    throw std::runtime_error("the key-encryption key in " + key_file.string() + " does not open " +
                             root_file.string() + ": it is another one, or was replaced");
}

void replace_key_encryption_key(const std::filesystem::path& key_file,
                                const std::filesystem::path& root_file,
                                const std::filesystem::path& to, Randomness& randomness) {
    const Secret root = root_key(key_file, root_file, false, randomness);
    const std::filesystem::path next = to.empty() ? next_of(key_file) : to;
    // A new one that opens nothing yet may be left of a replacement that was cut.
    if (to.empty()) std::filesystem::remove(next);
    const Secret key = key_encryption_key(next, true, randomness);
    const std::string_view plain(reinterpret_cast<const char*>(root.bytes.data()), key_bytes);
    replace_file(root_file, encrypt(key.bytes, root_purpose, plain, randomness));
    if (to.empty()) std::filesystem::rename(next, key_file);
}

Secret derived_key(std::string_view purpose, const Secret& root) {
    Secret key;
    const auto* text = reinterpret_cast<const unsigned char*>(purpose.data());
    crypto_generichash(key.bytes.data(), key.bytes.size(), text, purpose.size(), root.bytes.data(),
                       root.bytes.size());
    return key;
}

Secret derived_store_key(const std::filesystem::path& file, std::string_view purpose,
                         const Secret& root, Randomness& randomness) {
    if (const auto wrapped = read_file(file)) {
        if (const auto key = unwrapped(root, purpose, *wrapped)) return *key;
    }
    std::filesystem::create_directories(file.parent_path());
    const Secret key = new_key(randomness);
    const std::string_view plain(reinterpret_cast<const char*>(key.bytes.data()), key_bytes);
    replace_file(file, encrypt(root.bytes, purpose, plain, randomness));
    return key;
}

}  // namespace infra
