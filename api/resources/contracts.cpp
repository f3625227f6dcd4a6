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
        {post, "/management/contracts/{id}/discard", contracts_write,
         write.command<DiscardContract>(),
         changes<DiscardContract>("discardContract", "Cancel a draft that nobody agreed on.")},
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
        {post, "/management/contracts/{id}/change", contracts_write,
         write.command<ChangeContract>(),
         changes_version<ChangeContract>(
             "changeContract", "Change its items, now, later, or at the end of the period.")},
        {post, "/management/contracts/{id}/change-price", contracts_write,
         write.command<ChangeContractPrice>(),
         changes_version<ChangeContractPrice>("changeContractPrice",
                                              "Set what its items cost from a later period on.")},
        {post, "/management/contracts/{id}/change-payer", contracts_write,
         write.command<ChangeContractPayer>(),
         changes_version<ChangeContractPayer>("changeContractPayer",
                                              "Let somebody else pay its bills to come.")},
        {post, "/management/contracts/{id}/change-delivery-address", contracts_write,
         write.command<ChangeDeliveryAddress>(),
         changes_version<ChangeDeliveryAddress>("changeDeliveryAddress",
                                                "Deliver it to another address.")},
        {post, "/management/contracts/{id}/consume-issue", contracts_write,
         write.command<ConsumeContractIssue>(),
         changes<ConsumeContractIssue>(
             "consumeContractIssue",
             "Count an issue that was handed over; after the last one the contract expires.")},
        {post, "/management/contracts/import", contracts_write, write.command<ImportContract>(),
         creates<ImportContract>("importContract",
                                 "Take over a contract that runs in another system.")},
    };
}

}  // namespace api
