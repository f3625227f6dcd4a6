#include "journal/checkpoint.hpp"

#include "domain/numbers.hpp"
#include "journal/base64.hpp"

namespace journal {
namespace {

// The line, and the text goes on behind it.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

// Written in one way alone.
template <class T>
std::optional<T> parse_number(std::string_view text) {
    const auto number = domain::parse_whole<T>(text);
    if (!number || std::to_string(*number) != text) return std::nullopt;
    return number;
}

std::optional<ShardNumber> shard_in(std::string_view origin, std::string_view name) {
    if (!origin.starts_with(name) || !origin.substr(name.size()).starts_with('/')) {
        return std::nullopt;
    }
    return parse_number<ShardNumber>(origin.substr(name.size() + 1));
}

}  // namespace

SignedCheckpoint signed_checkpoint(const Checkpoint& checkpoint, const NoteSigner& signer) {
    std::string text = signer.name();
    text.append("/").append(std::to_string(checkpoint.shard)).append("\n");
    text.append(std::to_string(checkpoint.size)).append("\n");
    text.append(to_base64(checkpoint.root)).append("\n");
    return {checkpoint, signer.sign(text)};
}

std::optional<SignedCheckpoint> open_checkpoint(std::string_view note,
                                                const NoteVerifier& verifier) {
    const auto opened = verifier.open(note);
    if (!opened) return std::nullopt;
    std::string_view text = *opened;
    const auto origin = take_line(text);
    const auto size = take_line(text);
    const auto root = take_line(text);
    if (!origin || !size || !root) return std::nullopt;
    const auto shard = shard_in(*origin, verifier.name());
    const auto number = parse_number<std::uint64_t>(*size);
    const auto hash = hash_from_base64(*root);
    if (!shard || !number || !hash) return std::nullopt;
    return SignedCheckpoint{{*shard, *number, *hash}, std::string(note)};
}

std::vector<std::string_view> split_notes(std::string_view text) {
    std::vector<std::string_view> notes;
    while (!text.empty()) {
        // The empty line before the signatures is the note's own.
        const std::size_t signatures = text.find("\n\n");
        const std::size_t end =
            signatures == std::string_view::npos ? signatures : text.find("\n\n", signatures + 2);
        const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
        notes.push_back(text.substr(0, size));
        text.remove_prefix(std::min(text.size(), size + 1));
    }
    return notes;
}

}  // namespace journal
