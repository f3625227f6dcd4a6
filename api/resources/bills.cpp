#include "api/resources/bills.hpp"

#include "api/route_docs.hpp"
#include "commands/bill.hpp"

namespace api {

using namespace domain;

std::vector<http::Route> bill_routes(const Reads& read, const Writes& write) {
    using enum http::Verb;
    using enum Scope;
    constexpr Kind kind = Kind::bills;
    return {
        {get, "/management/bills", bills_read, read.list(kind),
         lists(kind, "listBills", "Bills, the newest first.")},
        {post, "/management/bills", bills_write, write.command<CreateBill>(),
         creates<CreateBill>("createBill", "Draft a bill.")},
        {post, "/management/bills/preview", bills_read, write.command<PreviewBill>(),
         previews<PreviewBill>("previewBill",
                               "What the next bill of a contract, or one with these lines, would "
                               "be; nothing is written.")},
        {get, "/management/bills/{id}", bills_read, read.get(kind),
         gets(kind, "getBill", "A bill.")},
        {patch, "/management/bills/{id}", bills_write, write.command<UpdateBill>(),
         changes_version<UpdateBill>("updateBill", "Change a draft by a JSON merge patch.")},
        {delete_, "/management/bills/{id}", bills_write, write.command<DeleteBill>(),
         removes<DeleteBill>("deleteBill", "Remove a draft.")},
        {post, "/management/bills/{id}/issue", bills_write, write.command<IssueBill>(),
         changes<IssueBill>("issueBill", "Give a draft its number and ask for the money.")},
        {post, "/management/bills/{id}/pay", bills_write, write.command<PayBill>(),
         makes<PayBill>(Kind::transactions, "payBill",
                        "Ask for what remains: a charge that waits for its outcome.")},
        {post, "/management/bills/{id}/retry", bills_write, write.command<RetryBill>(),
         changes<RetryBill>("retryBill", "Plan another attempt to collect.")},
        {post, "/management/bills/{id}/cancel", bills_write, write.command<CancelBill>(),
         changes<CancelBill>("cancelBill", "Withdraw a bill before any money settled.")},
        {post, "/management/bills/{id}/void", bills_write, write.command<VoidBill>(),
         changes<VoidBill>("voidBill", "Annul an issued bill; its number is kept.")},
        {post, "/management/bills/{id}/write-off", bills_write, write.command<WriteOffBill>(),
         changes<WriteOffBill>("writeOffBill", "Give up an overdue bill.")},
        {post, "/management/bills/{id}/reinstate", bills_write, write.command<ReinstateBill>(),
         changes<ReinstateBill>("reinstateBill", "Demand a bill again that was written off.")},
        {post, "/management/bills/{id}/refunds", bills_write, write.command<RecordRefund>(),
         changes<RecordRefund>("refundBill", "Record that money was paid back.")},
    };
}

}  // namespace api
