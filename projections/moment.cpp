#include "projections/moment.hpp"

#include "domain/effective.hpp"
#include "projections/bytes.hpp"
#include "projections/resource_view.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace projections {
namespace {

constexpr std::size_t seq_size = sizeof(journal::Seq);

domain::Timestamp latest_of(std::string_view row) {
    const auto time = read_big_endian<std::uint64_t>(row.substr(seq_size));
    return domain::Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(time)));
}

}  // namespace

std::string to_bytes(const Moment& moment) {
    std::string bytes;
    append_big_endian(bytes, moment.seq);
    append_latest(bytes, moment.latest);
    return bytes;
}

void append_latest(std::string& row, domain::Timestamp latest) {
    append_big_endian(row, static_cast<std::uint64_t>(latest.time_since_epoch().count()));
}

std::optional<Moment> moment_at(const journal::RowSnapshot& snapshot,
                                const domain::TenantId& tenant, domain::Timestamp time) {
    const auto walk = snapshot.walk(moment_prefix(tenant));
    walk->seek_before(moment_key(tenant, time + std::chrono::milliseconds(1)));
    if (!walk->valid()) return std::nullopt;
    return Moment{read_big_endian<journal::Seq>(walk->value()), latest_of(walk->value())};
}

Moment moment_at(const journal::RowSnapshot& snapshot, const domain::TenantId& tenant,
                 journal::Seq seq) {
    const auto walk = snapshot.walk(feed_prefix(tenant));
    walk->seek_before(feed_key(tenant, seq + 1));
    if (!walk->valid()) return {.seq = seq};
    return {seq, latest_of(walk->value())};
}

bool keeps_versions(domain::Kind kind) {
    const View* const view = find_view(kind);
    return view != nullptr && view->keeps_versions;
}

PastRows::PastRows(const journal::RowSnapshot& snapshot, const domain::TenantId& tenant,
                   domain::Kind kind, const PastTime& time)
    : snapshot_(snapshot), kind_(kind), time_(time), row_prefix_(resource_key(tenant, kind, {})) {}

// Sets the key of the version that ended with `until`, and gives what all its versions begin with.
std::string_view PastRows::begin_version_key(std::string_view id, journal::Seq until) {
    key_ = row_prefix_;
    key_ += id;
    set_version_prefix(version_key_, key_);
    const std::size_t prefix_size = version_key_.size();
    append_big_endian(version_key_, until);
    if (!versions_) {
        versions_ = snapshot_.walk(std::string(version_rows) + row_prefix_.substr(1));
    }
    return std::string_view(version_key_).substr(0, prefix_size);
}

bool PastRows::get(std::string_view id, std::string& row) {
    key_ = row_prefix_;
    key_ += id;
    auto now = snapshot_.get(key_);
    if (!now) return false;
    // Most have not changed since.
    if (!time_.as_of || view_row(*now).seq <= time_.as_of->seq) {
        row = *std::move(now);
        return true;
    }
    const std::string_view prefix = begin_version_key(id, time_.as_of->seq + 1);
    versions_->seek(version_key_);
    if (!versions_->valid() || !versions_->key().starts_with(prefix)) return false;
    if (read_big_endian<journal::Seq>(versions_->value()) > time_.as_of->seq) return false;
    row = versions_->value().substr(seq_size);
    return true;
}

void PastRows::put_into_effect(std::string_view id, std::string& row) {
    if (!time_.effective_at) return;
    if (view_row(row).updated_at > *time_.effective_at) {
        const std::string_view prefix = begin_version_key(id, view_row(row).seq);
        for (versions_->seek(version_key_);
             versions_->valid() && versions_->key().starts_with(prefix); versions_->previous()) {
            row = versions_->value().substr(seq_size);
            if (view_row(row).updated_at <= *time_.effective_at) break;
        }
    }
    domain::AnyAggregate aggregate = read_row({kind_, std::string(id)}, row);
    domain::set_status_at(aggregate, *time_.effective_at);
    TermBuilder builder;
    find_view(kind_)->collect(aggregate, builder);
    std::string terms;
    builder.append_to(terms);
    const std::uint64_t seq = view_row(row).seq;
    row.clear();
    append_row(row, aggregate, seq, terms);
}

}  // namespace projections
