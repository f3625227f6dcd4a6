// Claims: keys of which a tenant has each only once, "customer-number/958280".
//
// `claims(state, id)` of each kind lists what an aggregate holds. Before its events are recorded,
// each key that it did not hold is looked up; one that another aggregate holds refuses the command
// with the code of the key's family, the part before the slash. A key that it no longer lists is
// free again. Some keys hold personal data (an e-mail address): never log them.
//
// Keys of the family `held-for` say which aggregates tell something about a user, so that they are
// found when the user is erased: nobody else can hold them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.hpp"
#include "domain/subject.hpp"

namespace domain {

// What it means to the caller that a key is taken; a conflict always.
struct ClaimRefusal {
    std::string_view family;
    std::string_view code;
    std::string_view pointer;  // JSON pointer of the field at fault.
    std::string_view detail;
};

inline constexpr std::string_view external_id_detail =
    "another resource of this kind has this id; use it, or send another id";

inline constexpr std::array claim_refusals{
    ClaimRefusal{"user-email", "user_email_taken", "/email",
                 "another user logs in with this e-mail address"},
    ClaimRefusal{"customer-number", "customer_number_taken", "/customerNumber",
                 "another user has this customer number"},
    ClaimRefusal{"bill-period", "bill_exists_for_period", "/periodStart",
                 "the contract has a live bill for this period already"},
    ClaimRefusal{"bill-number", "bill_number_taken", "/number",
                 "another bill of the vendor has this number"},
    ClaimRefusal{"transaction-reference", "provider_reference_taken", "/providerReference",
                 "another transaction has this reference of this provider"},
    ClaimRefusal{"customer-credit", "customer_credit_taken", "/amount",
                 "another transaction has this number of the customer's credits"},
    ClaimRefusal{"webhook-endpoint", "too_many_webhook_endpoints", "",
                 "there are as many as a tenant may have; delete one that is not needed"},
    ClaimRefusal{"held-for", "held_for_user", "", "another resource holds this"},
    ClaimRefusal{"contract-issue", "issue_exists_for_contract", "/issue",
                 "the contract has a fulfillment of this issue already"},
    ClaimRefusal{"fulfillment-credit", "issue_credited_already", "/billId",
                 "what this bill asked for it was given back already"},
    ClaimRefusal{"fulfillments-of", "fulfillment_held", "", "another resource holds this"},
    ClaimRefusal{"vendor-external", "external_id_taken", "/externalId", external_id_detail},
    ClaimRefusal{"product-external", "external_id_taken", "/externalId", external_id_detail},
    ClaimRefusal{"user-external", "external_id_taken", "/externalId", external_id_detail},
    ClaimRefusal{"contract-external", "external_id_taken", "/externalId", external_id_detail},
    ClaimRefusal{"bill-external", "external_id_taken", "/externalId", external_id_detail},
    ClaimRefusal{"transaction-external", "external_id_taken", "/externalId", external_id_detail},
    ClaimRefusal{"entitlement-external", "external_id_taken", "/externalId", external_id_detail},
    ClaimRefusal{"fulfillment-external", "external_id_taken", "/externalId", external_id_detail},
};

// Null for a family that the table does not know; tests hold that there is none.
constexpr const ClaimRefusal* find_claim_refusal(std::string_view key) {
    const std::string_view family = key.substr(0, key.find('/'));
    for (const ClaimRefusal& refusal : claim_refusals) {
        if (refusal.family == family) return &refusal;
    }
    return nullptr;
}

// The code of the refusal when the key is taken: "user_email_taken".
constexpr std::string_view claim_refusal(std::string_view key) {
    const ClaimRefusal* refusal = find_claim_refusal(key);
    return refusal == nullptr ? "already_taken" : refusal->code;
}

// What all of the keys begin with that say what is held for the user.
inline std::string held_for(const UserId& user) { return "held-for/" + user.text + '/'; }
inline std::string held_claim(const UserId& user, Kind kind, std::string_view id) {
    return held_for(user) + to_text(Subject{kind, std::string(id)});
}

// The claim of an id in another system, if there is one: "vendor-external/4711".
inline std::vector<std::string> external_claims(std::string_view kind,
                                                const std::optional<std::string>& external_id) {
    if (!external_id) return {};
    return {std::string(kind) + "-external/" + *external_id};
}

}  // namespace domain
