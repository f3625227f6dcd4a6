#include "codec/reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "codec/reflect.hpp"

namespace codec {
namespace {

using simdjson::dom::element;

constexpr std::size_t depth_max = 64;

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// XML 1.0 (section 2.2) cannot carry these characters, and the customer document is XML.
bool has_illegal_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return true;
        if (byte == 0x7F) return true;
        // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
        if (byte == 0xEF && text.substr(i).starts_with("\xEF\xBF") && i + 2 < text.size() &&
            static_cast<unsigned char>(text[i + 2]) >= 0xBE) {
            return true;
        }
    }
    return false;
}

void append_token(std::string& pointer, std::string_view token) {
    pointer += '/';
    for (const char c : token) {
        if (c == '~') {
            pointer += "~0";
        } else if (c == '/') {
            pointer += "~1";
        } else {
            pointer += c;
        }
    }
}

// Looks for what the parser lets through: duplicate keys, and NUL in keys and strings.
struct Inspection {
    std::string pointer;
    std::optional<Problem> found;

    void fail(std::string_view code, std::string_view detail) {
        if (!found) found = Problem{pointer, std::string(code), std::string(detail)};
    }
    void inspect_text(std::string_view text) {
        if (text.contains('\0')) fail("nul_character", "U+0000 is not allowed; remove it");
    }
    void inspect(const element& value) {
        const auto mark = pointer.size();
        if (value.is_array()) {
            std::size_t index = 0;
            for (const element one : simdjson::dom::array(value)) {
                append_token(pointer, std::to_string(index++));
                inspect(one);
                pointer.resize(mark);
            }
        } else if (value.is_object()) {
            inspect_object(simdjson::dom::object(value));
        } else if (value.is_string()) {
            inspect_text(value.get_string().value_unsafe());
        }
    }
    void inspect_object(simdjson::dom::object object) {
        const auto mark = pointer.size();
        std::vector<std::string_view> keys;
        for (const auto [key, one] : object) {
            keys.push_back(key);
            append_token(pointer, key);
            inspect_text(key);
            inspect(one);
            pointer.resize(mark);
        }
        std::ranges::sort(keys);
        const auto twice = std::ranges::adjacent_find(keys);
        if (twice == keys.end()) return;
        append_token(pointer, *twice);
        fail("duplicate_key", "this key stands twice in its object; send it once");
        pointer.resize(mark);
    }
};

constexpr std::string_view bad_number = "a number is malformed or does not fit 64 bits";

// Whether every number in it lies where whole numbers must lie, however it is written.
bool fits_64_bits(const element& value) {
    constexpr double least = -0x1p63;
    constexpr double end = 0x1p64;
    if (value.is_array()) {
        return std::ranges::all_of(simdjson::dom::array(value), fits_64_bits);
    }
    if (value.is_object()) {
        return std::ranges::all_of(simdjson::dom::object(value),
                                   [](const auto& member) { return fits_64_bits(member.value); });
    }
    if (!value.is_double()) return true;
    const double number = value.get_double().value_unsafe();
    return least <= number && number < end;
}

Problem syntax_problem(simdjson::error_code error) {
    if (error == simdjson::DEPTH_ERROR) {
        return {"", "too_deep", "arrays and objects may be nested 64 deep at most"};
    }
    if (error == simdjson::NUMBER_ERROR || error == simdjson::NUMBER_OUT_OF_RANGE) {
        return {"", "bad_number", std::string(bad_number)};
    }
    if (error == simdjson::UTF8_ERROR) return {"", "bad_utf8", "the body is not valid UTF-8"};
    if (error == simdjson::EMPTY) return {"", "empty_body", "a JSON document is expected"};
    return {"", "bad_json", std::string("not a JSON document: ") + simdjson::error_message(error)};
}

}  // namespace

// Document ----------------------------------------------------------------------------------------

struct Document::Parsed {
    simdjson::dom::parser parser;
    element root;
    std::string padded;
};

Document::Document() : parsed_(new Parsed) {}
Document::~Document() { delete parsed_; }
Document::Document(Document&& other) noexcept : parsed_(std::exchange(other.parsed_, nullptr)) {}
Document& Document::operator=(Document&& other) noexcept {
    std::swap(parsed_, other.parsed_);
    return *this;
}

