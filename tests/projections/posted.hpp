// A book's views: rows, what they need, and a projector that can be ended and started again.
#pragma once

#include <memory>
#include <optional>

#include "projections/key_directory.hpp"
#include "projections/layout.hpp"
#include "projections/projector.hpp"
#include "projections/query.hpp"
#include "tests/projections/book.hpp"

namespace tests::projections_test {

class Posted {
public:
    Posted(Book& book, journal::Rows& rows, projections::ProjectorLimits limits = {})
        : book_(book), rows_(rows), limits_(limits) {
        restart();
    }

    // As after a crash: nothing is left but the rows.
    void restart() {
        projector_.reset();
        projections::prepare_rows(rows_);
        keys_ = std::make_unique<projections::KeyDirectory>(rows_);
        projector_ = std::make_unique<projections::Projector>(
            projections::Projector::Parts{.shard = book_.shard(),
                                          .journal = book_.log(),
                                          .codec = book_.codec(),
                                          .rows = rows_,
                                          .keys = *keys_,
                                          .limits = limits_});
    }
    // Steps until there is nothing to do.
    projections::Step catch_up() {
        projections::Step step = projector_->step();
        while (step == projections::Step::advanced) step = projector_->step();
        return step;
    }

    projections::Projector& projector() { return *projector_; }
    projections::KeyDirectory& keys() { return *keys_; }
    projections::Queries queries() {
        return {rows_, [this](const domain::TenantId&) {
                    return projections::Position{book_.shard(), projector_->applied()};
                }};
    }

private:
    Book& book_;
    journal::Rows& rows_;
    projections::ProjectorLimits limits_;
    std::unique_ptr<projections::KeyDirectory> keys_;
    std::unique_ptr<projections::Projector> projector_;
};

}  // namespace tests::projections_test
