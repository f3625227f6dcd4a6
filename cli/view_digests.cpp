#include "cli/view_digests.hpp"

#include <cstddef>

#include "projections/digest.hpp"
#include "projections/row_keys.hpp"

namespace cli {
namespace {

constexpr std::size_t kinds = describe(static_cast<const domain::Kind*>(nullptr)).size();

}  // namespace

std::vector<ViewDigest> view_digests(const journal::RowSnapshot& rows,
                                     journal::ShardNumber shards) {
    std::vector<ViewDigest> digests;
    for (journal::ShardNumber shard = 0; shard < shards; ++shard) {
        for (std::size_t i = 0; i < kinds; ++i) {
            const auto kind = static_cast<domain::Kind>(i);
            const auto stored = rows.get(projections::digest_key(shard, kind));
            const auto digest =
                stored ? projections::digest_from_bytes(*stored) : projections::Digest{};
            digests.push_back({shard, std::string(name(kind)), to_hex(digest)});
        }
    }
    return digests;
}

void print_view_digests(const Node& node, std::ostream& out) {
    const auto digests = view_digests(*node.view_rows().snapshot(), node.journal().shards());
    for (const ViewDigest& one : digests) {
        out << one.shard << '-' << node.projectors()[one.shard]->applied() << ' ' << one.kind << ' '
            << one.digest << '\n';
    }
}

}  // namespace cli
