#include "cli/tokens.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "cli/exit_code.hpp"

namespace cli {
namespace {

constexpr std::uintmax_t bytes_max = 1 << 20;

class TokenFileFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace

TokenFile::TokenFile(const infra::Settings& settings) try : file_(settings.tokens_keys_file) {
    const bool is_wanted = !settings.tokens_keys_file.empty();
    if (settings.tokens_issuer.empty() == is_wanted ||
        settings.tokens_audience.empty() == is_wanted) {
        throw Exit(ExitCode::settings,
                   "tokens: give --tokens-keys-file, --tokens-issuer and --tokens-audience, or "
                   "none of them");
    }
    if (!is_wanted) return;
    seen_ = stamp();
    tokens_.emplace(api::TokenRules{.issuer = settings.tokens_issuer,
                                    .audience = settings.tokens_audience,
                                    .leeway = std::chrono::seconds(settings.tokens_leeway_s)},
                    read());
} catch (const TokenFileFault& fault) {
    throw Exit(ExitCode::settings, fault.what());
}

TokenFile::Stamp TokenFile::stamp() const {
    std::error_code missing;
    const auto changed = std::filesystem::last_write_time(file_, missing);
    if (missing) return {};
    const auto size = std::filesystem::file_size(file_, missing);
    return missing ? Stamp() : Stamp{changed, size};
}

api::TokenKeys TokenFile::read() const {
    const std::string name = "tokens.keys_file: " + file_.string() + ": ";
    std::ifstream stream(file_, std::ios::binary);
    if (!stream) throw TokenFileFault(name + "it cannot be read");
    if (seen_.size > bytes_max) throw TokenFileFault(name + "it is larger than 1 MiB");
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    auto keys = api::TokenKeys::parse(text);
    if (!keys) throw TokenFileFault(name + keys.error());
    return *std::move(keys);
}

void TokenFile::reload(infra::Log& log) try {
    if (!tokens_) return;
    seen_ = stamp();
    api::TokenKeys keys = read();
    const auto count = static_cast<std::int64_t>(keys.size());
    tokens_->replace(std::move(keys));
    log.info("token_keys_reloaded", {{"keys", count}});
} catch (const TokenFileFault& fault) {
    log.error("token_keys_not_reloaded", {{"message", fault.what()}});
}

void TokenFile::look(infra::Log& log) {
    if (tokens_ && stamp() != seen_) reload(log);
}

}  // namespace cli
