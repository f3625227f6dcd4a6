#include "projections/layout.hpp"

#include <xxhash.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "codec/reflect.hpp"
#include "domain/aggregates.hpp"
#include "projections/resource_view.hpp"
#include "projections/row_keys.hpp"

namespace projections {
namespace {

// To be raised when rows change in a way that descriptions do not show, such as another folding.
constexpr std::string_view rows_version = "5";

void append_type(std::string& out, const codec::Type& type) {
    out += std::to_string(static_cast<int>(type.kind));
    out += type.format;
    for (const std::string_view name : type.wire_names) {
        out += '|';
        out += name;
    }
    if (type.element != nullptr) append_type(out, type.element());
    for (const codec::Member& member : type.members) {
        out += member.limits.is_internal ? '-' : '+';
        out += member.name;
        append_type(out, member.type());
    }
    out += ';';
}

// Everything that the bytes of rows depend on, besides the rules of the domain.
std::string layout(Contents contents) {
    std::string text(rows_version);
    if (contents == Contents::access) text += "access and deliveries";
    domain::Deciders::for_each([&text]<class D>(std::type_identity<D>) {
        text += domain::name(D::kind);
        append_type(text, codec::type_of<typename D::State>());
        if (const View* view = find_view(D::kind)) {
            for (const Filter filter : view->filters) {
                text += view->indexed.contains(field_of(filter)) ? '+' : '-';
                text += domain::name(filter);
            }
            if (view->keeps_versions) text += "versions";
            text += std::to_string(view->looked_up.low);
            for (const Range range : view->ranges) text += domain::name(range);
        }
    });
    return std::to_string(XXH3_64bits(text.data(), text.size()));
}

}  // namespace

void prepare_rows(journal::Rows& rows, Contents contents) {
    const std::string now = layout(contents);
    bool is_same = false;
    rows.get(layout_key, [&](std::string_view stored) { is_same = stored == now; });
    if (is_same) return;
    bool ok = true;
    for (const std::string_view tag :
         {position_rows, digest_rows, resource_rows, version_rows, index_rows, ended_rows,
          internal_rows, feed_rows, moment_rows, erasure_rows, tile_rows, layout_key}) {
        ok = ok && rows.erase_prefix(tag);
    }
    const auto batch = rows.batch();
    batch->put(layout_key, now);
    if (!ok || !rows.write(*batch)) throw std::runtime_error("the views' rows cannot be written");
}

}  // namespace projections
