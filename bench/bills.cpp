// Makes a data directory with so many bills, of two hundred readers in turn, a fifth of them
// issued.
//
//     bench_bills DIRECTORY BILLS
#include <iostream>
#include <string>

#include "bench/catalogue.hpp"
#include "bench/directory.hpp"
#include "bench/program.hpp"
#include "bench/pump.hpp"

namespace {

using namespace domain;

constexpr std::size_t outstanding_max = 4096;
constexpr std::size_t readers = 200;

void bill(bench::Pump& pump, std::size_t number) {
    CreateBill bill;
    bill.user_id = bench::reader(number % readers);
    bill.vendor_id = {"nordpress"};
    bill.currency = *Currency::parse(number % 7 == 0 ? "EUR" : "NOK");
    BillLineWish item;
    item.sku = {"evening-news"};
    item.title = "Back issue";
    item.unit_amount = static_cast<Minor>(100 + number * 7'919 % 9'000);
    bill.items.push_back(item);
    const Subject subject{Kind::bills, "bill-" + std::to_string(number)};
    pump.send(subject, bill);
    if (number % 5 == 0) pump.send(subject, IssueBill{});
}

void fill(const std::string& path, std::size_t bills) {
    const infra::SystemClock clock;
    bench::Directory directory(path, clock);
    bench::Pump pump(directory.shards(), cli::first_tenant, outstanding_max);
    bench::make_vendor(pump);
    bench::make_readers(pump, readers);
    for (std::size_t i = 0; i < bills; ++i) bill(pump, i);
    pump.drain();
    std::cout << R"({"bills":)" << bills << R"(,"events":)" << directory.events() << "}\n";
    directory.close();
}

}  // namespace

int main(int count, char** arguments) {
    return bench::run_program("bench_bills DIRECTORY BILLS", count == 3,
                              [=] { fill(arguments[1], std::stoull(arguments[2])); });
}
