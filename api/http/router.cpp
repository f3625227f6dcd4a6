#include "api/http/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace api::http {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    for (std::size_t start = 1; start < path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        segments.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    return segments;
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{') && segment.ends_with('}');
}

}  // namespace

// One segment of the paths: its children by literal text, one child for any text, and the routes
// that end here.
struct Router::Node {
    std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> literals;
    std::unique_ptr<Node> any;
    std::array<const Route*, verb_count> routes{};

    bool has_routes() const {
        return std::ranges::any_of(routes, [](const Route* route) { return route != nullptr; });
    }

    Node& child(std::string_view segment) {
        if (is_parameter(segment)) {
            if (!any) any = std::make_unique<Node>();
            return *any;
        }
        const auto found =
            std::ranges::find(literals, segment, [](auto& one) { return one.first; });
        if (found != literals.end()) return *found->second;
        return *literals.emplace_back(segment, std::make_unique<Node>()).second;
    }

    using Segments = std::span<const std::string_view>;
    using Values = std::array<std::string_view, Request::path_parameters_max>;

    // A literal wins over a parameter, unless it leads nowhere.
    const Node* find(Segments segments, Values& values, std::size_t depth = 0) const {
        if (segments.empty()) return has_routes() ? this : nullptr;
        for (const auto& [text, node] : literals) {
            if (text != segments.front()) continue;
            if (const Node* found = node->find(segments.subspan(1), values, depth)) return found;
        }
        if (!any || segments.front().empty() || depth == values.size()) return nullptr;
        values[depth] = segments.front();
        return any->find(segments.subspan(1), values, depth + 1);
    }

    std::string allow() const {
        std::string list;
        for (std::size_t i = 0; i < verb_count; ++i) {
            const auto verb = static_cast<Verb>(i);
            const bool is_head = verb == Verb::head && routes[static_cast<std::size_t>(Verb::get)];
            if (routes[i] == nullptr && !is_head) continue;
            list.append(name(verb)).append(", ");
        }
        return list.append(name(Verb::options));
    }
};

std::optional<std::size_t> parameter_index(std::string_view path, std::string_view name) {
    std::size_t index = 0;
    while (true) {
        const std::size_t open = path.find('{');
        if (open == std::string_view::npos) return {};
        const std::size_t close = path.find('}', open);
        if (path.substr(open + 1, close - open - 1) == name) return index;
        path.remove_prefix(close);
        ++index;
    }
}

Router::Router(std::vector<Route> routes)
    : routes_(std::move(routes)), root_(std::make_unique<Node>()) {
    for (const Route& route : routes_) {
        const auto refuse = [&](std::string_view why) {
            std::string text(name(route.verb));
            text.append(" ").append(route.path).append(": ").append(why);
            throw std::logic_error(text);
        };
        if (!route.path.starts_with('/')) refuse("a path starts with a slash");
        if (!route.handler) refuse("a route needs a handler");
        if (route.verb == Verb::head || route.verb == Verb::options) refuse("is answered already");
        if (route.verb > Verb::options) refuse("is not offered");
        if (std::ranges::count(route.path, '{') > std::ptrdiff_t{Request::path_parameters_max}) {
            refuse("has too many parameters");
        }
        Node* node = root_.get();
        for (const std::string_view segment : segments_of(route.path)) {
            node = &node->child(segment);
        }
        const Route*& slot = node->routes[static_cast<std::size_t>(route.verb)];
        if (slot != nullptr) refuse("there are two of it");
        slot = &route;
    }
}

Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Router::Match Router::find(Verb verb, std::span<const std::string_view> segments) const {
    Match match;
    const Node* node = root_->find(segments, match.values);
    if (node == nullptr) return match;
    const Verb wanted = verb == Verb::head ? Verb::get : verb;
    match.route = node->routes[static_cast<std::size_t>(wanted)];
    if (match.route == nullptr) match.allow = node->allow();
    return match;
}

}  // namespace api::http
