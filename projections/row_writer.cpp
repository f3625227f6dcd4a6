#include "projections/row_writer.hpp"

#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace projections {
namespace {

struct Place {
    std::string_view id;
    domain::Timestamp created_at;
};

Place place_of(const domain::AnyAggregate& aggregate) {
    return std::visit([](const auto& one) { return Place{one.id, one.created_at}; }, aggregate);
}

}  // namespace

RowWriter::RowWriter(const journal::Rows& rows, journal::ShardNumber shard) : shard_(shard) {
    for (std::size_t i = 0; i < kinds; ++i) {
        digests_[i].digest = stored_digest(rows, shard, static_cast<domain::Kind>(i));
    }
}

void RowWriter::write(CachedAggregate& changed, journal::RowBatch& batch) {
    const domain::Kind kind = kind_of(changed.aggregate);
    KindDigest& of_kind = digests_[static_cast<std::size_t>(kind)];
    const View* view = find_view(kind);
    terms_.clear();
    if (view != nullptr) {
        builder_.clear();
        view->collect(changed.aggregate, builder_);
        builder_.append_to(terms_);
        write_index(changed, *view, batch, of_kind.digest);
    }
    value_.clear();
    append_row(value_, changed.aggregate, terms_);
    batch.put(changed.key, value_);
    if (changed.is_erased) batch.drop_history(changed.key);
    changed.is_erased = false;

    of_kind.digest -= changed.digest;
    changed.digest = row_digest(changed.key, value_);
    of_kind.digest += changed.digest;
    of_kind.is_changed = true;
    changed.terms = terms_;
    changed.is_stored = true;
    changed.is_changed = false;
}

void RowWriter::write_index(const CachedAggregate& changed, const View& view,
                            journal::RowBatch& batch, Digest& digest) {
    set_index_prefix(key_, changed.key, place_of(changed.aggregate).id.size());
    const std::size_t prefix_length = key_.size();
    const bool is_hidden = builder_.is_hidden();
    const auto put = [&](const Term& term) {
        const auto key = index_key(changed, term, prefix_length);
        batch.put(key, {});
        digest += row_digest(key, {});
    };
    const auto erase = [&](const Term& term) {
        const auto key = index_key(changed, term, prefix_length);
        batch.erase(key);
        // The words of a person's row tell who it is.
        if (changed.is_erased || view.kind == domain::Kind::users) batch.drop_history(key);
        digest -= row_digest(key, {});
    };
    // Nothing is hidden and then changed.
    if (!changed.is_stored && !is_hidden) put({all_resources, {}});
    if (changed.is_stored && is_hidden) erase({all_resources, {}});
    const auto was_indexed = [&view](const Term& term) {
        return view.indexed.contains(term.field) || view.looked_up.contains(term.field);
    };
    const auto is_indexed = [&](const Term& term) {
        return is_hidden ? view.looked_up.contains(term.field) : was_indexed(term);
    };
    TermReader before(changed.terms);
    TermReader after(terms_);
    while (before.valid() || after.valid()) {
        const bool is_added = !before.valid() || (after.valid() && after.term() < before.term());
        const bool is_gone = !after.valid() || (before.valid() && before.term() < after.term());
        if (is_added && is_indexed(after.term())) put(after.term());
        if (!is_added && was_indexed(before.term()) && (is_gone || !is_indexed(before.term()))) {
            erase(before.term());
        }
        if (!is_gone) after.next();
        if (!is_added) before.next();
    }
}

std::string_view RowWriter::index_key(const CachedAggregate& changed, const Term& term,
                                      std::size_t prefix_length) {
    const Place place = place_of(changed.aggregate);
    key_.resize(prefix_length);
    key_ += static_cast<char>(term.field);
    key_ += term.value;
    key_ += '\0';
    append_place(key_, place.created_at, place.id);
    return key_;
}

void RowWriter::write_digests(journal::RowBatch& batch) {
    for (std::size_t i = 0; i < kinds; ++i) {
        if (!digests_[i].is_changed) continue;
        digests_[i].is_changed = false;
        batch.put(digest_key(shard_, static_cast<domain::Kind>(i)), to_bytes(digests_[i].digest));
    }
}

}  // namespace projections
