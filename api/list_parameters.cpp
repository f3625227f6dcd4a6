#include "api/list_parameters.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "api/as_of.hpp"
#include "api/kinds.hpp"
#include "api/parameter_faults.hpp"
#include "domain/numbers.hpp"
#include "domain/time.hpp"

namespace api {
namespace {

using http::ParameterType;
using http::QueryParameter;
using projections::Filter;
using projections::Range;

constexpr std::array<std::string_view, 4> bound_names = {"gte", "gt", "lte", "lt"};

// "createdAt[gte]", "createdAt[gt]", …; they live as long as the program.
const std::array<std::string, 4>& range_parameters(Range range) {
    constexpr std::size_t count = describe(static_cast<const Range*>(nullptr)).size();
    static const auto names = [] {
        std::array<std::array<std::string, 4>, count> made;
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t bound = 0; bound < bound_names.size(); ++bound) {
                made[i][bound] = std::string(domain::name(static_cast<Range>(i))) + '[' +
                                 std::string(bound_names[bound]) + ']';
            }
        }
        return made;
    }();
    return names[static_cast<std::size_t>(range)];
}

// What a filter's values can be; empty when they are open. An entitlement's type is its product's.
std::vector<std::string_view> values_of(Filter filter, domain::Kind kind) {
    if (filter != Filter::status && filter != Filter::type && filter != Filter::kind) return {};
    const bool is_product_type = filter == Filter::type && kind == domain::Kind::entitlements;
    const std::string_view member = is_product_type ? "productType" : domain::name(filter);
    const auto members = resource_type(kind).members;
    const auto found = std::ranges::find(members, member, &codec::Member::name);
    if (found == members.end()) return {};
    std::vector<std::string_view> values;
    for (const std::string_view name : found->type().wire_names) {
        if (!name.empty()) values.push_back(name);
    }
    return values;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
    const auto time = parse_time_or_date(text);
    if (!time) return std::nullopt;
    return time->time_since_epoch().count();
}

// Reads one request's parameters; collects faults.
class ListReader {
public:
    ListReader(const http::Request& request, domain::Kind kind) : request_(request), kind_(kind) {
        query_.limit = default_limit(kind);
    }

    void read() {
        for (const Filter filter : projections::filters(kind_)) read_filter(filter);
        for (const Range range : projections::ranges(kind_)) read_range(range);
        read_size("limit", 1, limit_max, query_.limit);
        if (kind_ == domain::Kind::users) read_size("offset", 0, offset_max, query_.offset);
        if (kind_ == domain::Kind::bills) read_from();
        if (const auto q = request_.parameter("q")) query_.q = *q;
        read_count();
    }

    projections::ListQuery query_;
    ParameterFaults faults_;

private:
    void fault(std::string_view parameter, std::string detail) {
        faults_.add(parameter, std::move(detail));
    }

    void read_filter(Filter filter) {
        const std::string_view name = domain::name(filter);
        projections::EqualityFilter equal{.field = filter, .values = {}};
        for (std::string_view rest : request_.parameters(name)) {
            if (filter != Filter::status) {
                add_value(equal, rest);
                continue;
            }
            while (true) {
                const std::size_t comma = rest.find(',');
                add_value(equal, rest.substr(0, comma));
                if (comma == std::string_view::npos) break;
                rest.remove_prefix(comma + 1);
            }
        }
        if (!equal.values.empty()) query_.equal.push_back(std::move(equal));
    }

    void add_value(projections::EqualityFilter& equal, std::string_view value) {
        const auto allowed = values_of(equal.field, kind_);
        if (!allowed.empty() && std::ranges::find(allowed, value) == allowed.end()) {
            std::string detail = "Must be one of";
            for (const std::string_view one : allowed) detail.append(" ").append(one);
            return fault(domain::name(equal.field), detail + '.');
        }
        equal.values.emplace_back(value);
    }

    void read_range(Range range) {
        constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
        const auto& names = range_parameters(range);
        projections::RangeFilter filter{.field = range, .at_least = {}, .at_most = {}};
        const auto at_least = [&](std::int64_t bound) {
            filter.at_least = std::max(filter.at_least.value_or(least), bound);
        };
        const auto at_most = [&](std::int64_t bound) {
            filter.at_most = std::min(filter.at_most.value_or(most), bound);
        };
        if (const auto bound = read_bound(names[0], range)) at_least(*bound);
        if (const auto bound = read_bound(names[1], range)) {
            at_least(*bound == most ? most : *bound + 1);
        }
        if (const auto bound = read_bound(names[2], range)) at_most(*bound);
        if (const auto bound = read_bound(names[3], range)) {
            at_most(*bound == least ? least : *bound - 1);
        }
        if (filter.at_least || filter.at_most) query_.ranges.push_back(filter);
    }

    std::optional<std::int64_t> read_bound(std::string_view name, Range range) {
        const auto text = request_.parameter(name);
        if (!text) return std::nullopt;
        const bool is_amount = range == Range::amount;
        const auto bound = is_amount ? domain::parse_whole<std::int64_t>(*text) : parse_time(*text);
        if (!bound && is_amount) fault(name, "Must be an integer, in minor units.");
        if (!bound && !is_amount) fault(name, "Must be an RFC 3339 time or a date.");
        return bound;
    }

    void read_size(std::string_view name, std::size_t least, std::size_t most, std::size_t& size) {
        const auto text = request_.parameter(name);
        if (!text) return;
        const auto number = domain::parse_whole<std::int64_t>(*text);
        if (number && *number >= static_cast<std::int64_t>(least) &&
            *number <= static_cast<std::int64_t>(most)) {
            size = static_cast<std::size_t>(*number);
            return;
        }
        fault(name, "Must be an integer from " + std::to_string(least) + " to " +
                        std::to_string(most) + '.');
    }

