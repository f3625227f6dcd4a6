#include "api/resources/audit.hpp"

#include "api/route_docs.hpp"

namespace api {
namespace {

http::RouteDoc notes(std::string_view operation, std::string_view summary) {
    return {.operation = operation, .summary = summary, .tag = "audit", .produces = {"text/plain"}};
}

template <class Document>
http::RouteDoc proves(std::string_view operation, std::string_view summary,
                      std::vector<http::QueryParameter> query) {
    return {.operation = operation,
            .summary = summary,
            .tag = "audit",
            .query = std::move(query),
            .response = value_schema<Document>()};
}

}  // namespace

std::vector<http::Route> audit_routes(const Audit& audit) {
    using enum http::Verb;
    using enum http::ParameterType;
    using enum Scope;
    return {
        {get, "/management/audit/checkpoint", audit_read, audit.checkpoint(),
         notes("getCheckpoint",
               "The newest signed note of how many entries the tenant's shard has, and of the "
               "Merkle root over them.")},
        {get, "/management/audit/proofs/inclusion", audit_read, audit.inclusion(),
         proves<journal::InclusionDocument>(
             "proveInclusion", "That an entry is one of the first `size`.",
             {{.name = "position", .doc = "Of the entry.", .is_required = true},
              {.name = "size",
               .type = integer,
               .doc = "Entries of the tree; those of the newest checkpoint if left out."}})},
        {get, "/management/audit/proofs/consistency", audit_read, audit.consistency(),
         proves<journal::ConsistencyDocument>(
             "proveConsistency", "That the first `to` entries begin with the first `from`.",
             {{.name = "from",
               .type = integer,
               .doc = "Entries of the older tree.",
               .is_required = true},
              {.name = "to",
               .type = integer,
               .doc = "Entries of the newer tree; those of the newest checkpoint if left out."}})},
    };
}

std::vector<http::Route> evidence_routes(const Audit& audit) {
    using enum http::Verb;
    using enum Scope;
    return {
        {get, "/management/bills/{id}/proof", audit_read, audit.bill(),
         proves<journal::ResourceProof>(
             "proveBill",
             "The entries of a bill as they are stored, and that they are what was signed.", {})},
    };
}

}  // namespace api
