#include "infra/passwords/common.hpp"

#include <algorithm>
#include <string>
#include <vector>

// The assembler copies the file: a compiler needs long for so large a literal.
asm(".pushsection .rodata\n"
    "daybook_common_passwords_begin: .incbin \"" DAYBOOK_COMMON_PASSWORDS
    "\"\n"
    "daybook_common_passwords_end:\n.popsection");
extern "C" const char daybook_common_passwords_begin[];
extern "C" const char daybook_common_passwords_end[];

namespace infra {
namespace {

const std::vector<std::string_view>& all() {
    static const auto lines = [] {
        std::string_view rest(daybook_common_passwords_begin, daybook_common_passwords_end);
        std::vector<std::string_view> made;
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            made.push_back(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return made;
    }();
    return lines;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool is_common_password(std::string_view password) {
    std::string small(password);
    std::ranges::transform(small, small.begin(), lower);
    return std::ranges::binary_search(all(), std::string_view(small));
}

}  // namespace infra
