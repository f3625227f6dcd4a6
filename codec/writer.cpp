#include "codec/writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace codec {
namespace {

constexpr bool needs_escape(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

void append_escape(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
}

// Is there nothing but text about a person in it, whatever it is in?
bool is_personal(const Type& type) {
    if (type.kind == TypeKind::personal) return true;
    if (type.element != nullptr) return is_personal(type.element());
    return !type.members.empty() && std::ranges::all_of(type.members, [](const Member& member) {
        return is_personal(member.type());
    });
}

}  // namespace

bool is_shown(const Member& member, Audience audience) {
    switch (audience) {
        case Audience::client: return !member.limits.is_internal;
        case Audience::consumer: return !member.limits.is_internal && !is_personal(member.type());
        case Audience::store: break;
    }
    return true;
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out.append(text, start, i - start);
        append_escape(out, text[i]);
        start = i + 1;
    }
    out.append(text, start);
    out += '"';
}

void Writer::text(std::string_view value) { append_quoted(out_, value); }

void Writer::integer(std::int64_t value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out_.append(digits.data(), end);
}

bool Writer::members(const Type& type, const void* object, bool comma) {
    const std::string_view outer = field_;
    for (const Member& member : type.members) {
        if (!is_shown(member, audience_)) continue;
        const Type& of = member.type();
        // The writer never changes what it is given; the address thunk serves readers, too.
        const void* value = member.address(const_cast<void*>(object));
        if (of.is_empty != nullptr && of.is_empty(value)) continue;
        if (comma) out_ += ',';
        comma = true;
        out_ += '"';
        out_ += member.name;
        out_ += "\":";
        field_ = member.name;
        of.write(value, *this);
    }
    field_ = outer;
    return comma;
}

}  // namespace codec
