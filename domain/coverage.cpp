#include "domain/coverage.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace domain {
namespace {

using Chain = std::vector<Sku>;

bool is_in_window(const EntitlementTerms& entitlement, const Product& issue) {
    if (!issue.published_at || *issue.published_at < entitlement.starts_at) return false;
    return !entitlement.ends_at || *issue.published_at < *entitlement.ends_at;
}

// By the codes of the issues when the scope names some, else by the days of publication.
bool is_own_issue(const EntitlementTerms& entitlement, const Sku& publication,
                  const Product& issue) {
    const auto& scope = entitlement.scope;
    if (!scope || (!scope->issue_from && !scope->issue_to)) return is_in_window(entitlement, issue);
    if (scope->publication && *scope->publication != publication) return false;
    if (!issue.issue_code) return false;
    return (!scope->issue_from || *scope->issue_from <= *issue.issue_code) &&
           (!scope->issue_to || *issue.issue_code <= *scope->issue_to);
}

// The products that give access to `wanted` without a bundle, each with the chain from it to
// `wanted`. The shortest chain wins, because steps are taken in the order of their length.
struct Givers {
    std::vector<Coverage> found;

    Givers(const EntitlementTerms& entitlement, const Sku& wanted, const ProductLookup& find) {
        found.push_back({{wanted}, false});
        std::set<Sku> seen{wanted};
        for (std::size_t i = 0; i < found.size(); ++i) {
            const Coverage below = found[i];
            const Product* product = find(below.via.front());
            if (product == nullptr) continue;
            const auto add = [&](const Sku& giver, bool is_archive) {
                if (!seen.insert(giver).second) return;
                Coverage above{{giver}, is_archive};
                above.via.insert(above.via.end(), below.via.begin(), below.via.end());
                found.push_back(std::move(above));
            };
            for (const Sku& pass : product->passes) add(pass, below.is_archive);
            const auto& publication = product->publication_sku;
            if (publication && is_own_issue(entitlement, *publication, *product)) {
                add(*publication, true);
            }
        }
    }
    const Coverage* from(const Sku& giver) const {
        const auto at = std::ranges::find_if(
            found, [&](const Coverage& one) { return one.via.front() == giver; });
        return at == found.end() ? nullptr : &*at;
    }
};

// Walks what a bundle contains, itself first and the shortest chains first, until `stop` says so.
template <class Stop>
void walk_down(const Sku& from, const ProductLookup& find, Stop stop) {
    std::vector<Chain> chains{{from}};
    std::set<Sku> seen{from};
    for (std::size_t i = 0; i < chains.size(); ++i) {
        const Chain chain = chains[i];
        if (stop(chain)) return;
        const Product* product = find(chain.back());
        if (product == nullptr) continue;
        for (const BundleItem& item : product->items) {
            if (!seen.insert(item.sku).second) continue;
            chains.push_back(chain);
            chains.back().push_back(item.sku);
        }
    }
}

int rank(const AccessAnswer& answer) {
    using enum AccessReason;
    if (answer.has_access) return 0;
    switch (answer.reason) {
        case suspended_payment: return 1;
        case paused: return 2;
        case not_started: return 3;
        case expired: return 4;
        case revoked: return 5;
        case none: return 6;
        case unknown_product: return 7;
    }
    return 8;
}

}  // namespace

bool would_cycle(const Sku& bundle, std::span<const BundleItem> items, const ProductLookup& find) {
    bool found = false;
    for (const BundleItem& item : items) {
        walk_down(item.sku, find, [&](const Chain& chain) {
            found = found || chain.back() == bundle;
            return found;
        });
    }
    return found;
}

std::optional<Coverage> covers(const EntitlementTerms& entitlement, const Sku& wanted,
                               const ProductLookup& find) {
    if (entitlement.sku == wanted) return Coverage{{wanted}, false};
    const Givers givers(entitlement, wanted, find);
    std::optional<Coverage> best;
    walk_down(entitlement.sku, find, [&](const Chain& chain) {
        const Coverage* giver = givers.from(chain.back());
        if (giver == nullptr) return false;
        best = Coverage{chain, giver->is_archive};
        best->via.insert(best->via.end(), giver->via.begin() + 1, giver->via.end());
        return true;
    });
    return best;
}

std::optional<AccessAnswer> answer(const EntitlementId& id, const Entitlement& entitlement,
                                   const Sku& wanted, Timestamp at, const ProductLookup& find) {
    const auto coverage = covers(entitlement, wanted, find);
    if (!coverage) return std::nullopt;

    AccessAnswer made{.entitlement_id = id,
                      .via = coverage->via,
                      .valid_until = valid_until(entitlement),
                      .reason = access_to_own(entitlement, at),
                      .as_of = at};
    const bool is_kept = coverage->is_archive &&
                         entitlement.source.kind == EntitlementSourceKind::purchase &&
                         made.reason == AccessReason::expired;
    if (is_kept) made.reason = AccessReason::none;
    if (coverage->is_archive && entitlement.source.kind == EntitlementSourceKind::purchase) {
        made.valid_until.reset();
    }
    made.has_access = made.reason == AccessReason::none;
    return made;
}

AccessAnswer better(AccessAnswer one, AccessAnswer other) {
    const auto key = [](const AccessAnswer& answer) {
        const auto end = answer.valid_until.value_or(Timestamp::max());
        return std::tuple(rank(answer), -end.time_since_epoch().count(), answer.entitlement_id);
    };
    return key(other) < key(one) ? std::move(other) : std::move(one);
}

}  // namespace domain
