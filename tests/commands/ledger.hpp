// A ledger: what the events of a tenant say in sum, told from them alone, by plain adding up. It
// judges the aggregates (the invariants of bills across kinds: I7 to I10) and shares nothing with
// the rules that made the events.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/commands/books.hpp"

namespace commands::tests {

class Ledger {
public:
    // Takes in what was done; what is wrong with it.
    std::string take(const std::vector<journal::RecordedEvent>& entry);

    // What of the books is not as the events say; nothing if all is.
    std::string judge(Books& books) const;

    // The ids of a kind, in the order in which they were made.
    const std::vector<std::string>& made(domain::Kind kind) { return made_[kind]; }

private:
    struct BillSum {
        std::optional<domain::BillContent> issued;  // What it was when it was issued.
        domain::Minor applied = 0;
        domain::Minor reversed = 0;
        domain::Minor refunded = 0;
        domain::Minor noted = 0;  // Of that, what somebody noted without a transaction.
        std::map<std::string, domain::Minor> paid_by;  // By transactions, less what was reversed.
    };
    struct MoneySum {
        domain::TransactionHead head;
        bool has_succeeded = false;
        domain::Minor unallocated = 0;
        domain::Minor credit = 0;     // Of it, what bills have ever used.
        domain::Minor gone = 0;       // Refunds and chargebacks of it that succeeded.
        domain::Minor captured = 0;   // Captures of it that succeeded.
        domain::Minor refunded = 0;   // Of `gone`, what bills have noted.
        domain::Minor withdrawn = 0;  // Of `gone`, what was taken from its credit.
    };

    std::string take_one(const std::string& id, const domain::BillEvent& event);
    std::string take_one(const std::string& id, const domain::TransactionEvent& event);
    template <class Event>
    std::string take_one(const std::string&, const Event&) {
        return "";
    }
    void succeed(const std::string& id);
    std::string judge(const std::string& id, const domain::Bill& bill) const;
    std::string judge(const std::string& id, const domain::Transaction& transaction) const;
    std::string judge_money(const std::string& id, const MoneySum& money) const;
    std::string judge_periods(Books& books) const;
    std::string judge_payments(Books& books) const;
    std::string judge_rights(Books& books, const std::set<std::string>& past_grace) const;

    std::map<domain::Subject, domain::AnyAggregate> folds_;
    std::map<domain::Kind, std::vector<std::string>> made_;
    std::map<std::string, BillSum> bills_;
    std::map<std::string, MoneySum> money_;
    std::map<std::string, std::int64_t> numbers_;  // The last one of each vendor.
};

}  // namespace commands::tests
