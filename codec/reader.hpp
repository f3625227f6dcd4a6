// The JSON reader: fills described values from a parsed document.
//
// Two ways to read. `Strictness::request` is for what clients send: every problem of the document
// is collected (not the first one only), unknown and read-only members are problems, limits hold.
// `Strictness::stored` is for what Daybook wrote itself: unknown members are ignored (they come
// from a newer version), limits are not checked again, and any problem means damage.
//
// Not thread-safe; one Reader a document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/type.hpp"

namespace codec {

// One problem of a document. `code` is stable, for programs; `detail` names the fix, for people.
struct Problem {
    std::string pointer;  // RFC 6901.
    std::string code;
    std::string detail;
    bool operator==(const Problem&) const = default;
};

// How sealed text becomes plain again.
class Unseal {
public:
    virtual ~Unseal() = default;
    // Empty when the person's key is gone: the text was erased.
    virtual std::optional<std::string> unseal(std::string_view field, std::string_view sealed) = 0;
};

enum class Strictness : std::uint8_t { request, stored };

class Reader {
public:
    explicit Reader(Strictness strictness, Unseal* unseal = nullptr)
        : strictness_(strictness), unseal_(unseal) {}

    Strictness strictness() const { return strictness_; }
    Unseal* unseal() const { return unseal_; }
    std::string_view field() const { return field_; }

    // Names that the resource has but a client may not set: `read_only_field` instead of
    // `unknown_field`. Null when there are none.
    const Type* resource = nullptr;

    void problem(std::string_view code, std::string_view detail);
    bool ok() const { return problems_.empty(); }
    const std::vector<Problem>& problems() const { return problems_; }
    std::vector<Problem> take_problems() { return std::move(problems_); }

    // Reads the members of an object; missing required members are problems.
    void members(const Type& type, const simdjson::dom::element& in, void* object);

    // Where in the document the reader is.
    void enter(std::string_view token);
    void enter(std::size_t index) { enter(std::to_string(index)); }
    void leave();

private:
    void unknown_member(std::string_view name);
    void missing_members(const Type& type, const std::vector<bool>& seen);

    Strictness strictness_;
    Unseal* unseal_;
    std::string pointer_;
    std::vector<std::size_t> marks_;
    std::string_view field_;
    std::vector<Problem> problems_;
};

// A parsed document; keeps simdjson out of the headers. Whole documents only: the end is checked,
// duplicate keys, NUL, invalid UTF-8, depth over 64 and numbers that do not fit 64 bits are
// problems.
class Document {
public:
    Document();
    ~Document();
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    // Parses; the problem says where and why not. A trusted document (our own bytes) skips the look
    // for duplicate keys. The parser is reused: the last element dies.
    std::optional<Problem> parse(std::string_view text, Strictness strictness);
    // REQUIRES: the last parse gave no problem.
    const simdjson::dom::element& root() const;

private:
    struct Parsed;
    Parsed* parsed_;
};

// This thread's own document, for reading one text after another without allocating a parser each.
Document& scratch_document();

// Reads a described value from a request body. All problems of the body are in `problems`.
template <class T>
bool read_request(std::string_view body, T& value, std::vector<Problem>& problems,
                  const Type* resource = nullptr) {
    Document& document = scratch_document();
    if (auto problem = document.parse(body, Strictness::request)) {
        problems.push_back(std::move(*problem));
        return false;
    }
    Reader reader(Strictness::request);
    reader.resource = resource;
    type_of<T>().read(document.root(), &value, domain::Limits{}, reader);
    problems = reader.take_problems();
    return problems.empty();
}

// Reads what `write` wrote. False on anything that it could not have written.
template <class T>
bool read_stored(std::string_view text, T& value) {
    Document& document = scratch_document();
    if (document.parse(text, Strictness::stored)) return false;
    Reader reader(Strictness::stored);
    type_of<T>().read(document.root(), &value, domain::Limits{}, reader);
    return reader.ok();
}

}  // namespace codec
