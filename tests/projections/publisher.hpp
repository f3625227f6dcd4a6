// A publisher's business at random: entries of all kinds, from a seed.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/projections/book.hpp"

namespace tests::projections_test {

class Publisher {
public:
    Publisher(Book& book, std::string tenant, std::uint64_t seed)
        : book_(book), tenant_(std::move(tenant)), random_(seed) {}

    const std::string& tenant() const { return tenant_; }

    // One entry.
    void step() {
        // Several entries happen within one millisecond, so that ids have to order lists.
        if (below(3) == 0) book_.tick(static_cast<int>(below(5000)));
        switch (below(12)) {
            case 0: return add_user();
            case 1: return add_product();
            case 2: return add_vendor();
            case 3: return add_contract();
            case 4:
            case 5: return add_bill();
            case 6: return add_transaction();
            case 7: return add_entitlement();
            case 8: return change_user();
            case 9: return change_vendor();
            case 10: return change_bill();
            default: return change_entitlement();
        }
    }
    void steps(int count) {
        for (int i = 0; i < count; ++i) step();
    }

    std::size_t below(std::size_t limit) { return random_() % limit; }
    template <class T>
    const T& any_of(const std::vector<T>& all) {
        return all[below(all.size())];
    }
    // A value of a filter: mostly one that some resources have.
    std::string user() { return "u" + std::to_string(below(6)); }
    std::string vendor() { return "v" + std::to_string(below(3)); }
    std::string sku() { return "sku-" + std::to_string(below(8)); }
    domain::Currency currency() {
        return *domain::Currency::parse(any_of(std::vector<std::string>{"NOK", "EUR", "JPY"}));
    }
    std::string name() {
        return any_of(std::vector<std::string>{"Kari Nordmann", "Łukasz Wałęsa", "José Pérez",
                                               "Weiß Åse", "İpek Øst", "Jo Jorun Jonsson"});
    }

private:
    std::string new_id(const std::string& prefix) {
        return prefix + std::to_string(1000 + below(9000)) + "-" + std::to_string(++last_id_);
    }
    void append(domain::Kind kind, const std::string& id, domain::AnyEvent event) {
        book_.append(tenant_, {{{kind, id}, std::move(event)}});
    }
    // A resource of the kind that there is; empty when there is none.
    std::string existing(domain::Kind kind) {
        std::vector<std::string> ids;
        for (const auto& [key, aggregate] : book_.aggregates()) {
            if (key.first == tenant_ && key.second.kind == kind) ids.push_back(key.second.id);
        }
        return ids.empty() ? std::string() : any_of(ids);
    }

