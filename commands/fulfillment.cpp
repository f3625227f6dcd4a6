#include "commands/fulfillment.hpp"

#include <algorithm>
#include <utility>

#include "commands/naming.hpp"
#include "domain/contract_items.hpp"
#include "domain/coverage.hpp"

namespace commands {
namespace {

using domain::ContractDecider;
using domain::CreateFulfillment;
using domain::EntitlementDecider;
using domain::FulfillmentDecider;
using domain::FulfillmentMethod;
using domain::FulfillmentTerms;
using domain::ProductDecider;

// How the product is handed over, if nobody says it and there is one way only.
std::optional<FulfillmentMethod> only_method(const domain::Product& product) {
    if (product.fulfillment_methods.size() == 1) return product.fulfillment_methods.front();
    if (product.type == domain::ProductType::physical_issue) {
        return FulfillmentMethod::physical_shipment;
    }
    return std::nullopt;
}

void name_kind(Checks& checks, const domain::Product& product, CreateFulfillment& wish) {
    if (!wish.kind) wish.kind = only_method(product);
    const auto& offered = product.fulfillment_methods;
    if (!wish.kind) {
        checks.add("/kind", "required", "the product is handed over in several ways; name one");
    } else if (!offered.empty() && std::ranges::find(offered, *wish.kind) == offered.end()) {
        checks.add("/kind", "kind_not_offered",
                   "name one of the product's fulfillmentMethods, or change those");
    }
    wish.terms.kind = wish.kind.value_or(FulfillmentMethod::digital_access);
}

bool gives(Work& work, const domain::Entitlement& right, const domain::Sku& sku) {
    const auto find = [&work](const domain::Sku& other) -> const domain::Product* {
        const auto* product = work.find<ProductDecider>(other.view());
        return product == nullptr ? nullptr : &product->state;
    };
    return access_to_own(right, work.now()) == domain::AccessReason::none &&
           covers(right, sku, find);
}

// A digital thing of a contract is one of its rights.
void find_right(Work& work, const domain::Contract& contract, FulfillmentTerms& terms) {
    for (const auto& id : contract.entitlement_ids) {
        const auto* right = work.find<EntitlementDecider>(id.view());
        if (right != nullptr && gives(work, right->state, terms.sku)) terms.entitlement_id = id;
    }
}

void name_right(Checks& checks, Work& work, CreateFulfillment& wish) {
    const auto& id = wish.terms.entitlement_id;
    if (!id) return;
    const auto* right =
        checks.existing<EntitlementDecider>(work, id->view(), "/entitlementId", "entitlement");
    if (right == nullptr) return;
    if (!gives(work, right->state, wish.sku)) {
        checks.add("/entitlementId", "entitlement_gives_no_access",
                   "it gives no access to the product now");
    }
    if (!wish.user_id) wish.user_id = right->state.user_id;
    if (*wish.user_id != right->state.user_id) {
        checks.add("/userId", "user_must_match_entitlement", "must be the user of the right");
    }
    if (!wish.terms.contract_id) wish.terms.contract_id = right->state.source.contract_id;
}

void name_contract(Checks& checks, Work& work, CreateFulfillment& wish) {
    FulfillmentTerms& terms = wish.terms;
    if (!wish.contract_id) return;
    const auto* contract =
        checks.existing<ContractDecider>(work, wish.contract_id->view(), "/contractId", "contract");
    if (contract == nullptr) return;
    terms.contract_id = wish.contract_id;
    if (!wish.user_id) wish.user_id = contract->state.user_id;
    if (*wish.user_id != contract->state.user_id) {
        checks.add("/userId", "user_must_match_contract", "must be the user of the contract");
    }
    const bool is_digital = !is_physical(terms.kind);
    if (is_digital && !terms.entitlement_id) find_right(work, contract->state, terms);
    const bool is_given = is_digital ? terms.entitlement_id.has_value()
                                     : item_for(work, contract->state, wish.sku) != nullptr;
    if (!is_given) {
        checks.add("/contractId", "product_not_in_contract", "the contract does not give this");
    }
}

void name_user(Checks& checks, Work& work, CreateFulfillment& wish) {
    if (!wish.user_id) {
        checks.add("/userId", "required", "name the user, or a contract or right that has one");
        return;
    }
    check_user(checks, work, *wish.user_id, "/userId");
    wish.terms.user_id = *wish.user_id;
}

// By the calendar, from a code such as "2026-48".
std::optional<domain::Day> day_of_code(const Title& title, const std::optional<std::string>& code) {
    if (!title.calendar || !code || code->size() != 7) return std::nullopt;
    const auto first = domain::parse_date(code->substr(0, 4) + "-01-01");
    if (!first || domain::is_out_of_range(domain::Timestamp(*first))) return std::nullopt;
    // The first week of a year may begin before it.
    const domain::Day from = domain::Day(first->time_since_epoch()) - std::chrono::days{7};
    domain::Day day = next_cover_date(*title.calendar, from);
    for (int week = 0; week < 54; ++week, day += std::chrono::days{7}) {
        if (domain::usual_issue_code(day) == *code) return day;
    }
    return std::nullopt;
}

// The next issue that can still be affected.
domain::Day next_issue(Work& work, const Title& title) {
    domain::Day day =
        next_cover_date(*title.calendar, day_of(work.now(), title.zone, work.zones()));
    while (cut_off(*title.calendar, day, title.zone, work.zones()) <= work.now()) {
        day += std::chrono::days{7};
    }
    return day;
}

void name_issue(Checks& checks, Work& work, const domain::Product& product, const Title& title,
                CreateFulfillment& wish) {
    const domain::IssueWish asked = wish.issue.value_or(domain::IssueWish{});
    const bool is_shipped = is_physical(wish.terms.kind) && title.sku;
    const auto code = asked.code ? asked.code : product.issue_code;
    std::optional<domain::Day> day;
    if (asked.cover_date) {
        day = domain::day_of(*asked.cover_date);
    } else if (product.type == domain::ProductType::physical_issue && product.published_at &&
               !domain::is_out_of_range(product.published_at)) {
        day = domain::day_of(*product.published_at, title.zone, work.zones());
    } else {
        day = day_of_code(title, code);
    }
    if (is_shipped && title.calendar && !day) {
        if (code) {
            return checks.add("/issue/coverDate", "required",
                              "it does not follow from the code; the cut-off follows from it");
        }
        day = next_issue(work, title);
    }
    if (!code && !day) {
        if (is_shipped || wish.issue) checks.add("/issue/code", "required", "name the issue");
        return;
    }
    domain::FulfillmentIssue issue;
    issue.publication = title.sku;
    if (day) issue.cover_date = domain::to_date(*day);
    issue.code = code ? *code : domain::usual_issue_code(*day);
    wish.terms.issue = std::move(issue);
    if (is_shipped && title.calendar) {
        wish.terms.cutoff_at = cut_off(*title.calendar, *day, title.zone, work.zones());
    }
}

// Is there a contract under which it is shipped, and is the issue of its time?
std::optional<Fault> problem_of_contract(Work& work, const Title& title,
                                         const FulfillmentTerms& terms) {
    using enum domain::ContractStatus;
    if (!terms.contract_id || !is_physical(terms.kind)) return std::nullopt;
    const auto& contract = work.load<ContractDecider>(terms.contract_id->view()).state;
    if (contract.status != active && contract.status != pending) {
        return fault(FaultKind::conflict, "contract_not_active",
                     "the contract is " + std::string(name(contract.status)) +
                         "; nothing is shipped for it");
    }
    if (!terms.issue || !terms.issue->cover_date) return std::nullopt;
    const domain::Day day = domain::day_of(*terms.issue->cover_date);
    const auto day_at = [&](domain::Timestamp at) {
        return domain::day_of(at, title.zone, work.zones());
    };
    const auto end = known_end(contract);
    const bool is_before = contract.start_at && day < day_at(*contract.start_at);
    if (is_before || (end && day >= day_at(*end))) {
        return field_fault("/issue/coverDate", "issue_outside_contract",
                           "the contract does not run on that day");
    }
    return std::nullopt;
}

bool holds_on(const domain::Address& address, const domain::Date& today) {
    return (!address.from || *address.from <= today) && (!address.to || today <= *address.to);
}

std::optional<domain::Address> address_of_user(Work& work, const Title& title,
                                               const domain::UserId& id) {
    const auto& user = work.load<domain::UserDecider>(id.view()).state;
    const auto today = domain::to_date(domain::day_of(work.now(), title.zone, work.zones()));
    for (const auto type : {domain::AddressType::delivery, domain::AddressType::home}) {
        for (const domain::Address& address : user.addresses) {
            if (address.type == type && holds_on(address, today)) return address;
        }
    }
    return std::nullopt;
}

// Issues before the one from which on the contract has a new address go to the former one.
std::optional<domain::Address> address_for(Work& work, const Title& title,
                                           const FulfillmentTerms& terms) {
    if (terms.contract_id) {
        const auto& contract = work.load<ContractDecider>(terms.contract_id->view()).state;
        const auto& from = contract.delivery_address_from_issue;
        const bool is_former =
            contract.former_address && from && terms.issue && terms.issue->code < *from;
        if (is_former) return contract.former_address;
        if (contract.delivery_address) return contract.delivery_address;
    }
    return address_of_user(work, title, terms.user_id);
}

void stop_if_asked(Work& work, CreateFulfillment& wish) {
    if (!wish.terms.contract_id || !is_physical(wish.terms.kind)) return;
    const auto& contract = work.load<ContractDecider>(wish.terms.contract_id->view()).state;
    wish.stop = stop_of(contract, wish.terms);
    if (wish.stop) wish.stop_credit = stop_credit(work, wish.terms, *wish.stop);
}

// Nothing more is said about somebody who was erased.
std::optional<Fault> problem_of_person(Work& work, const Target& target) {
    const auto& fulfillment = work.load<FulfillmentDecider>(target.id()).state;
    const auto* user = work.find<domain::UserDecider>(fulfillment.user_id.view());
    const bool is_erased = user != nullptr && user->state.status == domain::UserStatus::deleted;
    if (!is_erased) return std::nullopt;
    return fault(FaultKind::conflict, "user_deleted", "the user was erased");
}

}  // namespace

Answer handle(Work& work, const Target& target, CreateFulfillment wish) {
    const auto* product = work.find<ProductDecider>(wish.sku.view());
    if (product == nullptr) {
        return domain::Failure(fault(FaultKind::not_found, "not_found", "no product has this SKU"));
    }
    const std::string id = id_for(work, target, wish.id);
    const Title title = title_of(work, wish.sku);
    FulfillmentTerms& terms = wish.terms;
    terms.sku = wish.sku;
    terms.vendor_id = product->state.vendor_id;
    terms.entitlement_id = wish.entitlement_id;
    terms.copies = wish.copies;
    terms.instructions = wish.instructions;
    terms.external_id = wish.external_id;
    terms.metadata = wish.metadata;
    Checks checks;
    name_kind(checks, product->state, wish);
    name_right(checks, work, wish);
    name_contract(checks, work, wish);
    name_user(checks, work, wish);
    name_issue(checks, work, product->state, title, wish);
    if (checks.failed()) return checks.failure();
    if (auto problem = problem_of_contract(work, title, terms)) {
        return domain::Failure(*std::move(problem));
    }
    terms.address = wish.address;
    if (is_physical(terms.kind) && !terms.address) terms.address = address_for(work, title, terms);
    wish.now = work.now();
    stop_if_asked(work, wish);
    return work.decide<FulfillmentDecider>(id, std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ReadyFulfillment wish) {
    if (auto problem = problem_of_person(work, target)) return domain::Failure(*problem);
    wish.now = work.now();
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::FailFulfillment wish) {
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::RevokeFulfillment wish) {
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::CancelFulfillment wish) {
    wish.now = work.now();
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::IncludeFulfillment wish) {
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::DispatchFulfillment wish) {
    wish.now = work.now();
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::DeliverFulfillment wish) {
    wish.now = work.now();
    return work.decide<FulfillmentDecider>(target.id(), wish);
}

Answer handle(Work& work, const Target& target, domain::ReturnFulfillment wish) {
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ReportFulfillment wish) {
    if (auto problem = problem_of_person(work, target)) return domain::Failure(*problem);
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::ReshipFulfillment wish) {
    if (auto problem = problem_of_person(work, target)) return domain::Failure(*problem);
    if (!wish.id) wish.id = domain::FulfillmentId{work.new_id()};
    return work.decide<FulfillmentDecider>(target.id(), std::move(wish));
}

}  // namespace commands
