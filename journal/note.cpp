#include "journal/note.hpp"

#include <openssl/evp.h>

#include <cassert>
#include <utility>
#include <vector>

#include "journal/base64.hpp"

namespace journal {
namespace {

constexpr char ed25519 = '\x01';
constexpr std::size_t public_key_bytes = 32;
constexpr std::size_t signature_bytes = 64;
constexpr std::size_t hash_bytes = 4;
constexpr std::size_t note_bytes_max = 1'000'000;
constexpr std::string_view signature_begin = "\xE2\x80\x94 ";  // An em dash.

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_key_name(std::string_view name) {
    return !name.empty() && name.find_first_of(" +\t\r\n") == std::string_view::npos;
}

std::string typed(std::string_view public_key) { return ed25519 + std::string(public_key); }

std::string key_hash(std::string_view name, std::string_view public_key) {
    const Hash hash = sha256(std::string(name) + '\n', typed(public_key));
    return std::string(as_text(hash).substr(0, hash_bytes));
}

std::string hex_of(std::string_view key_hash) {
    Hash padded{};
    key_hash.copy(reinterpret_cast<char*>(padded.data()), key_hash.size());
    return to_hex(padded).substr(0, 2 * key_hash.size());
}

bool is_signed(EVP_PKEY& key, std::string_view text, std::string_view signature) {
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, &key) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                            text.size()) == 1;
}

struct Signature {
    std::string_view name;
    std::string hash;
    std::string bytes;
};

// "— NAME BASE64" without the newline.
std::optional<Signature> parse_signature(std::string_view line) {
    if (!line.starts_with(signature_begin)) return std::nullopt;
    line.remove_prefix(signature_begin.size());
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) return std::nullopt;
    const auto bytes = from_base64(line.substr(space + 1));
    if (!bytes || bytes->size() <= hash_bytes) return std::nullopt;
    return Signature{line.substr(0, space), bytes->substr(0, hash_bytes),
                     bytes->substr(hash_bytes)};
}

// Nothing if one of the lines is no signature.
std::optional<std::vector<Signature>> parse_signatures(std::string_view lines) {
    std::vector<Signature> all;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        auto one = parse_signature(lines.substr(0, end));
        if (!one) return std::nullopt;
        all.push_back(*std::move(one));
        lines.remove_prefix(end + 1);
    }
    return all;
}

bool has_control_characters(std::string_view note) {
    for (const char c : note) {
        if (static_cast<unsigned char>(c) < ' ' && c != '\n') return true;
    }
    return false;
}

}  // namespace

NoteSigner::NoteSigner(std::string name, const Seed& seed)
    : name_(std::move(name)),
      key_(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
           &EVP_PKEY_free),
      public_key_(public_key_bytes, '\0') {
    assert(is_key_name(name_));
    std::size_t size = public_key_.size();
    const int ok = EVP_PKEY_get_raw_public_key(
        key_.get(), reinterpret_cast<unsigned char*>(public_key_.data()), &size);
    assert(ok == 1 && size == public_key_bytes);
}

std::string NoteSigner::verifier_key() const {
    std::string key = name_;
    key.append("+").append(hex_of(key_hash(name_, public_key_)));
    return key.append("+").append(to_base64(typed(public_key_)));
}

std::string NoteSigner::sign(std::string_view text) const {
    assert(text.ends_with('\n') && !has_control_characters(text));
    std::string signature(signature_bytes, '\0');
    std::size_t size = signature.size();
    const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    const bool ok =
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes_of(text), text.size()) == 1;
    assert(ok && size == signature_bytes);
    std::string note(text);
    note.append("\n").append(signature_begin).append(name_).append(" ");
    return note.append(to_base64(key_hash(name_, public_key_) + signature)).append("\n");
}

std::optional<NoteVerifier> NoteVerifier::parse(std::string_view verifier_key) {
    const std::size_t first = verifier_key.find('+');
    const std::size_t second = verifier_key.find('+', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
    const std::string_view name = verifier_key.substr(0, first);
    const auto key = from_base64(verifier_key.substr(second + 1));
    if (!is_key_name(name) || !key || key->size() != 1 + public_key_bytes ||
        key->front() != ed25519) {
        return std::nullopt;
    }
    const std::string_view public_key = std::string_view(*key).substr(1);
    std::string hash = key_hash(name, public_key);
    if (verifier_key.substr(first + 1, second - first - 1) != hex_of(hash)) return std::nullopt;
    SigningKey parsed(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key),
                                                  public_key.size()),
                      &EVP_PKEY_free);
    if (parsed == nullptr) return std::nullopt;
    return NoteVerifier(std::string(name), std::move(hash), std::move(parsed));
}

std::optional<std::string> NoteVerifier::open(std::string_view note) const {
    if (note.size() > note_bytes_max || has_control_characters(note)) return std::nullopt;
    const std::size_t split = note.rfind("\n\n");
    if (split == std::string_view::npos) return std::nullopt;
    const std::string_view text = note.substr(0, split + 1);
    const auto signatures = parse_signatures(note.substr(split + 2));
    if (!signatures) return std::nullopt;
    bool is_ours = false;
    for (const Signature& one : *signatures) {
        if (one.name != name_ || one.hash != hash_) continue;
        if (!is_signed(*key_, text, one.bytes)) return std::nullopt;
        is_ours = true;
    }
    if (!is_ours) return std::nullopt;
    return std::string(text);
}

}  // namespace journal
