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
    };
}

}  // namespace api
