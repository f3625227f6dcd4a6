#include "cli/view_digests.hpp"

#include <cstddef>

#include "projections/digest.hpp"

namespace cli {
namespace {

constexpr std::size_t kinds = describe(static_cast<const domain::Kind*>(nullptr)).size();

}  // namespace

void print_view_digests(const Node& node, std::ostream& out) {
    for (const auto& projector : node.projectors()) {
        for (std::size_t i = 0; i < kinds; ++i) {
            const auto kind = static_cast<domain::Kind>(i);
            const auto digest =
                projections::stored_digest(node.view_rows(), projector->shard(), kind);
            out << projector->shard() << '-' << projector->applied() << ' ' << name(kind) << ' '
                << to_hex(digest) << '\n';
        }
    }
}

}  // namespace cli
