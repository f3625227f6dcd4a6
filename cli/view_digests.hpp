// The digests of all views, to compare nodes, rebuilds and backups by.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "cli/node.hpp"
#include "codec/reflect.hpp"
#include "journal/rows.hpp"

namespace cli {

struct ViewDigest {
    std::uint64_t shard = 0;
    std::string kind;
    std::string digest;
    bool operator==(const ViewDigest&) const = default;
};
constexpr auto describe(const ViewDigest*) {
    using domain::field;
    return domain::fields(field<&ViewDigest::shard>("shard", ""),
                          field<&ViewDigest::kind>("kind", ""),
                          field<&ViewDigest::digest>("digest", ""));
}

// Of each shard and kind, in order.
std::vector<ViewDigest> view_digests(const journal::RowSnapshot& rows, journal::ShardNumber shards);

// A line for each shard and kind: "SHARD-SEQ KIND DIGEST". SEQ is that of the last entry that the
// views show.
void print_view_digests(const Node& node, std::ostream& out);

}  // namespace cli
