// Makes a data directory with so many contracts that came from another system, each with a reader
// of its own, and all paid until the same instant, which is past by now: whoever serves the
// directory has all of them to renew.
//
//     bench_billing DIRECTORY CONTRACTS
#include <iostream>
#include <string>

#include "bench/catalogue.hpp"
#include "bench/directory.hpp"
#include "bench/program.hpp"
#include "bench/pump.hpp"

namespace {

using namespace domain;

constexpr std::size_t outstanding_max = 4096;
constexpr std::chrono::hours ago{2};

// The wall clock, some hours ago.
class PastClock final : public commands::Clock {
public:
    Timestamp now() const override { return system_.now() - ago; }
    std::int64_t steady_milliseconds() const override { return system_.steady_milliseconds(); }

private:
    infra::SystemClock system_;
};

void take_over(bench::Pump& pump, const UserId& user, Period paid) {
    CreateUser person;
    person.email = {user.text + "@example.org"};
    person.name = Personal{"Kari Nordmann"};
    pump.send({Kind::users, user.text}, person);

    ImportContract contract;
    contract.user_id = user;
    contract.items.push_back(
        {{.sku = {"evening-news"}, .purchase_option_id = {"monthly"}, .quantity = 1}, {}});
    contract.current_period_start = paid.start;
    contract.current_period_end = paid.end;
    pump.send({Kind::contracts, user.text}, contract);
}

void fill(const std::string& path, std::size_t contracts) {
    const PastClock clock;
    bench::Directory directory(path, clock);
    bench::Pump pump(directory.shards(), cli::first_tenant, outstanding_max);
    bench::make_catalogue(pump, 2'500);
    const Timestamp now = clock.now();
    const Period paid{now - std::chrono::days(30), now + ago / 2};
    for (std::size_t i = 0; i < contracts; ++i) {
        take_over(pump, bench::reader(i), paid);
    }
    pump.drain();
    std::cout << R"({"contracts":)" << contracts << R"(,"events":)" << directory.events() << "}\n";
    directory.close();
}

}  // namespace

int main(int count, char** arguments) {
    return bench::run_program("bench_billing DIRECTORY CONTRACTS", count == 3,
                              [=] { fill(arguments[1], std::stoull(arguments[2])); });
}
