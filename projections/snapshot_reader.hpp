// Reads the aggregates of one tenant from one snapshot of the views' rows.
//
// It belongs to one thread and ends before its snapshot does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/aggregates.hpp"
#include "journal/rows.hpp"
#include "projections/index_walk.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"
#include "projections/terms.hpp"

namespace projections {

class SnapshotReader {
public:
    SnapshotReader(const journal::RowSnapshot& snapshot, const domain::TenantId& tenant)
        : snapshot_(snapshot), tenant_(tenant) {}

    std::optional<std::string> row(domain::Kind kind, std::string_view id) const {
        return snapshot_.get(resource_key(tenant_, kind, id));
    }

    template <domain::Decider D>
    std::optional<domain::AggregateOf<D>> find(std::string_view id) const {
        const auto found = row(D::kind, id);
        if (!found) return std::nullopt;
        return decode<D>(id, *found);
    }
    template <domain::Decider D>
    static domain::AggregateOf<D> decode(std::string_view id, std::string_view row) {
        return std::get<domain::AggregateOf<D>>(read_row({D::kind, std::string(id)}, row));
    }

    // The resources with this value of an indexed filter, newest first: `use(id, row)` until it
    // says false.
    template <class Use>
    void each(domain::Kind kind, Filter filter, std::string_view value, Use use) const {
        each(kind, {index_prefix(tenant_, kind, field_of(filter), value)}, use);
    }
    // The same for several values or filters at once, each resource once.
    template <class Use>
    void each(domain::Kind kind, std::vector<std::string> prefixes, Use use) const {
        IndexWalk walk(snapshot_, std::move(prefixes));
        for (walk.seek({}); walk.valid(); walk.next()) {
            const std::string id(id_of(walk.place()));
            // The index and the rows are written together.
            if (!use(id, row(kind, id).value())) return;
        }
    }

private:
    const journal::RowSnapshot& snapshot_;
    const domain::TenantId& tenant_;
};

}  // namespace projections