std::optional<Problem> Document::parse(std::string_view text, Strictness strictness) {
    auto& [parser, root, padded] = *parsed_;
    if (parser.max_depth() != depth_max) {
        // One level more than allowed, because the parser counts the document as a level.
        const auto error = parser.allocate(std::max<std::size_t>(text.size(), 4096), depth_max);
        if (error != simdjson::SUCCESS) return syntax_problem(error);
    }
    padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    padded.assign(text);
    const auto error = parser.parse(padded.data(), padded.size(), false).get(root);
    if (error != simdjson::SUCCESS) return syntax_problem(error);
    if (strictness == Strictness::stored) return std::nullopt;
    Inspection inspection;
    inspection.inspect(root);
    return inspection.found;
}

const simdjson::dom::element& Document::root() const { return parsed_->root; }

Document& scratch_document() {
    thread_local Document document;
    return document;
}

// Reader ------------------------------------------------------------------------------------------

void Reader::problem(std::string_view code, std::string_view detail) {
    problems_.push_back({pointer_, std::string(code), std::string(detail)});
}

void Reader::enter(std::string_view token) {
    marks_.push_back(pointer_.size());
    append_token(pointer_, token);
}

void Reader::leave() {
    pointer_.resize(marks_.back());
    marks_.pop_back();
}

void Reader::unknown_member(std::string_view name) {
    if (strictness_ == Strictness::stored) return;
    enter(name);
    const bool is_top = marks_.size() == 1;
    const bool is_shown = is_top && resource != nullptr &&
                          std::ranges::any_of(resource->members, [&](const Member& member) {
                              return member.name == name && !member.limits.is_internal;
                          });
    const bool is_common = is_top && resource != nullptr &&
                           (name == "version" || name == "createdAt" || name == "updatedAt");
    if (is_shown || is_common) {
        problem("read_only_field", "only the server sets this field here; leave it out");
    } else {
        problem("unknown_field", "there is no such field here; check the spelling or leave it out");
    }
    leave();
}

void Reader::missing_members(const Type& type, const std::vector<bool>& seen) {
    for (std::size_t i = 0; i < type.members.size(); ++i) {
        const Member& member = type.members[i];
        if (seen[i] || !member.limits.is_required) continue;
        const TypeKind kind = member.type().kind;
        if (kind == TypeKind::change || kind == TypeKind::optional) continue;
        enter(member.name);
        problem("required", "this field is required");
        leave();
    }
}

void Reader::members(const Type& type, const simdjson::dom::element& in, void* object) {
    simdjson::dom::object source;
    if (in.get(source) != simdjson::SUCCESS) return problem("wrong_type", "must be an object");
    const std::string_view outer = field_;
    std::vector<bool> seen(type.members.size());
    std::size_t expected = 0;  // Canonical documents keep the description's order.
    for (const auto [key, value] : source) {
        std::size_t at = expected;
        while (at < type.members.size() && type.members[at].name != key) ++at;
        if (at == type.members.size()) {
            at = 0;
            while (at < expected && type.members[at].name != key) ++at;
            if (at == expected) at = type.members.size();
        }
        if (at == type.members.size()) {
            unknown_member(key);
            continue;
        }
        const Member& member = type.members[at];
        if (member.limits.is_internal && strictness_ == Strictness::request) {
            unknown_member(key);
            continue;
        }
        expected = at + 1;
        seen[at] = true;
        const bool is_request = strictness_ == Strictness::request;
        if (is_request) enter(member.name);
        field_ = member.name;
        member.type().read(value, member.address(object), member.limits, *this);
        if (is_request) leave();
    }
    field_ = outer;
    if (strictness_ == Strictness::request) missing_members(type, seen);
}

// Plain values ------------------------------------------------------------------------------------

