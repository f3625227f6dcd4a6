// A reader of entries that has no person's key: texts about persons read as the empty text, as
// after an erasure. For what leaves the house: what was never read in clear cannot get out by
// mistake.
//
// Threads: all functions may be called from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "journal/entry.hpp"
#include "journal/key_store.hpp"

namespace journal {

class KeylessReader {
public:
    KeylessReader() = default;
    KeylessReader(const KeylessReader&) = delete;
    KeylessReader& operator=(const KeylessReader&) = delete;

    // REQUIRES: it only decodes.
    const EntryCodec& codec() const { return codec_; }

private:
    class NoKeys final : public KeyStore {
    public:
        bool create(std::span<const Person>) override { return false; }
        std::optional<DataKey> find(const Person&) override { return std::nullopt; }
        bool destroy(const Person&) override { return false; }
        bool keep(const Person&, const domain::CredentialId&, std::string_view) override {
            return false;
        }
        std::optional<std::string> kept(const Person&, const domain::CredentialId&) override {
            return std::nullopt;
        }
        bool drop(const Person&, const domain::CredentialId&) override { return false; }
    };
    class NoSealing final : public Sealing {
    public:
        std::string seal(const DataKey&, std::string_view, std::string_view) override { return {}; }
        std::optional<std::string> unseal(const DataKey&, std::string_view,
                                          std::string_view) override {
            return std::nullopt;
        }
    };

    NoKeys keys_;
    NoSealing sealing_;
    EntryCodec codec_{keys_, sealing_};
};

}  // namespace journal
