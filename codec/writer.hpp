// The canonical JSON writer: the same value gives the same bytes, always. No white space, members
// in the order of their description, empty optionals left out, times as RFC 3339 with milliseconds.
//
// Not thread-safe; one Writer a document.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/type.hpp"

namespace codec {

// How personal text becomes JSON in an entry: the port through which writers seal.
class Seal {
public:
    virtual ~Seal() = default;
    // The sealed form of the text at the field with this wire name; plain ASCII.
    virtual std::string seal(std::string_view field, std::string_view plain) = 0;
};

// For whom a document is written.
enum class Audience : std::uint8_t {
    client,    // Internal members are left out; personal text is plain.
    consumer,  // Of events: internal members are left out, and all text about persons, for ever.
    store      // Everything; personal text is plain unless there is a Seal.
};

// Does a document for this audience have the member, unless it is empty?
bool is_shown(const Member& member, Audience audience);

class Writer {
public:
    explicit Writer(std::string& out, Audience audience = Audience::store, Seal* seal = nullptr)
        : out_(out), audience_(audience), seal_(seal) {}

    std::string& out() { return out_; }
    Audience audience() const { return audience_; }
    Seal* seal() const { return seal_; }

    // The field being written, for Seal: the name of the innermost named member.
    std::string_view field() const { return field_; }

    void text(std::string_view value);  // Quoted and escaped.
    void integer(std::int64_t value);
    void boolean(bool value) { out_ += value ? "true" : "false"; }
    void raw(std::string_view json) { out_ += json; }

    // Members of `type` at `object`, each as "name":value, with `comma` before the first if there
    // was a member before; returns whether the next member needs a comma.
    bool members(const Type& type, const void* object, bool comma);
    void object(const Type& type, const void* object) {
        out_ += '{';
        members(type, object, false);
        out_ += '}';
    }
    void value(const Type& type, const void* address) { type.write(address, *this); }

private:
    std::string& out_;
    Audience audience_;
    Seal* seal_;
    std::string_view field_;
};

// Appends `value` as JSON.
template <class T>
void write(std::string& out, const T& value, Audience audience = Audience::store,
           Seal* seal = nullptr) {
    Writer writer(out, audience, seal);
    writer.value(type_of<T>(), &value);
}

template <class T>
std::string to_json(const T& value, Audience audience = Audience::store) {
    std::string out;
    write(out, value, audience);
    return out;
}

// Appends the text as a JSON string.
void append_quoted(std::string& out, std::string_view text);

}  // namespace codec
