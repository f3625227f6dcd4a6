// Golden files: an entry with each event as it was once written, kept for ever in golden/. Whatever
// changes, entries like these are in journals, so today's program has to read them all.
//
//     golden/BillPaid.1.json     the first form of the event; BillPaid.2.json came with a new field
//
// A file is never changed or deleted. DAYBOOK_REGENERATE=1 adds what is missing.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "journal/entry.hpp"
#include "journal/event_codec.hpp"
#include "tests/support/kept_file.hpp"
#include "tests/support/plain_keys.hpp"
#include "tests/support/sample.hpp"

namespace journal {
namespace {

using simdjson::dom::element;

const std::filesystem::path folder = std::filesystem::path(SOURCE_DIR) / "tests/journal/golden";

constexpr std::string_view regenerate =
    "Run DAYBOOK_REGENERATE=1 build/debug/tests/journal_test --gtest_filter='Golden*' and commit "
    "what it adds.";
constexpr std::string_view never =
    "Entries like this one are in journals for ever. A field is never renamed, retyped, removed or "
    "given another meaning: take the change back, add a new field beside the old one, or make a "
    "new event type (docs/events.md, \"Changing an event\").";

// The same key for everybody, on every machine.
class OneDataKey final : public KeyStore {
public:
    bool create(std::span<const Person>) override { return true; }
    std::optional<DataKey> find(const Person&) override {
        DataKey key{};
        key.fill('k');
        return key;
    }
    bool destroy(const Person&) override { return false; }
    bool keep(const Person&, const domain::CredentialId&, std::string_view) override {
        return false;
    }
    std::optional<std::string> kept(const Person&, const domain::CredentialId&) override {
        return std::nullopt;
    }
    bool drop(const Person&, const domain::CredentialId&) override { return false; }
};

// By type, in the order in which they came.
std::map<std::string, std::vector<std::string>> golden_entries() {
    std::map<std::string, std::map<int, std::string>> found;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        const std::string name = file.path().stem().string();
        const std::size_t dot = name.find('.');
        std::string text = tests::support::read_file(file.path());
        text.pop_back();  // The line's end.
        found[name.substr(0, dot)][std::stoi(name.substr(dot + 1))] = text;
    }
    std::map<std::string, std::vector<std::string>> entries;
    for (auto& [type, numbered] : found) {
        for (auto& [number, text] : numbered) entries[type].push_back(std::move(text));
    }
    return entries;
}

// Is everything of `old` in `now`, with the same value?
bool contains(const element& now, const element& old) {
    if (old.is_array() && now.is_array()) {
        const simdjson::dom::array a = now;
        const simdjson::dom::array b = old;
        return std::ranges::equal(
            a, b, [](const element& x, const element& y) { return contains(x, y); });
    }
    if (!old.is_object()) return simdjson::minify(now) == simdjson::minify(old);
    for (const auto [key, value] : simdjson::dom::object(old)) {
        element same;
        if (now[key].get(same) != simdjson::SUCCESS || !contains(same, value)) return false;
    }
    return true;
}
bool contains(const std::string& now, const std::string& old) {
    simdjson::dom::parser parser_now;
    simdjson::dom::parser parser_old;
    return contains(parser_now.parse(now).value(), parser_old.parse(old).value());
}

// Was the event written before its version was raised? Then it is brought up to date, and differs.
bool is_of_older_version(const std::string& entry, const std::string& type) {
    simdjson::dom::parser parser;
    const std::uint64_t version = parser.parse(entry).value()["events"].at(0)["version"];
    return version < find_event_type(type)->version;
}

class Golden : public ::testing::Test {
protected:
    std::string write(const Entry& entry) const { return codec_.encode(entry); }
    std::variant<std::monostate, Entry> read(const std::string& bytes) const {
        auto decoded = codec_.decode(bytes);
        if (!decoded || !std::holds_alternative<Entry>(*decoded)) return {};
        return std::get<Entry>(*std::move(decoded));
    }

private:
    OneDataKey keys_;
    tests::support::PlainSealing sealing_;
    EntryCodec codec_{keys_, sealing_};
};

TEST_F(Golden, EveryEventHasAFileOfItsPresentForm) {
    auto golden = golden_entries();
    for (const EventType& type : event_types()) {
        const std::string now = write(tests::support::sample_entry(type));
        std::vector<std::string>& files = golden[std::string(type.name)];
        if (std::ranges::find(files, now) != files.end()) continue;
        const std::string name =
            std::string(type.name) + '.' + std::to_string(files.size() + 1) + ".json";
        if (tests::support::regenerates()) {
            tests::support::write_file(folder / name, now + '\n');
        } else {
            ADD_FAILURE() << type.name << " is written in a form that no golden file has:\n"
                          << now << "\nIf the event is new, or has a new field: " << regenerate;
        }
    }
}

TEST_F(Golden, EveryFormThatEverWasIsReadAndLosesNothing) {
    for (const auto& [type, files] : golden_entries()) {
        for (const std::string& bytes : files) {
            SCOPED_TRACE(type);
            const auto entry = read(bytes);
            ASSERT_TRUE(std::holds_alternative<Entry>(entry))
                << "This entry cannot be read any more:\n"
                << bytes << '\n'
                << never;
            if (is_of_older_version(bytes, type)) continue;
            const std::string now = write(std::get<Entry>(entry));
            EXPECT_TRUE(contains(now, bytes)) << "Of this entry\n"
                                              << bytes << "\nonly this is left:\n"
                                              << now << '\n'
                                              << never;
        }
    }
}

TEST_F(Golden, TheLastFormIsWrittenAsItWas) {
    for (const auto& [type, files] : golden_entries()) {
        const auto entry = read(files.back());
        ASSERT_TRUE(std::holds_alternative<Entry>(entry)) << type;
        EXPECT_EQ(write(std::get<Entry>(entry)), files.back()) << type << ": " << never;
    }
}

TEST_F(Golden, NoTypeWasEverTakenAway) {
    for (const auto& [type, files] : golden_entries()) {
        EXPECT_NE(find_event_type(type), nullptr) << type << " is gone. " << never;
    }
}

// "BillStatus PAID": every name that an enumeration of an event can have. A sample shows one only.
void collect_wire_names(const codec::Type& type, std::set<std::string>& names) {
    for (const std::string_view name : type.wire_names) {
        if (!name.empty()) names.insert(std::string(type.name) + ' ' + std::string(name));
    }
    if (type.element != nullptr) collect_wire_names(type.element(), names);
    for (const codec::Member& member : type.members) collect_wire_names(member.type(), names);
}

TEST(GoldenNames, AreKeptForEver) {
    const auto path = std::filesystem::path(SOURCE_DIR) / "tests/journal/wire_names.txt";
    std::set<std::string> now;
    for (const EventType& type : event_types()) collect_wire_names(type.type(), now);
    std::set<std::string> kept;
    std::istringstream file(tests::support::read_file(path));
    for (std::string line; std::getline(file, line);) kept.insert(line);
    for (const std::string& name : kept) {
        EXPECT_TRUE(now.contains(name)) << name << " is gone. " << never;
    }
    std::string added;
    for (const std::string& name : now) added += kept.insert(name).second ? name + ' ' : "";
    if (added.empty()) return;
    if (!tests::support::regenerates()) {
        ADD_FAILURE() << "New in events: " << added << ". " << regenerate;
        return;
    }
    std::string text;
    for (const std::string& name : kept) text += name + '\n';
    tests::support::write_file(path, text);
}

TEST(GoldenForms, AChangedFieldIsNoticed) {
    EXPECT_TRUE(contains(R"({"a":{"b":1,"c":2}})", R"({"a":{"b":1}})"));
    EXPECT_FALSE(contains(R"({"a":{"c":1}})", R"({"a":{"b":1}})"));
    EXPECT_FALSE(contains(R"({"a":{"b":"1"}})", R"({"a":{"b":1}})"));
    EXPECT_FALSE(contains(R"({"a":[1]})", R"({"a":[1,2]})"));
}

TEST(GoldenOpening, IsReadAndWrittenAsEver) {
    const Opening opening{.shard = 3,
                          .id = "0197f3a0c0de70008000000000000001",
                          .node = "node-1",
                          .address = "10.0.0.1:8080",
                          .time = *domain::parse_rfc3339("2026-01-31T10:00:00.123Z")};
    const std::string bytes =
        R"({"v":1,"shard":3,"opening":{"id":"0197f3a0c0de70008000000000000001","node":"node-1",)"
        R"("address":"10.0.0.1:8080"},"time":"2026-01-31T10:00:00.123Z"})";
    EXPECT_EQ(EntryCodec::encode(opening), bytes);
    OneDataKey keys;
    tests::support::PlainSealing sealing;
    const auto read = EntryCodec(keys, sealing).decode(bytes);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(std::get<Opening>(*read), opening);
}

}  // namespace
}  // namespace journal
