#include "projections/row_value.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <vector>

#include "codec/reflect.hpp"
#include "projections/bytes.hpp"
#include "projections/representation.hpp"
#include "projections/terms.hpp"

namespace projections {
namespace {

std::uint64_t milliseconds(domain::Timestamp time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

domain::Timestamp timestamp(std::uint64_t milliseconds) {
    return domain::Timestamp(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

// A length to be filled in when what it measures has been appended.
class Length {
public:
    explicit Length(std::string& out) : out_(out), at_(out.size()) {
        append_little_endian(out, std::uint32_t{0});
    }
    void close() {
        std::string length;
        append_little_endian(length, static_cast<std::uint32_t>(out_.size() - at_ - 4));
        out_.replace(at_, 4, length);
    }

private:
    std::string& out_;
    std::size_t at_;
};

std::string_view take(std::string_view& rest, std::size_t size) {
    assert(size <= rest.size() && "a row that no projector wrote");
    const std::string_view taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
}

template <class T>
T take_number(std::string_view& rest) {
    return read_little_endian<T>(take(rest, sizeof(T)));
}

bool has_internal(const codec::Type& type) {
    if (type.element != nullptr && has_internal(type.element())) return true;
    return std::ranges::any_of(type.members, [](const codec::Member& member) {
        return member.limits.is_internal || has_internal(member.type());
    });
}

// The members of the state that the representation leaves out, wholly or in part.
template <class State>
const std::vector<codec::Member>& internal_members() {
    static const auto found = [] {
        std::vector<codec::Member> members;
        for (const codec::Member& member : codec::type_of<State>().members) {
            if (member.limits.is_internal || has_internal(member.type())) {
                members.push_back(member);
            }
        }
        return members;
    }();
    return found;
}

template <class State>
void append_internal(std::string& out, const State& state) {
    codec::Writer writer(out);
    bool comma = false;
    for (const codec::Member& member : internal_members<State>()) {
        out += comma ? ',' : '{';
        comma = true;
        codec::append_quoted(out, member.name);
        out += ':';
        writer.value(member.type(), member.address(const_cast<State*>(&state)));
    }
    if (comma) out += '}';
}

void read_members(const codec::Type& type, std::string_view json, void* object) {
    codec::Document& document = codec::scratch_document();
    const bool is_json = !document.parse(json, codec::Strictness::stored);
    codec::Reader reader(codec::Strictness::stored);
    if (is_json) reader.members(type, document.root(), object);
    if (!is_json || !reader.ok()) throw std::runtime_error("a row of a view cannot be read");
}

}  // namespace

RowView view_row(std::string_view value) {
    RowView row;
    row.json = take(value, take_number<std::uint32_t>(value));
    row.version = take_number<std::uint64_t>(value);
    row.created_at = timestamp(take_number<std::uint64_t>(value));
    row.updated_at = timestamp(take_number<std::uint64_t>(value));
    row.seq = take_number<std::uint64_t>(value);
    row.terms = take(value, take_number<std::uint32_t>(value));
    row.internal = value;
    return row;
}

std::string_view status_of(std::string_view terms) {
    for (TermReader reader(terms); reader.valid(); reader.next()) {
        if (reader.term().field == field_of(Filter::status)) return reader.term().value;
    }
    return {};
}

void append_row(std::string& out, const domain::AnyAggregate& aggregate, std::uint64_t seq,
                std::string_view terms) {
    Length json(out);
    append_representation(out, aggregate);
    json.close();
    std::visit(
        [&](const auto& one) {
            append_little_endian(out, one.version);
            append_little_endian(out, milliseconds(one.created_at));
            append_little_endian(out, milliseconds(one.updated_at));
            append_little_endian(out, seq);
            append_little_endian(out, static_cast<std::uint32_t>(terms.size()));
            out += terms;
            append_internal(out, one.state);
        },
        aggregate);
}

domain::AnyAggregate read_row(const domain::Subject& subject, std::string_view value) {
    const RowView row = view_row(value);
    domain::AnyAggregate aggregate = domain::absent_aggregate(subject);
    std::visit(
        [&](auto& one) {
            one.version = row.version;
            one.created_at = row.created_at;
            one.updated_at = row.updated_at;
            using State = std::decay_t<decltype(one.state)>;
            const codec::Type& type = codec::type_of<State>();
            read_members(type, row.json, &one.state);
            if (!row.internal.empty()) read_members(type, row.internal, &one.state);
        },
        aggregate);
    return aggregate;
}

}  // namespace projections
