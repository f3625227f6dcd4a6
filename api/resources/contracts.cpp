#include "api/resources/contracts.hpp"

#include "api/route_docs.hpp"
#include "commands/contract.hpp"

namespace api {

using namespace domain;

std::vector<http::Route> contract_routes(const Reads& read, const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    constexpr Kind kind = Kind::contracts;
    return {
        {get, "/management/contracts", contracts_read, read.list(kind),
         lists(kind, "listContracts", "Contracts, the newest first.")},
        {post, "/management/contracts", contracts_write, write.command<CreateContract>(),
         creates<CreateContract>("createContract", "Draft a contract.")},
        {get, "/management/contracts/{id}", contracts_read, read.get(kind),
         gets(kind, "getContract", "A contract.")},
        {post, "/management/contracts/{id}/confirm", contracts_write,
         write.command<ConfirmContract>(),
         changes<ConfirmContract>("confirmContract",
                                  "Agree on a draft: its first bill is issued.")},
        {post, "/management/contracts/{id}/cancel", contracts_write,
         write.command<CancelContract>(),
         changes<CancelContract>("cancelContract",
                                 "Cancel, at the end of the paid period or at once.")},
        {post, "/management/contracts/{id}/uncancel", contracts_write,
         write.command<UncancelContract>(),
         changes<UncancelContract>("uncancelContract",
                                   "Withdraw a cancellation that has not come yet.")},
        {post, "/management/contracts/{id}/pause", contracts_write, write.command<PauseContract>(),
         changes<PauseContract>(
             "pauseContract", "Stop access and bills for a while; the periods stay as they are.")},
        {post, "/management/contracts/{id}/resume", contracts_write,
         write.command<ResumeContract>(),
         changes<ResumeContract>("resumeContract",
                                 "Go on after a pause, with the rest of the period that runs.")},
    };
}

}  // namespace api
