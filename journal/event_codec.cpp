#include "journal/event_codec.hpp"

#include <unordered_map>
#include <vector>

#include "codec/reflect.hpp"

namespace journal {
namespace {

template <class E>
constexpr std::uint32_t version_of_type() {
    if constexpr (requires { E::event_version; }) {
        return E::event_version;
    } else {
        return 1;
    }
}

template <class D, class E>
domain::AnyEvent read_event(const simdjson::dom::element& data, codec::Reader& reader) {
    E event;
    codec::type_of<E>().read(data, &event, domain::Limits{}, reader);
    return typename D::Event(std::move(event));
}

template <class D, class... E>
void add_types(std::vector<EventType>& table, std::type_identity<std::variant<E...>>) {
    (table.push_back({domain::type_name<E>(), D::kind, version_of_type<E>(),
                      has_personal(codec::type_of<E>()), &codec::type_of<E>, &read_event<D, E>}),
     ...);
}

const std::vector<EventType>& table() {
    static const std::vector<EventType> all = [] {
        std::vector<EventType> made;
        domain::Deciders::for_each([&]<class D>(std::type_identity<D>) {
            add_types<D>(made, std::type_identity<typename D::Event>{});
        });
        return made;
    }();
    return all;
}

}  // namespace

bool has_personal(const codec::Type& type) {
    if (type.kind == codec::TypeKind::personal) return true;
    if (type.element != nullptr) return has_personal(type.element());
    for (const codec::Member& member : type.members) {
        if (has_personal(member.type())) return true;
    }
    return false;
}

std::span<const EventType> event_types() { return table(); }

const EventType* find_event_type(std::string_view name) {
    static const auto index = [] {
        std::unordered_map<std::string_view, const EventType*> made;
        for (const EventType& type : table()) made.emplace(type.name, &type);
        return made;
    }();
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
}

EventData data_of(const domain::AnyEvent& event) {
    return std::visit(
        [](const auto& of_kind) {
            return std::visit(
                [](const auto& one) -> EventData {
                    return {&codec::type_of<std::decay_t<decltype(one)>>(), &one};
                },
                of_kind);
        },
        event);
}

}  // namespace journal
