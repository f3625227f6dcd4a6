// type_of<T>(): builds the Type of T from its description. Include this where a new described type
// is first written or read; everything it generates is small thunks.
#pragma once

#include <array>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <type_traits>
#include <vector>

#include "codec/reader.hpp"
#include "codec/type.hpp"
#include "codec/writer.hpp"
#include "domain/change.hpp"
#include "domain/personal.hpp"
#include "domain/result.hpp"
#include "domain/time.hpp"

namespace codec {

// A type that is text on the wire and checks itself.
template <class T>
concept Text = requires(const T& value, std::string_view raw) {
    { T::parse(raw) } -> std::same_as<domain::Result<T, std::string_view>>;
    { value.view() } -> std::convertible_to<std::string_view>;
    { T::format } -> std::convertible_to<std::string_view>;
};

namespace detail {

using Element = simdjson::dom::element;
using Limits = domain::Limits;

// What does not depend on the type, in reader.cpp.
bool is_null(const Element& in);
std::optional<std::string_view> read_raw_text(const Element& in, Reader& reader);
void read_string(const Element& in, std::string& value, const Limits& limits, Reader& reader);
void read_personal(const Element& in, domain::Personal& value, const Limits& limits,
                   Reader& reader);
void read_json(const Element& in, domain::Json& value, const Limits& limits, Reader& reader);
void read_boolean(const Element& in, bool& value, Reader& reader);
void read_time(const Element& in, domain::Timestamp& value, Reader& reader);
std::optional<std::int64_t> read_integer(const Element& in, const Limits& limits,
                                         std::int64_t least, std::int64_t most, Reader& reader);
std::optional<std::size_t> read_wire_name(const Element& in,
                                          std::span<const std::string_view> names, Reader& reader);
void read_elements(const Element& in, const Limits& limits, Reader& reader, void* context,
                   void (*each)(void* context, const Element&, Reader&));
void read_pairs(const Element& in, const Limits& limits, Reader& reader, void* context,
                void (*each)(void* context, std::string_view key, const Element&, Reader&));
void write_personal(const domain::Personal& value, Writer& out);

template <class T>
struct TypeFor;

template <class T>
const T& as(const void* value) {
    return *static_cast<const T*>(value);
}
template <class T>
T& as(void* value) {
    return *static_cast<T*>(value);
}

// Objects ---------------------------------------------------------------------------------------

template <class T, class F>
struct MemberThunk {
    static void* address(void* object) { return &F::of(*static_cast<T*>(object)); }
};

template <class T>
constexpr auto members_of() {
    return std::apply(
        [](auto... one) {
            return std::array<Member, sizeof...(one)>{
                Member{one.name, one.doc, one.limits, &type_of<typename decltype(one)::Type>,
                       &MemberThunk<T, decltype(one)>::address}...};
        },
        describe(static_cast<const T*>(nullptr)));
}

template <domain::DescribedStruct T>
struct TypeFor<T> {
    static constexpr auto members = members_of<T>();
    static void write(const void* value, Writer& out) { out.object(type_of<T>(), value); }
    static void read(const Element& in, void* value, const Limits&, Reader& reader) {
        reader.members(type_of<T>(), in, value);
    }
    static constexpr Type type{.kind = TypeKind::object,
                               .name = domain::type_name<T>(),
                               .format = {},
                               .pattern = {},
                               .length_max = 0,
                               .members = members,
                               .wire_names = {},
                               .element = nullptr,
                               .is_empty = nullptr,
                               .write = &write,
                               .read = &read};
};

// Enumerations ----------------------------------------------------------------------------------

template <domain::DescribedEnum T>
struct TypeFor<T> {
    static constexpr auto names = describe(static_cast<const T*>(nullptr));
    static void write(const void* value, Writer& out) { out.text(domain::name(as<T>(value))); }
    static void read(const Element& in, void* value, const Limits&, Reader& reader) {
        if (const auto index = read_wire_name(in, names, reader)) {
            as<T>(value) = static_cast<T>(*index);
        }
    }
    static constexpr Type type{.kind = TypeKind::enumeration,
                               .name = domain::type_name<T>(),
                               .format = {},
                               .pattern = {},
                               .length_max = 0,
                               .members = {},
                               .wire_names = names,
                               .element = nullptr,
                               .is_empty = nullptr,
                               .write = &write,
                               .read = &read};
};

// Plain values ----------------------------------------------------------------------------------

constexpr Type plain(TypeKind kind, std::string_view format, void (*write)(const void*, Writer&),
                     void (*read)(const Element&, void*, const Limits&, Reader&)) {
    return {.kind = kind,
            .name = {},
            .format = format,
            .pattern = {},
            .length_max = 0,
            .members = {},
            .wire_names = {},
            .element = nullptr,
            .is_empty = nullptr,
            .write = write,
            .read = read};
}

template <>
struct TypeFor<bool> {
    static void write(const void* value, Writer& out) { out.boolean(as<bool>(value)); }
    static void read(const Element& in, void* value, const Limits&, Reader& reader) {
        read_boolean(in, as<bool>(value), reader);
    }
    static constexpr Type type = plain(TypeKind::boolean, {}, &write, &read);
};

template <std::integral T>
    requires(!std::same_as<T, bool>)
struct TypeFor<T> {
    static constexpr std::int64_t least =
        std::is_signed_v<T> ? static_cast<std::int64_t>(std::numeric_limits<T>::min()) : 0;
    static constexpr std::int64_t most =
        sizeof(T) == 8 ? std::numeric_limits<std::int64_t>::max()
                       : static_cast<std::int64_t>(std::numeric_limits<T>::max());
    static void write(const void* value, Writer& out) {
        out.integer(static_cast<std::int64_t>(as<T>(value)));
    }
    static void read(const Element& in, void* value, const Limits& limits, Reader& reader) {
        if (const auto number = read_integer(in, limits, least, most, reader)) {
            as<T>(value) = static_cast<T>(*number);
        }
    }
    static constexpr Type type = plain(TypeKind::integer, {}, &write, &read);
};

template <>
struct TypeFor<std::string> {
    static void write(const void* value, Writer& out) { out.text(as<std::string>(value)); }
    static void read(const Element& in, void* value, const Limits& limits, Reader& reader) {
        read_string(in, as<std::string>(value), limits, reader);
    }
    static constexpr Type type = plain(TypeKind::text, {}, &write, &read);
};

template <>
struct TypeFor<domain::Timestamp> {
    static void write(const void* value, Writer& out) {
        out.out() += '"';
        domain::append_rfc3339(out.out(), as<domain::Timestamp>(value));
        out.out() += '"';
    }
    static void read(const Element& in, void* value, const Limits&, Reader& reader) {
        read_time(in, as<domain::Timestamp>(value), reader);
    }
    static constexpr Type type = plain(TypeKind::text, "date-time", &write, &read);
};

template <>
struct TypeFor<domain::Personal> {
    static void write(const void* value, Writer& out) {
        write_personal(as<domain::Personal>(value), out);
    }
    static void read(const Element& in, void* value, const Limits& limits, Reader& reader) {
        read_personal(in, as<domain::Personal>(value), limits, reader);
    }
    static constexpr Type type = plain(TypeKind::personal, {}, &write, &read);
};

template <>
struct TypeFor<domain::Json> {
    static void write(const void* value, Writer& out) { out.raw(as<domain::Json>(value).text); }
    static void read(const Element& in, void* value, const Limits& limits, Reader& reader) {
        read_json(in, as<domain::Json>(value), limits, reader);
    }
    static constexpr Type type = plain(TypeKind::json, {}, &write, &read);
};

template <Text T>
struct TypeFor<T> {
    static void write(const void* value, Writer& out) { out.text(as<T>(value).view()); }
    static void read(const Element& in, void* value, const Limits&, Reader& reader) {
        const auto raw = read_raw_text(in, reader);
        if (!raw) return;
        auto parsed = T::parse(*raw);
        if (parsed) {
            as<T>(value) = *std::move(parsed);
        } else {
            reader.problem("invalid_format", parsed.error());
        }
    }
    static constexpr Type make() {
        Type made = plain(TypeKind::text, T::format, &write, &read);
        if constexpr (requires { T::pattern; }) made.pattern = T::pattern;
        if constexpr (requires { T::length_max; }) made.length_max = T::length_max;
        return made;
    }
    static constexpr Type type = make();
};

// Containers ------------------------------------------------------------------------------------

template <class T>
struct TypeFor<std::optional<T>> {
    static bool is_empty(const void* value) { return !as<std::optional<T>>(value).has_value(); }
    static void write(const void* value, Writer& out) {
        const auto& held = as<std::optional<T>>(value);
        if (held) {
            out.value(type_of<T>(), &*held);
        } else {
            out.raw("null");
        }
    }
    static void read(const Element& in, void* value, const Limits& limits, Reader& reader) {
        auto& held = as<std::optional<T>>(value);
        held.reset();
        if (is_null(in)) return;
        type_of<T>().read(in, &held.emplace(), limits, reader);
    }
    static constexpr Type make() {
        Type made = plain(TypeKind::optional, {}, &write, &read);
        made.element = &type_of<T>;
        made.is_empty = &is_empty;
        return made;
    }
    static constexpr Type type = make();
};

template <class T>
struct TypeFor<domain::Change<T>> {
    static bool is_empty(const void* value) { return !as<domain::Change<T>>(value).is_given; }
    static void write(const void* value, Writer& out) {
        out.value(type_of<std::optional<T>>(), &as<domain::Change<T>>(value).value);
    }
    static void read(const Element& in, void* value, const Limits& limits, Reader& reader) {
        auto& change = as<domain::Change<T>>(value);
        change.is_given = true;
        type_of<std::optional<T>>().read(in, &change.value, limits, reader);
        if (change.clears() && limits.is_required) {
            reader.problem("cannot_be_cleared",
                           "this field must have a value; leave it out to keep it");
        }
    }
    static constexpr Type make() {
        Type made = plain(TypeKind::change, {}, &write, &read);
        made.element = &type_of<T>;
        made.is_empty = &is_empty;
        return made;
    }
    static constexpr Type type = make();
};

template <class T>
struct TypeFor<std::vector<T>> {
    static void write(const void* value, Writer& out) {
        bool comma = false;
        out.out() += '[';
        for (const T& one : as<std::vector<T>>(value)) {
            if (comma) out.out() += ',';
            comma = true;
            out.value(type_of<T>(), &one);
        }
        out.out() += ']';
    }
    static void read(const Element& in, void* value, const Limits& limits, Reader& reader) {
        struct Context {
            std::vector<T>& list;
            const Limits& limits;
        } context{as<std::vector<T>>(value), limits};
        context.list.clear();
        read_elements(in, limits, reader, &context,
                      [](void* raw, const Element& element, Reader& inner) {
                          auto& [list, bounds] = *static_cast<Context*>(raw);
                          type_of<T>().read(element, &list.emplace_back(), bounds, inner);
                      });
    }
    static constexpr Type make() {
        Type made = plain(TypeKind::array, {}, &write, &read);
        made.element = &type_of<T>;
        return made;
    }
    static constexpr Type type = make();
};

template <class T, class Less>
struct TypeFor<std::map<std::string, T, Less>> {
    using Map = std::map<std::string, T, Less>;
    static void write(const void* value, Writer& out) {
        bool comma = false;
        out.out() += '{';
        for (const auto& [key, one] : as<Map>(value)) {
            if (comma) out.out() += ',';
            comma = true;
            out.text(key);
            out.out() += ':';
            out.value(type_of<T>(), &one);
        }
        out.out() += '}';
    }
    static void read(const Element& in, void* value, const Limits& limits, Reader& reader) {
        struct Context {
            Map& map;
            const Limits& limits;
        } context{as<Map>(value), limits};
        context.map.clear();
        read_pairs(in, limits, reader, &context,
                   [](void* raw, std::string_view key, const Element& element, Reader& inner) {
                       auto& [map, bounds] = *static_cast<Context*>(raw);
                       type_of<T>().read(element, &map[std::string(key)], bounds, inner);
                   });
    }
    static constexpr Type make() {
        Type made = plain(TypeKind::map, {}, &write, &read);
        made.element = &type_of<T>;
        return made;
    }
    static constexpr Type type = make();
};

}  // namespace detail

template <class T>
const Type& type_of() {
    return detail::TypeFor<T>::type;
}

}  // namespace codec