    void add_user() {
        domain::UserCreated event;
        event.email = {"mail" + std::to_string(below(20)) + "@example.org"};
        event.name = domain::Personal{name()};
        event.customer_number = ++last_id_;
        append(domain::Kind::users, new_id("user"), domain::UserEvent(event));
    }
    void change_user() {
        const std::string id = existing(domain::Kind::users);
        if (id.empty()) return add_user();
        domain::UserProfileChanged event;
        if (below(3) > 0) event.name = domain::Personal{name()};
        append(domain::Kind::users, id, domain::UserEvent(event));
    }
    void add_vendor() {
        domain::VendorCreated event;
        event.name = name();
        append(domain::Kind::vendors, new_id("vendor"), domain::VendorEvent(event));
    }
    void change_vendor() {
        const std::string id = existing(domain::Kind::vendors);
        if (id.empty()) return add_vendor();
        const auto status = book_.state<domain::VendorDecider>(tenant_, id).status;
        if (status == domain::VendorStatus::active) {
            append(domain::Kind::vendors, id, domain::VendorEvent(domain::VendorSuspended{}));
        } else {
            append(domain::Kind::vendors, id, domain::VendorEvent(domain::VendorReinstated{}));
        }
    }
    void add_product() {
        domain::ProductCreated event;
        event.sku = {new_id("sku-")};
        event.type = static_cast<domain::ProductType>(below(8));
        event.vendor_id = {vendor()};
        event.title = "The " + name() + " story";
        event.authors = {name()};
        append(domain::Kind::products, event.sku.text, domain::ProductEvent(event));
    }
    void add_contract() {
        domain::ContractDrafted event;
        event.name = name() + " daily";
        event.user_id = {user()};
        event.payer_id = {user()};
        event.vendor_id = {vendor()};
        event.currency = currency();
        event.time_zone = {"UTC"};
        domain::ContractItem item;
        item.sku = {sku()};
        item.purchase_option_id = {"o"};
        item.name = "Daily";
        item.unit_amount = static_cast<domain::Minor>(below(1000));
        event.items = {item};
        append(domain::Kind::contracts, new_id("c"), domain::ContractEvent(event));
    }
    void add_bill() {
        domain::BillDrafted event;
        if (below(2) == 0) event.contract_id = domain::ContractId{"c" + std::to_string(below(4))};
        event.user_id = {user()};
        event.vendor_id = {vendor()};
        event.currency = currency();
        if (below(4) == 0) event.external_id = "ext-" + std::to_string(++last_id_);
        domain::BillLineWish line;
        line.sku = {sku()};
        line.title = "Issue " + std::to_string(below(30)) + " of Æøå";
        line.unit_amount = static_cast<domain::Minor>(below(2000));
        line.discount_amount = line.unit_amount / 3;
        static_cast<domain::BillContent&>(event) =
            *domain::price_lines({line}, domain::TaxBehavior::exclusive, 0);
        append(domain::Kind::bills, new_id("b"), domain::BillEvent(event));
    }
    void change_bill() {
        const std::string id = existing(domain::Kind::bills);
        if (id.empty()) return add_bill();
        const domain::Bill& bill = book_.state<domain::BillDecider>(tenant_, id);
        const domain::Subject subject{domain::Kind::bills, id};
        if (bill.status == domain::BillStatus::draft) {
            domain::BillIssued issued;
            issued.number = "INV-" + std::to_string(++last_number_);
            issued.number_value = last_number_;
            issued.vendor_id = bill.vendor_id;
            issued.user_id = bill.user_id;
            issued.bill_to = domain::BillTo{{name()}, {"a@example.org"}};
            issued.issued_at = book_.now();
            issued.due_at = book_.now() + std::chrono::hours(24);
            append(domain::Kind::bills, id, domain::BillEvent(issued));
        } else if (bill.status == domain::BillStatus::pending) {
            // Two events of one aggregate in one entry.
            domain::BillPaymentApplied applied;
            applied.transaction_id = {"t"};
            applied.amount = bill.amount_remaining;
            domain::BillPaid paid;
            paid.paid_at = book_.now();
            book_.append(tenant_, {{subject, domain::BillEvent(applied)},
                                   {subject, domain::BillEvent(paid)}});
        }
    }
    void add_transaction() {
        domain::TransactionInitiated event;
        event.payment_id = {"p"};
        event.type = static_cast<domain::TransactionType>(below(3));
        event.amount = static_cast<domain::Minor>(below(500) + 1);
        event.currency = currency();
        event.user_id = {user()};
        event.provider = below(2) == 0 ? "stripe" : "vipps";
        event.provider_reference = "ch_" + std::to_string(++last_id_);
        const std::string id = new_id("t");
        const domain::Subject subject{domain::Kind::transactions, id};
        domain::TransactionSucceeded succeeded;
        succeeded.processed_at = book_.now();
        book_.append(tenant_, {{subject, domain::TransactionEvent(event)},
                               {subject, domain::TransactionEvent(succeeded)}});
    }
    void add_entitlement() {
        domain::EntitlementGranted event;
        event.user_id = {user()};
        event.sku = {sku()};
        event.product_type = static_cast<domain::ProductType>(below(8));
        event.starts_at = book_.now();
        append(domain::Kind::entitlements, new_id("e"), domain::EntitlementEvent(event));
    }
    void change_entitlement() {
        const std::string id = existing(domain::Kind::entitlements);
        if (id.empty()) return add_entitlement();
        using domain::EntitlementStatus;
        const auto status = book_.state<domain::EntitlementDecider>(tenant_, id).status;
        if (status == EntitlementStatus::active) {
            append(domain::Kind::entitlements, id,
                   domain::EntitlementEvent(domain::EntitlementSuspended{}));
        } else {
            append(domain::Kind::entitlements, id,
                   domain::EntitlementEvent(domain::EntitlementReinstated{}));
        }
    }

    Book& book_;
    std::string tenant_;
    std::mt19937_64 random_;
    std::int64_t last_id_ = 0;
    std::int64_t last_number_ = 0;
};

}  // namespace tests::projections_test