namespace detail {

bool is_null(const Element& in) { return in.is_null(); }

std::optional<std::string_view> read_raw_text(const Element& in, Reader& reader) {
    std::string_view text;
    if (in.get(text) == simdjson::SUCCESS) return text;
    reader.problem("wrong_type", "must be a string");
    return std::nullopt;
}

static void check_text(std::string_view text, const Limits& limits, Reader& reader) {
    if (has_illegal_character(text)) {
        reader.problem("illegal_character", "control characters are not allowed; remove them");
    }
    const auto length = code_points(text);
    if (length >= limits.length_min && length <= limits.length_max) return;
    reader.problem("wrong_length", "must have " + std::to_string(limits.length_min) + " to " +
                                       std::to_string(limits.length_max) + " characters, has " +
                                       std::to_string(length));
}

void read_string(const Element& in, std::string& value, const Limits& limits, Reader& reader) {
    const auto raw = read_raw_text(in, reader);
    if (!raw) return;
    if (reader.strictness() == Strictness::request) check_text(*raw, limits, reader);
    value.assign(*raw);
}

void read_personal(const Element& in, domain::Personal& value, const Limits& limits,
                   Reader& reader) {
    if (reader.unseal() == nullptr) return read_string(in, value.text, limits, reader);
    const auto raw = read_raw_text(in, reader);
    if (!raw) return;
    value.text = reader.unseal()->unseal(reader.field(), *raw).value_or("");
}

void read_json(const Element& in, domain::Json& value, const Limits& limits, Reader& reader) {
    value.text = simdjson::minify(in);
    if (reader.strictness() == Strictness::stored) return;
    if (!fits_64_bits(in)) return reader.problem("bad_number", bad_number);
    if (value.text.size() <= limits.length_max) return;
    reader.problem("wrong_length", "must have at most " + std::to_string(limits.length_max) +
                                       " bytes as compact JSON");
}

void read_boolean(const Element& in, bool& value, Reader& reader) {
    if (in.get(value) != simdjson::SUCCESS) reader.problem("wrong_type", "must be true or false");
}

void read_time(const Element& in, domain::Timestamp& value, Reader& reader) {
    const auto raw = read_raw_text(in, reader);
    if (!raw) return;
    if (const auto time = domain::parse_rfc3339(*raw)) {
        value = *time;
    } else {
        reader.problem("invalid_format", "must be an RFC 3339 time, such as 2026-01-31T10:00:00Z");
    }
}

std::optional<std::int64_t> read_integer(const Element& in, const Limits& limits,
                                         std::int64_t least, std::int64_t most, Reader& reader) {
    std::int64_t number = 0;
    const auto error = in.get(number);
    if (error == simdjson::NUMBER_OUT_OF_RANGE) {
        reader.problem("out_of_range", "does not fit a signed 64-bit integer");
        return std::nullopt;
    }
    if (error != simdjson::SUCCESS) {
        reader.problem("wrong_type", "must be an integer");
        return std::nullopt;
    }
    if (reader.strictness() == Strictness::request) {
        least = std::max(least, limits.minimum);
        most = std::min(most, limits.maximum);
    }
    if (number >= least && number <= most) return number;
    reader.problem("out_of_range", "must be from " + std::to_string(least) + " to " +
                                       std::to_string(most) + ", is " + std::to_string(number));
    return std::nullopt;
}

std::optional<std::size_t> read_wire_name(const Element& in,
                                          std::span<const std::string_view> names, Reader& reader) {
    const auto raw = read_raw_text(in, reader);
    if (!raw) return std::nullopt;
    std::string allowed;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty() && reader.strictness() == Strictness::request) continue;
        if (names[i] == *raw) return i;
        allowed += allowed.empty() ? "" : ", ";
        allowed += names[i];
    }
    reader.problem("unknown_value", "must be one of: " + allowed);
    return std::nullopt;
}

void read_elements(const Element& in, const Limits& limits, Reader& reader, void* context,
                   void (*each)(void*, const Element&, Reader&)) {
    simdjson::dom::array array;
    if (in.get(array) != simdjson::SUCCESS) return reader.problem("wrong_type", "must be an array");
    const bool is_request = reader.strictness() == Strictness::request;
    if (is_request && array.size() > limits.items_max) {
        return reader.problem("too_many_items",
                              "may have at most " + std::to_string(limits.items_max) + " items");
    }
    std::size_t index = 0;
    for (const element one : array) {
        if (is_request) reader.enter(index++);
        each(context, one, reader);
        if (is_request) reader.leave();
    }
}

void read_pairs(const Element& in, const Limits& limits, Reader& reader, void* context,
                void (*each)(void*, std::string_view, const Element&, Reader&)) {
    constexpr std::size_t key_length_max = 40;
    simdjson::dom::object object;
    if (in.get(object) != simdjson::SUCCESS) {
        return reader.problem("wrong_type", "must be an object");
    }
    const bool is_request = reader.strictness() == Strictness::request;
    if (is_request && object.size() > limits.items_max) {
        return reader.problem("too_many_items",
                              "may have at most " + std::to_string(limits.items_max) + " keys");
    }
    for (const auto [key, value] : object) {
        if (is_request) reader.enter(key);
        if (is_request)
            check_text(key, Limits{.length_min = 1, .length_max = key_length_max}, reader);
        each(context, key, value, reader);
        if (is_request) reader.leave();
    }
}

void write_personal(const domain::Personal& value, Writer& out) {
    if (out.seal() == nullptr) {
        out.text(value.text);
    } else {
        out.text(out.seal()->seal(out.field(), value.text));
    }
}

}  // namespace detail
}  // namespace codec
