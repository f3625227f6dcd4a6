// Makes a data directory with so many bills, made over the last two years by a clock of its own, of
// two hundred readers in turn: half of them paid at once, the others within two weeks.
//
//     bench_past DIRECTORY BILLS
//
// Prints one line of JSON with the times of a year and of a day ago.
#include <atomic>
#include <iostream>
#include <map>
#include <string>

#include "bench/catalogue.hpp"
#include "bench/directory.hpp"
#include "bench/program.hpp"
#include "bench/pump.hpp"

namespace {

using namespace domain;

constexpr std::size_t outstanding_max = 1024;
constexpr std::size_t readers = 200;
constexpr std::size_t days = 730;
constexpr Minor amount = 4'900;

// It shows what it was set to.
class SetClock final : public commands::Clock {
public:
    explicit SetClock(Timestamp now) : now_(now) {}
    void set(Timestamp now) { now_ = now; }
    Timestamp now() const override { return now_; }
    std::int64_t steady_milliseconds() const override { return system_.steady_milliseconds(); }

private:
    infra::SystemClock system_;
    std::atomic<Timestamp> now_;
};

std::string bill_id(std::size_t number) { return "bill-" + std::to_string(number); }

void issue(bench::Pump& pump, std::size_t number) {
    CreateBill bill;
    bill.user_id = bench::reader(number % readers);
    bill.vendor_id = {"nordpress"};
    bill.currency = *Currency::parse("NOK");
    BillLineWish item;
    item.sku = {"evening-news"};
    item.title = "Back issue";
    item.unit_amount = amount;
    bill.items.push_back(item);
    pump.send({Kind::bills, bill_id(number)}, bill);
    pump.send({Kind::bills, bill_id(number)}, IssueBill{});
}

void pay(bench::Pump& pump, std::size_t number) {
    RecordTransaction charge;
    charge.type = TransactionType::charge;
    charge.status = TransactionStatus::succeeded;
    charge.amount = amount;
    charge.currency = *Currency::parse("NOK");
    charge.user_id = bench::reader(number % readers);
    charge.bill_id = BillId{bill_id(number)};
    charge.provider = "bench-pay";
    charge.provider_reference = bill_id(number);
    pump.send({Kind::transactions, bill_id(number)}, charge);
}

void live(bench::Pump& pump, SetClock& clock, std::size_t bills, Timestamp begin) {
    std::multimap<std::size_t, std::size_t> unpaid;  // By the number of the bill after which.
    const std::chrono::milliseconds all = std::chrono::days(days);
    for (std::size_t i = 0; i < bills; ++i) {
        clock.set(begin + all * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(bills));
        issue(pump, i);
        const std::size_t wait_days = i % 2 == 0 ? 0 : i * 7'919 % 14;
        unpaid.emplace(i + wait_days * bills / days, i);
        for (; !unpaid.empty() && unpaid.begin()->first <= i; unpaid.erase(unpaid.begin())) {
            pay(pump, unpaid.begin()->second);
        }
        // Time must not run ahead of what is on its way.
        if (i % outstanding_max == 0) pump.drain();
    }
    pump.drain();
}

void fill(const std::string& path, std::size_t bills) {
    const Timestamp now = infra::SystemClock().now();
    const Timestamp begin = now - std::chrono::days(days);
    SetClock clock(begin);
    bench::Directory directory(path, clock);
    bench::Pump pump(directory.shards(), cli::first_tenant, outstanding_max);
    bench::make_vendor(pump);
    bench::make_readers(pump, readers);
    live(pump, clock, bills, begin);
    std::cout << R"({"bills":)" << bills << R"(,"events":)" << directory.events()
              << R"(,"yearAgo":")" << to_rfc3339(now - std::chrono::days(days / 2))
              << R"(","dayAgo":")" << to_rfc3339(now - std::chrono::days(1)) << "\"}\n";
    directory.close();
}

}  // namespace

int main(int count, char** arguments) {
    return bench::run_program("bench_past DIRECTORY BILLS", count == 3,
                              [=] { fill(arguments[1], std::stoull(arguments[2])); });
}
