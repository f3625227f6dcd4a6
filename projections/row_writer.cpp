#include "projections/row_writer.hpp"

#include <utility>

#include "journal/erasure.hpp"
#include "projections/bytes.hpp"
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

std::string bytes_of(journal::Seq seq) {
    std::string bytes;
    append_big_endian(bytes, seq);
    return bytes;
}

// What an index row holds.
std::string index_value(const View& view, journal::Seq since) {
    return view.keeps_versions ? bytes_of(since) : std::string();
}

// Calls `gone` with the terms that are not among those `after`, and `come` with the others; `kept`
// with what is in both, as it was and as it is.
template <class Gone, class Come, class Kept>
void compare_terms(std::string_view terms_before, std::string_view terms_after, Gone gone,
                   Come come, Kept kept) {
    TermReader before(terms_before);
    TermReader after(terms_after);
    while (before.valid() || after.valid()) {
        const bool is_added = !before.valid() || (after.valid() && after.term() < before.term());
        const bool is_gone = !after.valid() || (before.valid() && before.term() < after.term());
        if (is_added) come(after);
        if (is_gone) gone(before);
        if (!is_added && !is_gone) kept(before, after);
        if (!is_gone) after.next();
        if (!is_added) before.next();
    }
}

}  // namespace

RowWriter::RowWriter(const journal::Rows& rows, journal::ShardNumber shard) : shard_(shard) {
    for (std::size_t i = 0; i < kinds; ++i) {
        digests_[i].digest = stored_digest(rows, shard, static_cast<domain::Kind>(i));
    }
}

RowWriter::KindDigest& RowWriter::digest_of(const CachedAggregate& one) {
    KindDigest& of_kind = digests_[static_cast<std::size_t>(kind_of(one.aggregate))];
    of_kind.is_changed = true;
    return of_kind;
}

void RowWriter::begin_entry(CachedAggregate& one, journal::Seq seq, journal::RowBatch& batch) {
    if (one.is_in_entry) return;
    one.is_in_entry = true;
    if (version_of(one.aggregate) == 0) {
        one.first_seq = seq;
    } else if (domain::is_published(kind_of(one.aggregate))) {
        set_version_prefix(key_, one.key);
        append_big_endian(key_, seq);
        value_ = bytes_of(one.seq);
        value_ += one.value;
        batch.put(key_, value_);
        digest_of(one).digest += row_digest(key_, value_);
    }
    one.seq = seq;
}

void RowWriter::end_entry(CachedAggregate& one, journal::RowBatch& batch) {
    if (!one.is_in_entry) return;
    one.is_in_entry = false;
    const View* view = find_view(kind_of(one.aggregate));
    if (view == nullptr || !view->keeps_versions) return;
    // `value_` alone holds the row as it was, if there was one.
    value_.clear();
    std::swap(value_, one.value);
    one.value.clear();
    const std::string_view terms = value_.empty() ? std::string_view() : view_row(value_).terms;
    terms_.clear();
    builder_.clear();
    view->collect(one.aggregate, builder_);
    builder_.append_to(terms_, one.seq, terms);
    append_row(one.value, one.aggregate, one.seq, terms_);
    end_terms(one, *view, terms, batch);
}

// The index rows that are true no more.
void RowWriter::end_terms(const CachedAggregate& one, const View& view, std::string_view before,
                          journal::RowBatch& batch) {
    const std::size_t prefix_length = begin_index_key(one);
    const auto gone = [&](const TermReader& term) {
        if (!view.indexed.contains(term.term().field)) return;
        const std::string key = ended_key(index_key(one, term.term(), prefix_length), one.seq);
        const std::string value = bytes_of(term.since());
        batch.put(key, value);
        digest_of(one).digest += row_digest(key, value);
    };
    const auto nothing = [](const auto&...) {};
    compare_terms(before, terms_, gone, nothing, nothing);
}

