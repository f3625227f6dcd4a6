// What the reader takes and what it refuses, of requests and of what Daybook wrote itself.
#include "codec/reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/codec/thing.hpp"

namespace codec {
namespace {

using testing::Colour;
using testing::Thing;

// "pointer code" of each problem.
std::vector<std::string> faults(std::string_view body) {
    Thing thing;
    std::vector<Problem> problems;
    read_request(body, thing, problems);
    std::vector<std::string> found;
    for (const Problem& problem : problems) found.push_back(problem.pointer + ' ' + problem.code);
    return found;
}

std::string fault_of_document(std::string_view text) {
    const auto problem = Document().parse(text, Strictness::request);
    return problem ? problem->code : "";
}

using Faults = std::vector<std::string>;

TEST(Reader, FindsAllFaultsOfABodyAtOnce) {
    EXPECT_EQ(
        faults(R"({"sku":"a b","colour":"BLUE","parts":[{"amount":1},{"amount":10},{}],)"
               R"("title":null,"note":"too long a","isNew":1,"small":256,"madeAt":"today",)"
               R"("secret":1,"nope":{}})"),
        (Faults{"/sku invalid_format", "/colour unknown_value", "/parts/1/amount out_of_range",
                "/parts/2/amount required", "/title cannot_be_cleared", "/note wrong_length",
                "/isNew wrong_type", "/small out_of_range", "/madeAt invalid_format",
                "/secret unknown_field", "/nope unknown_field"}));
    EXPECT_EQ(faults("{}"), Faults{"/colour required"});
    EXPECT_EQ(faults("[]"), Faults{" wrong_type"});
}

TEST(Reader, EscapesPointers) {
    EXPECT_EQ(faults(R"({"colour":"RED","a/b~c":1})"), Faults{"/a~1b~0c unknown_field"});
}

TEST(Reader, HoldsTheLimitsOfListsAndMaps) {
    const std::string part = R"({"amount":1})";
    EXPECT_EQ(
        faults(R"({"colour":"RED","parts":[)" + part + "," + part + "," + part + "," + part + "]}"),
        Faults{"/parts too_many_items"});
    EXPECT_EQ(faults(R"({"colour":"RED","metadata":{"a":1,"b":2,"c":3}})"),
              Faults{"/metadata too_many_items"});
    EXPECT_EQ(faults(R"({"colour":"RED","metadata":{"":1,"b":"0123456789ab"}})"),
              (Faults{"/metadata/ wrong_length", "/metadata/b wrong_length"}));
}

TEST(Reader, CountsCharactersAndNotBytes) {
    EXPECT_EQ(faults(R"({"colour":"RED","note":"æøåæøåæ"})"), Faults{});
    EXPECT_EQ(faults(R"({"colour":"RED","note":"\ud83d\ude00\ud83d\ude00"})"), Faults{});
    EXPECT_EQ(faults(R"({"colour":"RED","note":"æøåæøåæø"})"), Faults{"/note wrong_length"});
}

TEST(Reader, RefusesCharactersThatNoXmlCanCarry) {
    for (const char* text : {R"(\u0001)", R"(\u001f)", R"(\u007f)", R"(\ufffe)", R"(\uffff)"}) {
        EXPECT_EQ(faults(R"({"colour":"RED","note":")" + std::string(text) + "\"}"),
                  Faults{"/note illegal_character"})
            << text;
    }
    EXPECT_EQ(faults(R"({"colour":"RED","note":"\t\n\r"})"), Faults{});
}

TEST(Reader, TellsReadOnlyFieldsFromUnknownOnes) {
    Thing thing;
    std::vector<Problem> problems;
    read_request(R"({"colour":"RED","amount":1,"createdAt":1,"nope":1})", thing, problems,
                 &type_of<testing::Part>());
    ASSERT_EQ(problems.size(), 3U);
    EXPECT_EQ(problems[0].code, "read_only_field");
    EXPECT_EQ(problems[1].code, "read_only_field");
    EXPECT_EQ(problems[2].code, "unknown_field");
}

TEST(Reader, KnowsAbsentNullAndValueOfAChange) {
    const auto title = [](std::string_view body) {
        domain::Change<std::string> change;
        std::vector<Problem> problems;
        Thing thing;
        read_request(body, thing, problems);
        return thing.title;
    };
    EXPECT_FALSE(title(R"({"colour":"RED"})").is_given);
    EXPECT_TRUE(title(R"({"colour":"RED","title":null})").clears());
    EXPECT_EQ(title(R"({"colour":"RED","title":"T"})").value, "T");
}

TEST(Reader, IgnoresInStoredDocumentsWhatANewerVersionAdded) {
    Thing thing;
    EXPECT_TRUE(
        read_stored(R"({"colour":"GREEN","later":{"a":[1]},"note":"longer than 7"})", thing));
    EXPECT_EQ(thing.colour, Colour::green);
    EXPECT_EQ(thing.note, "longer than 7");
    EXPECT_FALSE(read_stored(R"({"colour":"BLUE"})", thing));
    EXPECT_FALSE(read_stored(R"({"note":1})", thing));
    EXPECT_FALSE(read_stored("{", thing));
}

TEST(Reader, TakesIntegersThatFitAndNoOthers) {
    const auto fits = [](std::string_view number) {
        std::vector<std::int64_t> list;
        std::vector<Problem> problems;
        return read_request('[' + std::string(number) + ']', list, problems);
    };
    for (const char* good : {"0", "-0", "9223372036854775807", "-9223372036854775808"}) {
        EXPECT_TRUE(fits(good)) << good;
    }
    for (const char* bad : {"9223372036854775808", "-9223372036854775809", "18446744073709551616",
                            "1.0", "1e2", "1e400", "\"1\"", "null"}) {
        EXPECT_FALSE(fits(bad)) << bad;
    }
}

// The cases of JSONTestSuite that differ from one another, by what its names begin with.
TEST(Document, TakesEveryDocumentThatJsonMust) {
    const char* const good[] = {
        "[]",
        "[ ]",
        "{}",
        "[[]]",
        "[\"\"]",
        "[[]   ]",
        "[false]",
        "[null, 1, \"1\", {}]",
        "[null]",
        "[1\n]",
        " [1]",
        "[1,null,null,null,2]",
        "[2] ",
        "[0e+1]",
        "[0e1]",
        "[ 4]",
        "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
        "[20e1]",
        "[-0]",
        "[-123]",
        "[-1]",
        "[1E22]",
        "[1E-2]",
        "[1E+2]",
        "[123e45]",
        "[123.456e78]",
        "[1e-2]",
        "[1e+2]",
        "[123]",
        "[123.456789]",
        R"({"asd":"sdf", "dfg":"fgh"})",
        R"({"":0})",
        R"({"a":[]})",
        R"({"title":"\u041f\u043e\u043b\u0442\u043e\u0440\u0430"})",
        "{\n\"a\": \"b\"\n}",
        R"(["\u0060\u012a\u12AB"])",
        R"(["\uD801\udc37"])",
        R"(["\"\\\/\b\f\n\r\t"])",
        R"(["\\u0000"])",
        R"(["a/*b*/c/*d//e"])",
        R"(["\\a"])",
        R"(["\u0012"])",
        R"(["\uFFFF"])",
        "[\"asd\"]",
        "[ \"asd\"]",
        R"(["new\u00A0line"])",
        "[\"\xF4\x8F\xBF\xBF\"]",
        "[\"\xEF\xBF\xBF\"]",
        R"(["\u002c"])",
        "[\"\xCF\x80\"]",
        "[\"\xE2\x82\xAC\xF0\x9D\x84\x9E\"]",
        "[\"\x7F\"]",
        "\" \"",
        "false",
        "42",
        "-0.1",
        "null",
        "true",
        "\"\"",
        "[\"a\"]\n",
        "[true]",
    };
    for (const char* text : good) EXPECT_EQ(fault_of_document(text), "") << text;
}

TEST(Document, RefusesEveryDocumentThatIsNone) {
    const char* const bad[] = {
        "[1 true]",
        "[a\xE5]",
        "[\"\": 1]",
        "[\"\"],",
        "[,1]",
        "[1,,2]",
        "[\"x\",,]",
        "[\"x\"]]",
        "[\"\",]",
        "[\"x\"",
        "[x",
        "[3[4]]",
        "[\xFF]",
        "[1:2]",
        "[,]",
        "[-]",
        "[   , \"\"]",
        "[\"a\",\n4\n,1,",
        "[1,]",
        "[1,,]",
        "[\"\va\"\\f]",
        "[*]",
        "[\"\"",
        "[1,",
        "[{}",
        "[fals]",
        "[nul]",
        "[tru]",
        "[++1234]",
        "[+1]",
        "[+Inf]",
        "[-01]",
        "[-1.0.]",
        "[-2.]",
        "[-NaN]",
        "[.-1]",
        "[.2e-3]",
        "[0.1.2]",
        "[0.3e+]",
        "[0.3e]",
        "[0.e1]",
        "[0E+]",
        "[0e]",
        "[1.0e+]",
        "[1 000.0]",
        "[1eE2]",
        "[2.e+3]",
        "[2.e3]",
        "[9.e+]",
        "[Inf]",
        "[NaN]",
        "[1+2]",
        "[0x1]",
        "[0x42]",
        "[Infinity]",
        "[0e+-1]",
        "[-123.123foo]",
        "[-Infinity]",
        "[-foo]",
        "[- 1]",
        "[-012]",
        "[-.123]",
        "[-1x]",
        "[1ea]",
        "[1a]",
        "[.123]",
        "[1.]",
        "[1.2a-3]",
        "[012]",
        "[\"x\", truth]",
        "{[: \"x\"}",
        "{\"x\", null}",
        "{\"x\"::\"b\"}",
        "{key: 'value'}",
        "{\"a\":\"a\" 123}",
        "{1:1}",
        "{\"a\":\"a\"",
        "{\"a\" b}",
        "{:\"b\"}",
        "{\"a\" \"b\"}",
        "{\"a\":",
        "{\"a\"",
        "{1:1}",
        "{9999E9999:1}",
        "{null:null,null:null}",
        "{\"id\":0,,,,,}",
        "{'a':0}",
        "{\"id\":0,}",
        "{\"a\":\"b\"}/**/",
        "{\"a\":\"b\"}/**//",
        "{\"a\":\"b\"}//",
        "{\"a\":\"b\",,\"c\":\"d\"}",
        "{a: \"b\"}",
        "{\"a\":\"a",
        "{ \"foo\" : \"bar\", \"a\" }",
        "{\"a\":\"b\"}#",
        " ",
        R"(["\uD800\"])",
        R"(["\uD800\u"])",
        R"(["\uD800\u1"])",
        R"(["\uD800\u1x"])",
        "[\xC3\xA9]",
        R"(["\x00"])",
        R"(["\\\"])",
        "[\"\\\t\"]",
        R"(["\)",
        R"(["\u00A"])",
        R"(["\a"])",
        R"(["\uqqqq"])",
        "[\"\\\xE5\"]",
        "[\\u0020\"asd\"]",
        "[\\n]",
        "\"",
        "['single quote']",
        "abc",
        "[\"\\",
        "[\"new\nline\"]",
        "[\"\t\"]",
        "\"\\UA66D\"",
        "\"\"x",
        "<.>",
        "[<null>]",
        "[1]x",
        "[1]]",
        "[\"asd]",
        "a\xC3\xA5",
        "[True]",
        "1]",
        "{\"x\": true,",
        "[][]",
        "]",
        "\xEF\xBB\xBF{}",
        "\xE5",
        "[",
        "",
        "2@",
        "{}}",
        "{\"\":",
        "{\"a\":/*comment*/\"b\"}",
        "{\"a\": true} \"x\"",
        "['",
        "[,",
        "[{",
        "[\"a",
        "{]",
        "{,",
        "{[",
        "{\"a",
        "{'a'",
        "[\\u000A\"\"]",
        "*",
        "[1",
        "[1,",
        "\xE2\x81\xA0",
        "[\f]",
        // Encodings of nothing: too long, surrogates, beyond U+10FFFF, cut.
        "[\"\xC0\xAF\"]",
        "[\"\xE0\x80\xAF\"]",
        "[\"\xED\xA0\x80\"]",
        "[\"\xF4\x90\x80\x80\"]",
        "[\"\xE2\x82\"]",
        "[\"\x80\"]",
    };
    for (const char* text : bad) EXPECT_NE(fault_of_document(text), "") << text;
}

