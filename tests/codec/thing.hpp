// A described type with a member of every sort, for the codec's tests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/reflect.hpp"
#include "domain/change.hpp"
#include "domain/ids.hpp"
#include "domain/personal.hpp"
#include "domain/time.hpp"

namespace codec::testing {

enum class Colour : std::uint8_t { absent, red, green };
constexpr auto describe(const Colour*) { return domain::wire_names("", "RED", "GREEN"); }

struct Part {
    std::int64_t amount = 0;
    bool operator==(const Part&) const = default;
};
constexpr auto describe(const Part*) {
    return domain::fields(
        domain::field<&Part::amount>("amount", "How much.").required().range(0, 9));
}

struct Owner {
    domain::Personal name;
    bool operator==(const Owner&) const = default;
};
constexpr auto describe(const Owner*) {
    return domain::fields(domain::field<&Owner::name>("name", "Whose it is."));
}

struct Thing {
    std::optional<domain::Sku> sku;
    Colour colour = Colour::red;
    std::vector<Part> parts;
    domain::Change<std::string> title;
    std::string note;
    bool is_new = false;
    std::uint8_t small = 0;
    domain::Timestamp made_at;
    domain::Metadata metadata;
    Owner owner;
    std::map<std::string, domain::Personal, std::less<>> notes;
    std::int64_t secret = 0;
    bool operator==(const Thing&) const = default;
};
constexpr auto describe(const Thing*) {
    using domain::field;
    return domain::fields(
        field<&Thing::sku>("sku", "Which."), field<&Thing::colour>("colour", "Of it.").required(),
        field<&Thing::parts>("parts", "In it.").items(3),
        field<&Thing::title>("title", "On it.").required().length(1, 5),
        field<&Thing::note>("note", "About it.").length(0, 7),
        field<&Thing::is_new>("isNew", "Just made?"), field<&Thing::small>("small", "A little."),
        field<&Thing::made_at>("madeAt", "When."),
        field<&Thing::metadata>("metadata", "A client's own.").items(2).length(0, 12),
        field<&Thing::owner>("owner", "Who has it."),
        field<&Thing::notes>("notes", "About who has it."),
        field<&Thing::secret>("secret", "Ours.").internal());
}

}  // namespace codec::testing
