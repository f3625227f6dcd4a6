// The canonical form: the same value gives the same bytes, and they are read back as the same
// value.
#include "codec/writer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/codec/thing.hpp"

namespace codec {
namespace {

using testing::Colour;
using testing::Thing;

Thing full() {
    Thing thing;
    thing.sku = domain::Sku{"paper-1"};
    thing.colour = Colour::green;
    thing.parts = {{1}, {-2}};
    thing.title = domain::change_to<std::string>("T");
    thing.note = "a\"b\\c\n\x01 æ";
    thing.is_new = true;
    thing.small = 255;
    thing.made_at = *domain::parse_rfc3339("2026-01-31T10:00:00.5Z");
    thing.metadata = {{"b", {R"({"z":1,"a":[null]})"}}, {"a", {"1"}}};
    thing.owner.name = {"Kari"};
    thing.notes = {{"n", {"tall"}}};
    thing.secret = 42;
    return thing;
}

const std::string head =
    R"({"sku":"paper-1","colour":"GREEN","parts":[{"amount":1},{"amount":-2}],"title":"T",)"
    R"("note":"a\"b\\c\n\u0001 æ","isNew":true,"small":255,"madeAt":"2026-01-31T10:00:00.500Z",)"
    R"("metadata":{"a":1,"b":{"z":1,"a":[null]}})";

TEST(Writer, KeepsTheOrderOfTheDescription) {
    EXPECT_EQ(to_json(full()),
              head + R"(,"owner":{"name":"Kari"},"notes":{"n":"tall"},"secret":42})");
}

TEST(Writer, LeavesOutWhatIsEmptyAndMayBe) {
    EXPECT_EQ(to_json(Thing{}),
              R"({"colour":"RED","parts":[],"note":"","isNew":false,"small":0,)"
              R"("madeAt":"1970-01-01T00:00:00.000Z","metadata":{},"owner":{"name":""},)"
              R"("notes":{},"secret":0})");
}

TEST(Writer, ShowsEachAudienceWhatIsForIt) {
    EXPECT_EQ(to_json(full(), Audience::client),
              head + R"(,"owner":{"name":"Kari"},"notes":{"n":"tall"}})");
    EXPECT_EQ(to_json(full(), Audience::consumer), head + "}");
}

TEST(Writer, GivesBackWhatIsReadAgain) {
    for (const Thing& thing : {full(), Thing{}}) {
        Thing read;
        ASSERT_TRUE(read_stored(to_json(thing), read));
        EXPECT_EQ(read, thing);
        EXPECT_EQ(to_json(read), to_json(thing));
    }
}

TEST(Writer, EscapesNoMoreThanItMust) {
    std::string all;
    for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
    const std::string json = to_json(all);
    EXPECT_TRUE(json.starts_with(R"("\u0000\u0001)")) << json;
    EXPECT_NE(json.find(R"(\u0007\b\t\n\u000b\f\r\u000e)"), std::string::npos) << json;
    EXPECT_NE(json.find("/0123"), std::string::npos) << json;
    std::string read;
    ASSERT_TRUE(read_stored(json, read));
    EXPECT_EQ(read, all);
}

// Sealing that shows what it was asked to seal.
class ShownSeal final : public Seal, public Unseal {
public:
    std::string seal(std::string_view field, std::string_view plain) override {
        return std::string(field) + ':' + std::string(plain);
    }
    std::optional<std::string> unseal(std::string_view field, std::string_view sealed) override {
        const std::string begin = std::string(field) + ':';
        if (!sealed.starts_with(begin)) return std::nullopt;
        return std::string(sealed.substr(begin.size()));
    }
};

TEST(Writer, SealsPersonalTextUnderTheNameOfItsField) {
    ShownSeal seal;
    std::string json;
    write(json, full(), Audience::store, &seal);
    EXPECT_EQ(json, head + R"(,"owner":{"name":"name:Kari"},"notes":{"n":"notes:tall"},)"
                           R"("secret":42})");
    Document document;
    ASSERT_FALSE(document.parse(json, Strictness::stored));
    Reader reader(Strictness::stored, &seal);
    Thing read;
    type_of<Thing>().read(document.root(), &read, domain::Limits{}, reader);
    EXPECT_TRUE(reader.ok());
    EXPECT_EQ(read, full());
}

}  // namespace
}  // namespace codec
