// The list of all events in docs/events.md says what the code says. DAYBOOK_REGENERATE=1 writes it.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "journal/event_codec.hpp"
#include "tests/support/kept_file.hpp"

namespace journal {
namespace {

constexpr std::string_view begin =
    "<!-- From here on written by tests/journal/events_page_test.cpp -->\n";
constexpr std::string_view end = "<!-- To here -->\n";

bool is_personal(const codec::Type& type) {
    if (type.kind == codec::TypeKind::personal) return true;
    if (type.element != nullptr) return is_personal(type.element());
    return std::ranges::any_of(
        type.members, [](const codec::Member& member) { return is_personal(member.type()); });
}

std::string fields_of(const codec::Type& type) {
    std::string fields;
    for (const codec::Member& member : type.members) {
        if (!fields.empty()) fields += ' ';
        fields += '`' + std::string(member.name) + '`';
        if (is_personal(member.type())) fields += "\\*";
    }
    return fields.empty() ? "–" : fields;
}

std::string all_types() {
    std::string text;
    std::optional<domain::Kind> kind;
    for (const EventType& type : event_types()) {
        if (kind != type.kind) {
            kind = type.kind;
            text += "\n### " + std::string(domain::name(type.kind)) +
                    "\n\n| type | version | data |\n|---|---|---|\n";
        }
        text += "| `" + std::string(type.name) + "` | " + std::to_string(type.version) + " | " +
                fields_of(type.type()) + " |\n";
    }
    return text + '\n';
}

TEST(EventsPage, ListsAllEventsAsTheyAre) {
    const auto path = std::filesystem::path(SOURCE_DIR) / "docs/events.md";
    const std::string page = tests::support::read_file(path);
    const std::size_t first = page.find(begin);
    const std::size_t last = page.find(end);
    ASSERT_TRUE(first != std::string::npos && last != std::string::npos);
    const std::string right =
        page.substr(0, first + begin.size()) + all_types() + page.substr(last);
    if (page == right) return;
    if (tests::support::regenerates()) return tests::support::write_file(path, right);
    ADD_FAILURE() << "The list in docs/events.md is not what the code says. Run "
                     "DAYBOOK_REGENERATE=1 build/debug/tests/journal_test "
                     "--gtest_filter='EventsPage.*' and commit the page.";
}

}  // namespace
}  // namespace journal
