// Makes a data directory with so many events, as a publisher's business makes them: readers with a
// contract, its first bill, and a bill by hand that is paid and grants a right.
//
//     bench_fill DIRECTORY EVENTS [USERS]
//
// and so many users more, who have bought nothing.
// Prints one line of JSON: what is there now, and how fast it came.
#include <chrono>
#include <iostream>
#include <string>

#include "bench/catalogue.hpp"
#include "bench/directory.hpp"
#include "bench/program.hpp"
#include "bench/pump.hpp"

namespace {

using namespace domain;
using std::chrono::steady_clock;

constexpr std::size_t commands_per_reader = 6;
constexpr std::size_t outstanding_max = 4096;

Currency krone() { return *Currency::parse("NOK"); }

void subscribe(bench::Pump& pump, const UserId& user) {
    CreateUser person;
    person.email = {user.text + "@example.org"};
    person.name = Personal{"Kari Nordmann"};
    pump.send({Kind::users, user.text}, person);

    CreateContract contract;
    contract.user_id = user;
    contract.items.push_back(
        {.sku = {"evening-news"}, .purchase_option_id = {"monthly"}, .quantity = 1});
    pump.send({Kind::contracts, user.text}, contract);
    pump.send({Kind::contracts, user.text}, ConfirmContract{});
}

void buy(bench::Pump& pump, const UserId& user) {
    CreateBill bill;
    bill.user_id = user;
    bill.vendor_id = {"nordpress"};
    bill.currency = krone();
    BillLineWish item;
    item.sku = {"evening-news"};
    item.title = "Back issue";
    item.unit_amount = 4'900;
    bill.items.push_back(item);
    pump.send({Kind::bills, user.text}, bill);
    pump.send({Kind::bills, user.text}, IssueBill{});

    RecordTransaction charge;
    charge.type = TransactionType::charge;
    charge.status = TransactionStatus::succeeded;
    charge.amount = 4'900;
    charge.currency = krone();
    charge.user_id = user;
    charge.bill_id = BillId{user.text};
    charge.provider = "bench-pay";
    charge.provider_reference = user.text;
    pump.send({Kind::transactions, user.text}, charge);
}

void live(bench::Pump& pump, std::size_t first, std::size_t readers) {
    for (std::size_t i = first; i < first + readers; ++i) {
        const UserId user = bench::reader(i);
        subscribe(pump, user);
        buy(pump, user);
    }
    pump.drain();
}

// Ten thousand names; each word of one is that of a hundredth.
void register_users(bench::Pump& pump, std::size_t users) {
    for (std::size_t i = 0; i < users; ++i) {
        CreateUser person;
        person.email = {"user" + std::to_string(i) + "@example.org"};
        person.given_name = Personal{"Given" + std::to_string(i % 100)};
        person.family_name = Personal{"Family" + std::to_string(i / 100 % 100)};
        pump.send({Kind::users, "user-" + std::to_string(i)}, person);
    }
    pump.drain();
}

void fill(const std::string& path, std::size_t events, std::size_t users) {
    const infra::SystemClock clock;
    bench::Directory directory(path, clock);
    bench::Pump pump(directory.shards(), cli::first_tenant, outstanding_max);
    bench::make_catalogue(pump, 0);
    constexpr std::size_t sample = 100;
    const auto before = directory.events();
    live(pump, 0, sample);
    const std::size_t per_reader = (directory.events() - before) / sample;

    const std::size_t readers = events / per_reader;
    const auto started = steady_clock::now();
    if (readers > sample) live(pump, sample, readers - sample);
    const std::chrono::duration<double> seconds = steady_clock::now() - started;
    register_users(pump, users);
    std::cout << R"({"events":)" << directory.events() << R"(,"entries":)" << directory.entries()
              << R"(,"commands_per_second":)"
              << static_cast<double>((readers - sample) * commands_per_reader) / seconds.count()
              << "}\n";
    directory.close();
}

}  // namespace

int main(int count, char** arguments) {
    return bench::run_program("bench_fill DIRECTORY EVENTS [USERS]", count == 3 || count == 4, [=] {
        fill(arguments[1], std::stoull(arguments[2]), count == 4 ? std::stoull(arguments[3]) : 0);
    });
}
