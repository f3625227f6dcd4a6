#include "projections/representation.hpp"

#include "codec/reflect.hpp"

namespace projections {

void append_representation(std::string& out, const domain::AnyAggregate& aggregate) {
    std::visit(
        [&out](const auto& one) {
            codec::Writer writer(out, codec::Audience::client);
            using State = std::decay_t<decltype(one.state)>;
            out += R"({"id":)";
            writer.text(one.id);
            writer.members(codec::type_of<State>(), &one.state, true);
            out += R"(,"version":)";
            writer.integer(static_cast<std::int64_t>(one.version));
            out += R"(,"createdAt":)";
            writer.value(codec::type_of<domain::Timestamp>(), &one.created_at);
            out += R"(,"updatedAt":)";
            writer.value(codec::type_of<domain::Timestamp>(), &one.updated_at);
            out += '}';
        },
        aggregate);
}

std::string representation(const domain::AnyAggregate& aggregate) {
    std::string json;
    append_representation(json, aggregate);
    return json;
}

}  // namespace projections
