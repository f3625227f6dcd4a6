#include "api/resources/transactions.hpp"

#include "api/route_docs.hpp"
#include "commands/transaction.hpp"

namespace api {

using namespace domain;

std::vector<http::Route> transaction_routes(const Reads& read, const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    constexpr Kind kind = Kind::transactions;
    return {
        {get, "/management/transactions", transactions_read, read.list(kind),
         lists(kind, "listTransactions", "Transactions, the newest first.")},
        {post, "/management/transactions", transactions_write, write.command<RecordTransaction>(),
         creates<RecordTransaction>("recordTransaction",
                                    "Record what a payment provider reports.")},
        {get, "/management/transactions/{id}", transactions_read, read.get(kind),
         gets(kind, "getTransaction", "A transaction.")},
        {post, "/management/transactions/{id}/resolve", transactions_write,
         write.command<ResolveTransaction>(),
         changes<ResolveTransaction>("resolveTransaction",
                                     "Record the outcome of a transaction that had none.")},
        {post, "/management/transactions/{id}/capture", transactions_write,
         write.command<CaptureTransaction>(),
         changes<CaptureTransaction>("captureTransaction",
                                     "Take money that was authorized; the answer is the capture.")},
        {post, "/management/transactions/{id}/void", transactions_write,
         write.command<VoidTransaction>(),
         changes<VoidTransaction>("voidTransaction",
                                  "Give up an authorization; the answer is the void.")},
        {post, "/management/transactions/{id}/refund", transactions_write,
         write.command<RefundTransaction>(),
         changes<RefundTransaction>("refundTransaction",
                                    "Pay money back; the answer is the refund.")},
        {post, "/management/transactions/{id}/chargebacks", transactions_write,
         write.command<OpenChargeback>(),
         changes<OpenChargeback>("openChargeback",
                                 "Record that the payer's bank asks for the money back; the answer "
                                 "is the chargeback.")},
        {post, "/management/transactions/{id}/allocate", transactions_write,
         write.command<AllocateCredit>(),
         changes<AllocateCredit>("allocateCredit",
                                 "Pay open bills with what is unallocated of the money.")},
    };
}

}  // namespace api