TEST(Document, SaysWhatIsWrong) {
    const std::pair<std::string, std::string> rows[] = {
        {"", "empty_body"},
        {"{", "bad_json"},
        {"[1e400]", "bad_number"},
        {"[18446744073709551616]", "bad_number"},
        {"[\"\xFF\"]", "bad_utf8"},
        {R"(["a\u0000b"])", "nul_character"},
        {R"({"a\u0000":1})", "nul_character"},
        {R"({"a":1,"b":{"c":1,"c":1}})", "duplicate_key"},
        {R"({"a":1,"\u0061":2})", "duplicate_key"},
    };
    for (const auto& [text, code] : rows) EXPECT_EQ(fault_of_document(text), code) << text;
    const auto problem = Document().parse(R"({"a":[1,{"c":1,"c":1}]})", Strictness::request);
    EXPECT_EQ(problem->pointer, "/a/1/c");
}

TEST(Document, GoesSixtyFourLevelsDeep) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(fault_of_document(nested(64)), "");
    EXPECT_EQ(fault_of_document(nested(65)), "too_deep");
    EXPECT_EQ(fault_of_document(nested(100'000)), "too_deep");
    EXPECT_NE(fault_of_document(std::string(100'000, '[')), "");
}

}  // namespace
}  // namespace codec
