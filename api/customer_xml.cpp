#include <algorithm>
#include <array>
#include <cassert>
#include <pugixml.hpp>
#include <sstream>

#include "api/customers.hpp"
#include "domain/money.hpp"

namespace api {
namespace {

using namespace domain;
using pugi::xml_node;

constexpr std::size_t product_length_max = 12;  // Of a product code in the vocabulary.
constexpr std::size_t date_length = 10;

void add(xml_node parent, const char* name, std::string_view text) {
    if (text.empty()) return;
    parent.append_child(name).text().set(std::string(text).c_str());
}
void add(xml_node parent, const char* name, const std::optional<Personal>& text) {
    if (text) add(parent, name, text->view());
}
void add(xml_node parent, const char* name, bool value) {
    add(parent, name, std::string_view(value ? "true" : "false"));
}
void add_number(xml_node parent, const char* name, std::int64_t number) {
    add(parent, name, std::to_string(number));
}
void set(xml_node node, const char* name, std::string_view text) {
    node.append_attribute(name).set_value(std::string(text).c_str());
}

std::string day_of(Timestamp time) { return to_rfc3339(time).substr(0, date_length); }

void add_date(xml_node parent, const char* name, const std::optional<Timestamp>& time) {
    if (time) add(parent, name, day_of(*time));
}

template <Decider D>
const AggregateOf<D>* named(const projections::PersonRecord& record, std::string_view id) {
    const auto found = record.named.find(Subject{D::kind, std::string(id)});
    return found == record.named.end() ? nullptr : std::get_if<AggregateOf<D>>(&found->second);
}

void add_name(xml_node customer, const User& user) {
    if (!user.given_name && !user.family_name && !user.name) return;
    xml_node name = customer.append_child("name");
    add(name, "firstName", user.given_name);
    // Nobody knows how another's name is divided.
    add(name, "lastName", user.given_name || user.family_name ? user.family_name : user.name);
}

void add_credential(xml_node credentials, const char* type, bool can_login, std::string_view text) {
    xml_node credential = credentials.append_child("credential");
    set(credential, "type", type);
    set(credential, "canLogin", can_login ? "true" : "false");
    credential.text().set(std::string(text).c_str());
}

void add_contacts(xml_node customer, const User& user) {
    xml_node credentials = customer.append_child("credentials");
    add_credential(credentials, "A", user.status == UserStatus::active, user.email.view());
    if (user.phone) add_credential(credentials, "B", false, user.phone->view());
    xml_node email = customer.append_child("emails").append_child("email");
    set(email, "primary", "true");
    email.text().set(user.email.text.c_str());
    if (!user.phone) return;
    xml_node phone = customer.append_child("phoneNumbers").append_child("phoneNumber");
    set(phone, "type", "mobile");
    phone.text().set(user.phone->text.c_str());
}

void add_address(xml_node addresses, const Address& address) {
    xml_node node = addresses.append_child("address");
    set(node, "id", std::to_string(address.id.value_or(0)));
    set(node, "type", domain::name(address.type));
    if (address.from) set(node, "from", address.from->view());
    if (address.to) set(node, "to", address.to->view());
    add(node, "coAddress", address.co_address);
    add(node, "street", address.street);
    add(node, "streetNumber", address.street_number);
    add(node, "entrance", address.entrance);
    add(node, "floor", address.floor);
    add(node, "suite", address.suite);
    add(node, "postalCode", address.postal_code);
    add(node, "postalPlace", address.postal_place);
    if (address.country_code) add(node, "countryCode", address.country_code->view());
}

std::string_view status_of(const Contract& contract) {
    using enum ContractStatus;
    switch (contract.status) {
        case paused: return "paused";
        case canceled:
        case expired: return "ended";
        case absent:
        case draft:
        case pending:
        case active: break;
    }
    return contract.will_cancel_at ? "cancelling" : "active";
}

bool is_digital(const projections::PersonRecord& record, const Contract& contract) {
    return std::ranges::none_of(contract.items, [&record](const ContractItem& item) {
        const auto* const product = named<ProductDecider>(record, item.sku.view());
        if (product == nullptr) return false;
        const auto& methods = product->state.fulfillment_methods;
        return product->state.type == ProductType::physical_issue ||
               std::ranges::find(methods, FulfillmentMethod::physical_shipment) != methods.end();
    });
}

void add_person(xml_node subscription, const char* role, const projections::PersonRecord& record,
                const UserId& id) {
    const auto* const user = named<UserDecider>(record, id.view());
    if (user == nullptr) return;
    xml_node node = subscription.append_child(role);
    set(node, "customerNumber", std::to_string(user->state.customer_number));
}

// Of the basis points "2500": "25"; "1250": "12.5".
std::string percent_of(std::int64_t basis_points) {
    std::string text = std::to_string(basis_points / 100);
    const std::int64_t rest = basis_points % 100;
    if (rest == 0) return text;
    text += '.';
    text += static_cast<char>('0' + rest / 10);
    if (rest % 10 != 0) text += static_cast<char>('0' + rest % 10);
    return text;
}

std::optional<Timestamp> end_of(const Contract& contract) {
    if (contract.ended_at) return contract.ended_at;
    return contract.will_cancel_at ? contract.will_cancel_at : contract.expires_at;
}

// The stop that this day is in, or null.
const DeliveryStop* stop_on(const Contract& contract, std::string_view day) {
    const auto found = std::ranges::find_if(contract.delivery_stops, [day](const auto& stop) {
        return stop.from.view() <= day && day <= stop.to.view();
    });
    return found == contract.delivery_stops.end() ? nullptr : &*found;
}

void add_stops(xml_node subscription, const Contract& contract) {
    if (contract.delivery_stops.empty()) return;
    xml_node stops = subscription.append_child("deliveryStops");
    for (const DeliveryStop& stop : contract.delivery_stops) {
        xml_node node = stops.append_child("deliveryStop");
        set(node, "from", stop.from.view());
        set(node, "to", stop.to.view());
        set(node, "action", domain::name(stop.action));
    }
}

void add_subscription(xml_node subscriptions, const projections::PersonRecord& record,
                      const AggregateOf<ContractDecider>& of, Timestamp now) {
    const Contract& contract = of.state;
    const ContractItem& first = contract.items.front();
    xml_node node = subscriptions.append_child("subscription");
    set(node, "id", of.id);
    set(node, "status", status_of(contract));
    add(node, "companyCode", contract.vendor_id.view());
    if (first.sku.text.size() <= product_length_max) add(node, "product", first.sku.view());
    add(node, "description", std::string_view(contract.name));
    add(node, "digital", is_digital(record, contract));
    add_number(node, "copies", first.quantity);
    add_date(node, "startDate", contract.started_at ? contract.started_at : contract.start_at);
    add_date(node, "endDate", end_of(contract));
    if (contract.issues_remaining) add_number(node, "issuesRemaining", *contract.issues_remaining);
    add(node, "paid", contract.started_at && contract.payment_state == PaymentState::ok);
    const DeliveryStop* const stop = stop_on(contract, day_of(now));
    add(node, "stopped", contract.status == ContractStatus::paused || stop != nullptr);
    if (stop != nullptr && stop->reason) add(node, "stopReason", std::string_view(*stop->reason));
    add(node, "autoRenew", contract.auto_renew && !contract.will_cancel_at);
    add_person(node, "payer", record, contract.payer_id);
    add_person(node, "receiver", record, contract.user_id);
    xml_node price = node.append_child("price");
    set(price, "currency", contract.currency.view());
    set(price, "amount", std::to_string(contract.amount));
    set(price, "vatPercent", percent_of(first.tax_rate));
    add_stops(node, contract);
}

std::uint64_t highest_version(const projections::PersonRecord& record) {
    std::uint64_t highest = version_of(record.user);
    for (const AnyAggregate& one : record.others) highest = std::max(highest, version_of(one));
    return highest;
}

}  // namespace

std::string customer_xml(const projections::PersonRecord& record, Timestamp now) {
    const auto& user = std::get<AggregateOf<UserDecider>>(record.user);
    pugi::xml_document document;
    xml_node declaration = document.append_child(pugi::node_declaration);
    set(declaration, "version", "1.0");
    set(declaration, "encoding", "UTF-8");
    xml_node customer = document.append_child("customer");
    set(customer, "version", std::to_string(highest_version(record)));
    set(customer, "asOf", "");
    add_number(customer, "customerNumber", user.state.customer_number);
    add(customer, "uniqueId", std::string_view(user.id));
    add(customer, "status",
        std::string_view(user.state.status == UserStatus::active ? "active" : "blocked"));
    add_name(customer, user.state);
    add_contacts(customer, user.state);
    if (!user.state.addresses.empty()) {
        xml_node addresses = customer.append_child("addresses");
        for (const Address& address : user.state.addresses) add_address(addresses, address);
    }
    xml_node subscriptions = customer.append_child("subscriptions");
    for (const AnyAggregate& one : record.others) {
        const auto* const contract = std::get_if<AggregateOf<ContractDecider>>(&one);
        if (contract == nullptr || contract->state.status == ContractStatus::draft) continue;
        add_subscription(subscriptions, record, *contract, now);
    }
    std::ostringstream text;
    document.save(text, "  ", pugi::format_default, pugi::encoding_utf8);
    return std::move(text).str();
}

std::string with_as_of(std::string xml, Timestamp now) {
    constexpr std::string_view begin = "asOf=\"";
    const std::size_t at = xml.find(begin);
    assert(at != std::string::npos);
    return xml.insert(at + begin.size(), to_rfc3339(now));
}

}  // namespace api
