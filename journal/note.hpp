// Signed notes (C2SP signed-note) with Ed25519: a text that others can verify, and its signatures.
//
//     note      = text empty-line signature…          ; each line ends with a newline
//     signature = "— " name " " base64(key hash:4 ‖ signature:64)
//     key hash  = SHA-256(name "\n" 0x01 ‖ public key), the first four bytes
//
// A verifier key is NAME+HEX+BASE64, "news.example/daybook+3a1c5e7f+AU…", as Go's
// golang.org/x/mod/sumdb/note writes it. Threads: all functions may be called from any thread.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "journal/chain.hpp"

struct evp_pkey_st;

namespace journal {

using SigningKey = std::shared_ptr<evp_pkey_st>;

class NoteSigner {
public:
    using Seed = std::array<unsigned char, 32>;

    // REQUIRES: the name is not empty and has neither spaces nor '+'.
    NoteSigner(std::string name, const Seed& seed);

    const std::string& name() const { return name_; }
    std::string verifier_key() const;
    // REQUIRES: the text ends with a newline and has no control characters but newlines.
    std::string sign(std::string_view text) const;

private:
    std::string name_;
    SigningKey key_;
    std::string public_key_;
};

class NoteVerifier {
public:
    // Nothing if it is no verifier key of Ed25519.
    static std::optional<NoteVerifier> parse(std::string_view verifier_key);

    const std::string& name() const { return name_; }
    // The text of a note that this key has signed; signatures of others are passed over. Nothing
    // if there is none of this key, if it is wrong, or if this is no note.
    std::optional<std::string> open(std::string_view note) const;

private:
    NoteVerifier(std::string name, std::string hash, SigningKey key)
        : name_(std::move(name)), hash_(std::move(hash)), key_(std::move(key)) {}

    std::string name_;
    std::string hash_;
    SigningKey key_;
};

}  // namespace journal
