#include "cli/view_digests.hpp"

#include "projections/digest.hpp"

namespace cli {

void print_view_digests(const Node& node, std::ostream& out) {
    for (const auto& projector : node.projectors()) {
        for (std::size_t i = 0; i < domain::kinds; ++i) {
            const auto kind = static_cast<domain::Kind>(i);
            const auto digest =
                projections::stored_digest(node.view_rows(), projector->shard(), kind);
            out << projector->shard() << ' ' << projector->status().seq << ' ' << name(kind) << ' '
                << to_hex(digest) << '\n';
        }
    }
}

}  // namespace cli