void RowWriter::write(CachedAggregate& changed, journal::RowBatch& batch) {
    KindDigest& of_kind = digest_of(changed);
    const View* view = find_view(kind_of(changed.aggregate));
    terms_.clear();
    value_.clear();
    if (view != nullptr && view->keeps_versions) {
        value_ = changed.value;
        terms_ = view_row(value_).terms;
    } else {
        builder_.clear();
        if (view != nullptr) view->collect(changed.aggregate, builder_);
        builder_.append_to(terms_);
        append_row(value_, changed.aggregate, changed.seq, terms_);
    }
    if (view != nullptr) write_index(changed, *view, batch, of_kind.digest);
    batch.put(changed.key, value_);
    if (changed.is_erased) batch.drop_history(changed.key);
    changed.is_erased = false;

    of_kind.digest -= changed.digest;
    changed.digest = row_digest(changed.key, value_);
    of_kind.digest += changed.digest;
    changed.terms = terms_;
    changed.is_stored = true;
    changed.is_changed = false;
}

void RowWriter::write_index(const CachedAggregate& changed, const View& view,
                            journal::RowBatch& batch, Digest& digest) {
    const std::size_t prefix_length = begin_index_key(changed);
    const bool is_hidden = !view.keeps_versions && builder_.is_hidden();
    const auto put = [&](const Term& term, journal::Seq since) {
        const auto key = index_key(changed, term, prefix_length);
        const std::string value = index_value(view, since);
        batch.put(key, value);
        digest += row_digest(key, value);
    };
    const auto forget = [&](const Term& term, journal::Seq since) {
        const auto key = index_key(changed, term, prefix_length);
        digest -= row_digest(key, index_value(view, since));
        return key;
    };
    const auto erase = [&](const Term& term, journal::Seq since) {
        const auto key = forget(term, since);
        batch.erase(key);
        // The words of a person's row tell who it is.
        if (changed.is_erased || view.kind == domain::Kind::users) batch.drop_history(key);
    };
    // Nothing is hidden and then changed.
    if (!changed.is_stored && !is_hidden) put({all_resources, {}}, changed.first_seq);
    if (changed.is_stored && is_hidden) erase({all_resources, {}}, 0);
    const auto was_indexed = [&view](const Term& term) {
        return view.indexed.contains(term.field) || view.looked_up.contains(term.field);
    };
    const auto is_indexed = [&](const Term& term) {
        return is_hidden ? view.looked_up.contains(term.field) : was_indexed(term);
    };
    const auto gone = [&](const TermReader& term) {
        if (was_indexed(term.term())) erase(term.term(), term.since());
    };
    const auto come = [&](const TermReader& term) {
        if (is_indexed(term.term())) put(term.term(), term.since());
    };
    const auto kept = [&](const TermReader& before, const TermReader& after) {
        if (!was_indexed(before.term())) return;
        if (!is_indexed(after.term())) return erase(before.term(), before.since());
        if (before.since() == after.since()) return;
        // It went and came again.
        forget(before.term(), before.since());
        put(after.term(), after.since());
    };
    compare_terms(changed.terms, terms_, gone, come, kept);
}

bool RowWriter::erase(CachedAggregate& one, const domain::Subject& subject,
                      const domain::UserId& user, const journal::RowSnapshot& snapshot,
                      journal::RowBatch& batch) {
    const View* const view = find_view(subject.kind);
    const bool keeps_versions = view != nullptr && view->keeps_versions;
    std::string prefix;
    set_version_prefix(prefix, one.key);
    const auto walk = snapshot.walk(prefix);
    for (walk->seek(prefix); keeps_versions && walk->valid(); walk->next()) {
        const std::string_view before = walk->value().substr(sizeof(journal::Seq));
        domain::AnyAggregate past = read_row(subject, before);
        if (!journal::erase_from(past, user)) continue;
        const RowView row = view_row(before);
        value_ = walk->value().substr(0, sizeof(journal::Seq));
        append_row(value_, past, row.seq, row.terms);
        Digest& digest = digest_of(one).digest;
        digest -= row_digest(walk->key(), walk->value());
        digest += row_digest(walk->key(), value_);
        batch.put(walk->key(), value_);
        batch.drop_history(walk->key());
    }
    if (!journal::erase_from(one.aggregate, user)) return false;
    if (keeps_versions) {
        value_ = std::move(one.value);
        one.value.clear();
        append_row(one.value, one.aggregate, one.seq, view_row(value_).terms);
    }
    one.is_erased = true;
    return true;
}

std::size_t RowWriter::begin_index_key(const CachedAggregate& one) {
    set_index_prefix(key_, one.key, place_of(one.aggregate).id.size());
    return key_.size();
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
