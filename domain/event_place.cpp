#include "domain/event_place.hpp"

#include <algorithm>

namespace domain {
namespace {

bool is_number(std::string_view text, std::size_t digits_max) {
    return !text.empty() && text.size() <= digits_max &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool EventPlaceTag::holds(std::string_view raw) {
    const std::size_t dash = std::min(raw.find('-'), raw.size());
    const std::size_t dot = std::min(raw.find('.', dash), raw.size());
    const bool has_number = dot < raw.size();
    return dash < raw.size() && is_number(raw.substr(0, dash), 9) &&
           is_number(raw.substr(dash + 1, dot - dash - 1), 18) &&
           (!has_number || is_number(raw.substr(dot + 1), 9));
}

}  // namespace domain
