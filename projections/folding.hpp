// Folding: text as searches see it, without case, accents and punctuation, by Unicode's own tables.
//
// NFKD, case folding, marks removed; letters that Unicode does not decompose but people type
// without their strokes (ł, ø, đ, æ …) become plain letters; all that is neither a letter nor a
// digit separates words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace projections {

// Longer words are cut to this many bytes, in texts and in queries alike.
inline constexpr std::size_t word_bytes_max = 48;

// Appends the text's words, each with a space behind it.
void append_folded(std::string& out, std::string_view text);

// REQUIRES: text that append_folded made.
template <class F>
void for_each_word(std::string_view folded, F&& use) {
    while (!folded.empty()) {
        const auto end = folded.find(' ');
        use(folded.substr(0, end));
        folded.remove_prefix(end + 1);
    }
}

}  // namespace projections