    void read_from() {
        const auto text = request_.parameter("from");
        if (!text) return;
        if (const auto time = parse_time(*text)) {
            query_.ranges.push_back({.field = Range::created_at, .at_least = time, .at_most = {}});
            return;
        }
        const auto number = domain::parse_whole<std::int64_t>(*text);
        if (number && *number >= 0 && *number <= static_cast<std::int64_t>(offset_max)) {
            query_.offset = static_cast<std::size_t>(*number);
            return;
        }
        fault("from", "Must be a time, a date, or an integer from 0 to 10000.");
    }

    void read_count() {
        const auto text = request_.parameter("count");
        if (!text) return;
        query_.with_count = *text == "true";
        if (*text != "true" && *text != "false") fault("count", "Must be true or false.");
    }

    const http::Request& request_;
    domain::Kind kind_;
};

// RFC 3986: what may stand unescaped in a query.
void append_escaped(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        const bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                              (c >= '0' && c <= '9') || std::string_view("-._~").contains(c);
        if (is_plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
}

// The parameters that a page may have other than the one before.
bool is_of_page(std::string_view name) {
    return name == "limit" || name == "cursor" || name == "count";
}

}  // namespace

std::optional<domain::Timestamp> parse_time_or_date(std::string_view text) {
    if (const auto time = domain::parse_rfc3339(text)) return time;
    if (const auto day = domain::parse_date(text)) return domain::Timestamp(*day);
    return std::nullopt;
}

std::size_t default_limit(domain::Kind kind) { return kind == domain::Kind::users ? 10 : 20; }

std::vector<QueryParameter> list_parameters(domain::Kind kind) {
    std::vector<QueryParameter> parameters{
        {.name = "q", .doc = "Words; each begins a word of the resource, in any case and accent."},
        {.name = "limit", .type = ParameterType::integer, .doc = "How many at most."},
        {.name = "cursor", .doc = "From the Link of the page before."},
        {.name = "count",
         .type = ParameterType::boolean,
         .doc = "Count all that match, in the header field Daybook-Count."}};
    if (kind == domain::Kind::users) {
        parameters.push_back({.name = "offset",
                              .type = ParameterType::integer,
                              .doc = "How many to leave out first."});
    }
    if (kind == domain::Kind::bills) {
        parameters.push_back({.name = "from",
                              .type = ParameterType::date_or_number,
                              .doc = "Not created before this time, or how many to leave out."});
    }
    for (auto& parameter : past_parameters(kind)) parameters.push_back(std::move(parameter));
    for (const Filter filter : projections::filters(kind)) {
        const bool is_status = filter == Filter::status;
        parameters.push_back(
            {.name = domain::name(filter),
             .doc = is_status ? "One of these; repeated, or with commas between." : "Exactly this.",
             .is_repeatable = is_status,
             .values = values_of(filter, kind)});
    }
    for (const Range range : projections::ranges(kind)) {
        for (const std::string& name : range_parameters(range)) {
            const bool is_amount = range == Range::amount;
            parameters.push_back(
                {.name = name,
                 .type = is_amount ? ParameterType::integer : ParameterType::date_time,
                 .doc = is_amount ? "A bound, in minor units." : "A bound: a time or a date."});
        }
    }
    return parameters;
}

std::vector<QueryParameter> list_parameters(domain::Kind kind, Filter in_path) {
    auto parameters = list_parameters(kind);
    std::erase_if(parameters, [in_path](const QueryParameter& parameter) {
        return parameter.name == domain::name(in_path);
    });
    return parameters;
}

domain::Result<projections::ListQuery, http::Problem> read_list_query(const http::Request& request,
                                                                      domain::Kind kind,
                                                                      const Cursors& cursors) {
    ListReader reader(request, kind);
    reader.read();
    if (!reader.faults_.empty()) return domain::Failure(reader.faults_.problem());
    if (const auto cursor = request.parameter("cursor")) {
        auto place = cursors.open(list_identity(request, kind), *cursor);
        if (!place) return domain::Failure(cursor_problem(place.error()));
        reader.query_.after = *std::move(place);
    }
    return std::move(reader.query_);
}

http::Problem cursor_problem(CursorRefusal refusal) {
    if (refusal == CursorRefusal::cursor_mismatch) {
        return {http::Status::bad_request, "cursor_mismatch",
                "This cursor is of a list with other filters; begin without a cursor."};
    }
    return {
        http::Status::bad_request, "invalid_cursor",
        "This is not a cursor of Daybook's; take it as it is from the Link of the page before."};
}

std::string list_identity(const http::Request& request, domain::Kind kind) {
    std::vector<std::string> filters;
    for (const auto& [name, value] : request.query) {
        if (is_of_page(name)) continue;
        filters.push_back(std::string(name) + '=' + std::string(value));
    }
    std::ranges::sort(filters);
    // Names and values have no control characters, so that nothing in them looks like a separator.
    std::string identity(request.tenant().view());
    identity += '\n';
    identity += domain::name(kind);
    for (const std::string_view value : request.path_values) {
        if (!value.empty()) identity.append("\n/").append(value);
    }
    for (const std::string& filter : filters) identity.append("\n").append(filter);
    return identity;
}

std::string next_link(const http::Request& request, std::string_view cursor,
                      std::string_view parameter) {
    std::string link = "<";
    link += request.path;
    char separator = '?';
    const auto append = [&](std::string_view name, std::string_view value) {
        link += separator;
        separator = '&';
        append_escaped(link, name);
        link += '=';
        append_escaped(link, value);
    };
    for (const auto& [name, value] : request.query) {
        if (name != parameter) append(name, value);
    }
    append(parameter, cursor);
    return link + ">; rel=\"next\"";
}

}  // namespace api
