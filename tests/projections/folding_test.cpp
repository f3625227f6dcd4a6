#include "projections/folding.hpp"

#include <gtest/gtest.h>

namespace {

std::string folded(std::string_view text) {
    std::string out;
    projections::append_folded(out, text);
    return out;
}

TEST(Folding, LeavesOutCaseAccentsAndPunctuation) {
    const struct {
        std::string_view text;
        std::string_view words;
    } samples[] = {
        {"Kari.Nordmann@Example.org", "kari nordmann example org "},
        {"José", "jose "},
        {"Jose\xCC\x81", "jose "},  // A combining acute accent.
        {"Straße WEISS", "strasse weiss "},
        {"İstanbul ISTANBUL ısı", "istanbul istanbul isi "},
        {"Łukasz Wałęsa", "lukasz walesa "},
        {"Øst Æøå Ðórr Þing đ ħ œ", "ost aeoa dorr thing d h oe "},
        {"ﬁve № ①", "five no 1 "},  // Compatibility forms.
        {"ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ "},
        {"soft\xC2\xADhyphen", "softhyphen "},
        {"日本 新聞", "日本 新聞 "},
        {"  --  ", ""},
        {"", ""},
        {"a\xFF"
         "b\xC3",
         "a b "},  // Not UTF-8.
    };
    for (const auto& [text, words] : samples) EXPECT_EQ(folded(text), words) << text;
}

TEST(Folding, CutsLongWordsAtACharacter) {
    const std::string plain(200, 'x');
    EXPECT_EQ(folded(plain), std::string(projections::word_bytes_max, 'x') + " ");
    std::string wide;
    for (int i = 0; i < 30; ++i) wide += "日";
    const std::string cut = folded("x" + wide);
    EXPECT_EQ(cut.size(), 1 + 15 * 3 + 1U);
    EXPECT_EQ(folded("x" + wide + "yy"), cut);
}

}  // namespace
