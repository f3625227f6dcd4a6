// What there is about one person: the customer document as XML, and the export of everything.
//
// The document is in the vocabulary of print-subscription systems; docs/customer.xsd describes it.
//
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread. Both take
// one snapshot, and read as much as there is about the person: on a worker.
#pragma once

#include <functional>
#include <string>

#include "api/http/workers.hpp"
#include "api/read.hpp"

namespace api {

class Customers {
public:
    // REQUIRES: all outlive this.
    Customers(const Reads& reads, http::Workers& workers, std::function<domain::Timestamp()> now)
        : reads_(reads), workers_(workers), now_(std::move(now)) {}
    Customers(const Customers&) = delete;
    Customers& operator=(const Customers&) = delete;

    // The path's parameter is a customer number or a user's id.
    http::Handler document() const;
    // The path's parameter is a user's id.
    http::Handler everything() const;

    static http::RouteDoc document_doc();
    static http::RouteDoc everything_doc();

private:
    struct Wanted {
        domain::TenantId tenant;
        std::string id;
        bool by_number = false;
        std::string known;  // The client's version, as If-None-Match has it.
    };
    using Found = domain::Result<projections::PersonRecord, http::Problem>;
    using Show = std::function<http::Response(const Wanted&, projections::PersonRecord)>;
    http::Task<http::Response> answer(http::Request request, bool by_number, Show show) const;
    http::Response answer_of(const Wanted& wanted, const Show& show) const;
    Found find(const Wanted& wanted) const;

    const Reads& reads_;
    http::Workers& workers_;
    std::function<domain::Timestamp()> now_;
};

// The document at this time, which it does not say yet. Cost: proportional to the record.
std::string customer_xml(const projections::PersonRecord& record, domain::Timestamp now);
// The same, and says it. REQUIRES: `xml` is of `customer_xml`.
std::string with_as_of(std::string xml, domain::Timestamp now);

}  // namespace api
