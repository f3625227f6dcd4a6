// Sequences of everything that can be asked about contracts, bills, payments, rights and the clock,
// on a small publisher's books. A step is a few numbers, and what they mean depends on what there
// is when it comes: so any part of a sequence is a sequence, and a long one that breaks something
// can be shrunk to the steps that matter.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "tests/commands/ledger.hpp"

namespace commands::tests {

struct Step {
    std::size_t action = 0;
    std::array<std::int64_t, 3> numbers = {};  // Each below `numbers_end`.
};
constexpr std::int64_t numbers_end = 3'600;
class Publisher {
public:
    Publisher();

    // What a step can do; the action of a step is below its size.
    struct Action {
        std::string_view name;
        void (Publisher::*run)(const Step&);
    };
    static const std::vector<Action>& actions();

    // Does the step, and what is wrong after it. What is refused changes nothing.
    std::string take(const Step& step);

    // How often each event came.
    const std::map<std::string, int>& events() const { return events_; }

private:
    template <class Wish>
    void ask(domain::Kind kind, const std::string& id, Wish wish);
    // One of those that there are, most often one of the last; made up if there is none.
    std::string any(domain::Kind kind, std::int64_t number);
    // The same of bills that wait for money, if there is one.
    std::string open_bill(std::int64_t number);

    void publish(const std::string& vendor, const std::string& sku);
    void sign(const Step& step);
    void draft(const Step& step);
    void confirm(const Step& step);
    void discard(const Step& step);
    void cancel(const Step& step);
    void uncancel(const Step& step);
    void pause(const Step& step);
    void resume(const Step& step);
    void change(const Step& step);
    void change_price(const Step& step);
    void change_payer(const Step& step);
    void move_house(const Step& step);
    void consume(const Step& step);
    void import(const Step& step);
    void create_bill(const Step& step);
    void update_bill(const Step& step);
    void issue_bill(const Step& step);
    void move_bill(const Step& step);
    void pay(const Step& step);
    void charge(const Step& step);
    void bring_money(const Step& step);
    void resolve(const Step& step);
    void follow(const Step& step);
    void reverse_chargeback(const Step& step);
    void allocate(const Step& step);
    void refund_by_hand(const Step& step);
    void grant(const Step& step);
    void move_right(const Step& step);
    void pass_hours(const Step& step);
    void pass_days(const Step& step);
    void pass(std::chrono::hours time);

    domain::RecordTransaction notice(const Step& step, domain::TransactionType type);
    // Of what was done last.
    void judge();

    Books books_;
    Ledger ledger_;
    std::string wrong_;
    std::map<std::string, int> events_;
    int references_ = 0;
};

void showValue(const Step& step, std::ostream& out);

}  // namespace commands::tests
