#include "projections/folding.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace projections {
namespace {

constexpr auto fold_options =
    static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                   UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);

// What is typed for a small letter that Unicode does not decompose; empty for all others.
std::string_view plain_letters(utf8proc_int32_t letter) {
    switch (letter) {
        case 0xE6: return "ae";   // æ
        case 0xF0: return "d";    // ð
        case 0xF8: return "o";    // ø
        case 0xFE: return "th";   // þ
        case 0x111: return "d";   // đ
        case 0x127: return "h";   // ħ
        case 0x131: return "i";   // ı
        case 0x142: return "l";   // ł
        case 0x153: return "oe";  // œ
        case 0x167: return "t";   // ŧ
        default: return {};
    }
}

bool is_word_part(utf8proc_int32_t letter) {
    const auto category = utf8proc_category(letter);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

// Builds words at the end of a text.
class Words {
public:
    explicit Words(std::string& out) : out_(out), start_(out.size()) {}

    void letter(std::string_view bytes) {
        is_full_ = is_full_ || out_.size() - start_ + bytes.size() > word_bytes_max;
        if (!is_full_) out_ += bytes;
    }
    void end() {
        if (out_.size() == start_) return;
        out_ += ' ';
        is_full_ = false;
        start_ = out_.size();
    }

private:
    std::string& out_;
    std::size_t start_;
    bool is_full_ = false;
};

void add_folded(Words& words, utf8proc_int32_t letter) {
    if (const auto plain = plain_letters(letter); !plain.empty()) return words.letter(plain);
    if (!is_word_part(letter)) return words.end();
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto length = utf8proc_encode_char(letter, bytes.data());
    words.letter({reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length)});
}

// Folds the first code point of the text; returns its length in bytes.
std::size_t fold_first(Words& words, std::string_view text) {
    utf8proc_int32_t letter = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &letter);
    if (length <= 0) {
        words.end();
        return 1;
    }
    // The longest decomposition that Unicode has, U+FDFA, is 18 long.
    std::array<utf8proc_int32_t, 32> parts{};
    int boundary = 0;
    const auto count = utf8proc_decompose_char(
        letter, parts.data(), static_cast<utf8proc_ssize_t>(parts.size()), fold_options, &boundary);
    for (utf8proc_ssize_t i = 0; i < std::min<utf8proc_ssize_t>(count, 32); ++i) {
        add_folded(words, parts[static_cast<std::size_t>(i)]);
    }
    return static_cast<std::size_t>(length);
}

}  // namespace

void append_folded(std::string& out, std::string_view text) {
    Words words(out);
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        if (byte >= 0x80) {
            text.remove_prefix(fold_first(words, text));
            continue;
        }
        const char small = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : text.front();
        const bool is_plain = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
        if (is_plain) {
            words.letter({&small, 1});
        } else {
            words.end();
        }
        text.remove_prefix(1);
    }
    words.end();
}

}  // namespace projections
