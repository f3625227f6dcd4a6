// Tokens as the settings have them: the file of the identity provider's keys, and when it changes.
//
// Threads: `get` from any thread; the others from one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "api/tokens.hpp"
#include "infra/log.hpp"
#include "infra/settings.hpp"

namespace cli {

class TokenFile {
public:
    // Throws Exit (settings) when the file cannot be used, or a setting is missing.
    explicit TokenFile(const infra::Settings& settings);

    // Null when no tokens are taken.
    const api::Tokens* get() const { return tokens_ ? &*tokens_ : nullptr; }
    // Reads the file again and logs what came of it. What cannot be used leaves the keys that were
    // there.
    void reload(infra::Log& log);
    // The same if the file is another one than last time.
    void look(infra::Log& log);

private:
    // Of a file that was replaced, at least one is another one.
    struct Stamp {
        std::filesystem::file_time_type changed;
        std::uintmax_t size = 0;
        bool operator==(const Stamp&) const = default;
    };
    Stamp stamp() const;
    api::TokenKeys read() const;

    std::filesystem::path file_;
    Stamp seen_;
    std::optional<api::Tokens> tokens_;
};

}  // namespace cli
