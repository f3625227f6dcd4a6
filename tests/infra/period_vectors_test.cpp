// Billing periods as another implementation counts them: tools/period_vectors.py made the vectors.
#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string>

#include "domain/period.hpp"
#include "infra/zones.hpp"

namespace infra {
namespace {

std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

domain::RecurringInterval interval(std::string_view text) {
    const auto names = describe(static_cast<const domain::RecurringInterval*>(nullptr));
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) return static_cast<domain::RecurringInterval>(i);
    }
    ADD_FAILURE() << text;
    return {};
}

TEST(PeriodVectors, AreCountedAsElsewhere) {
    const SystemZones zones;
    std::ifstream file(std::string(SOURCE_DIR) + "/tests/infra/period_vectors.csv");
    int count = 0;
    for (std::string line; std::getline(file, line); ++count) {
        std::array<std::string, 6> fields;  // Anchor, zone, interval, times, n, start.
        std::istringstream columns(line);
        for (std::string& field : fields) std::getline(columns, field, ',');
        ASSERT_TRUE(zones.knows(fields[1])) << line;
        const domain::Recurrence recurrence{domain::parse_rfc3339(fields[0]).value(), fields[1],
                                            interval(fields[2]),
                                            static_cast<std::int32_t>(number(fields[3]))};
        const std::int64_t n = number(fields[4]);
        const domain::Timestamp start = period(zones, recurrence, n).start;
        EXPECT_EQ(start, domain::parse_rfc3339(fields[5]).value()) << line;
        // A gap may be as long as a day, which is then a period without time.
        const domain::Period whole = period(zones, recurrence, n);
        if (whole.start < whole.end) EXPECT_EQ(period_index(zones, recurrence, start), n) << line;
    }
    EXPECT_GE(count, 200);
}

}  // namespace
}  // namespace infra
