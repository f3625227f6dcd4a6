// Delivery stops and addresses of a contract: what of its issues they can still affect.
#include <algorithm>
#include <utility>

#include "commands/contract.hpp"
#include "commands/fulfillment.hpp"

namespace commands {
namespace {

using domain::ContractDecider;
using domain::Day;
using domain::FulfillmentDecider;
using domain::FulfillmentStatus;
using std::chrono::days;

// The cover dates of one title within a stop.
struct CoverDates {
    std::int64_t affected = 0;
    std::optional<Day> first;  // Of the affected ones.
    std::optional<domain::Timestamp> cut_off;
    bool is_all = true;  // None was too late.
};

CoverDates cover_dates(Work& work, const Title& title, Day from, Day to) {
    CoverDates dates;
    for (Day day = next_cover_date(*title.calendar, from); day <= to; day += days{7}) {
        const auto end = cut_off(*title.calendar, day, title.zone, work.zones());
        if (end <= work.now()) {
            dates.is_all = false;
            continue;
        }
        if (!dates.first) {
            dates.first = day;
            dates.cut_off = end;
        }
        ++dates.affected;
    }
    return dates;
}

// The titles that a product is or, as a bundle, contains.
void add_titles(Work& work, const domain::Sku& sku, std::vector<Title>& titles) {
    Title title = title_of(work, sku);
    if (title.sku) titles.push_back(std::move(title));
    const auto* product = work.find<domain::ProductDecider>(sku.view());
    if (product == nullptr) return;
    for (const domain::BundleItem& item : product->state.items) add_titles(work, item.sku, titles);
}

std::vector<Title> titles_of(Work& work, const domain::Contract& contract) {
    std::vector<Title> titles;
    for (const domain::ContractItem& item : contract.items) add_titles(work, item.sku, titles);
    return titles;
}

// The day after which the contract delivers nothing more; the later of the two if there is none.
Day last_day(Work& work, const domain::Contract& contract, const std::string& zone, Day to) {
    const auto end = known_end(contract);
    if (!end) return to;
    return std::min(to, day_of(*end, zone, work.zones()) - days{1});
}

// The effect on the days themselves, where no title says when its issues come out.
std::optional<domain::StopEffect> effect_on_days(Work& work, const std::string& zone, Day from,
                                                 Day to) {
    const Day first = std::max(from, day_of(work.now(), zone, work.zones()));
    if (first > to) return std::nullopt;
    domain::StopEffect effect;
    effect.effective_from = domain::to_date(first);
    effect.begins_at = start_of(first, zone, work.zones());
    effect.days = (to - first).count() + 1;
    return effect;
}

// All stopped days count if no issue was too late; and a week for each issue at the least.
std::optional<domain::StopEffect> effect_on_issues(Work& work, const std::vector<Title>& titles,
                                                   Day from, Day to) {
    std::optional<domain::StopEffect> effect;
    std::optional<Day> first;
    bool is_all = true;
    for (const Title& title : titles) {
        if (!title.calendar) continue;
        const CoverDates dates = cover_dates(work, title, from, to);
        is_all = is_all && dates.is_all;
        if (!dates.first) continue;
        if (!effect) effect.emplace();
        if (!first || *dates.first < *first) {
            first = dates.first;
            effect->effective_from = domain::to_date(*first);
            effect->effective_from_issue = domain::usual_issue_code(*first);
        }
        const bool is_sooner = effect->issues == 0 || *dates.cut_off < effect->begins_at;
        if (is_sooner) effect->begins_at = *dates.cut_off;
        effect->issues = std::max(effect->issues, dates.affected);
    }
    if (!effect) return std::nullopt;
    const std::int64_t length = (to - (is_all ? from : *first)).count() + 1;
    effect->days = std::max(length, 7 * effect->issues);
    return effect;
}

// What is called what by those that are scheduled already.
std::optional<std::string> known_code(Work& work, const domain::ContractId& id,
                                      const domain::Date& cover_date) {
    for (const auto& open : open_fulfillments(work, open_of(id))) {
        const auto& issue = work.load<FulfillmentDecider>(open.view()).state.issue;
        if (issue && issue->cover_date == cover_date) return issue->code;
    }
    return std::nullopt;
}

domain::Timestamp moved(Work& work, const domain::Contract& contract, domain::Timestamp at,
                        std::int64_t by_days) {
    const auto zone = contract.time_zone.view();
    return work.zones().to_instant(zone, work.zones().to_local(zone, at) + days{by_days});
}

std::optional<domain::StopEffect> effect_of(Work& work, const domain::ContractId& id,
                                            const std::vector<Title>& titles,
                                            const domain::AddDeliveryStop& wish) {
    const auto& contract = work.load<ContractDecider>(id.view()).state;
    const std::string zone = title_of(work, contract.items.front().sku).zone;
    const Day from = domain::day_of(wish.from);
    const Day to = last_day(work, contract, zone, domain::day_of(wish.to));
    const bool is_issues =
        std::ranges::any_of(titles, [](const Title& title) { return title.calendar.has_value(); });
    auto effect =
        is_issues ? effect_on_issues(work, titles, from, to) : effect_on_days(work, zone, from, to);
    if (!effect) return effect;
    if (const auto code = known_code(work, id, effect->effective_from)) {
        effect->effective_from_issue = code;
    }
    const bool is_term = contract.contract_duration != domain::ContractDuration::recurring;
    if (is_term && contract.expires_at) {
        effect->moved_end = moved(work, contract, *contract.expires_at, effect->days);
    }
    return effect;
}

}  // namespace

std::optional<domain::StopNote> stop_of(const domain::Contract& contract,
                                        const domain::FulfillmentTerms& terms) {
    const bool is_issue = is_physical(terms.kind) && terms.issue && terms.issue->cover_date;
    if (!is_issue || terms.reshipment_of) return std::nullopt;
    const domain::Date& day = *terms.issue->cover_date;
    for (const domain::DeliveryStop& stop : contract.delivery_stops) {
        if (day < stop.effective_from || stop.to < day) continue;
        return domain::StopNote{stop.id, stop.action, terms.cutoff_at.value_or(stop.begins_at)};
    }
    return std::nullopt;
}

Answer handle(Work& work, const Target& target, domain::AddDeliveryStop wish) {
    const auto& contract = work.load<ContractDecider>(target.id()).state;
    const bool is_legal = domain::is_legal<ContractDecider>(contract.status, "AddDeliveryStop");
    const auto length = domain::day_of(wish.to) - domain::day_of(wish.from);
    wish.stop_id = domain::DeliveryStopId{work.new_id()};
    // What is longer is refused, whatever its effect.
    if (is_legal && length.count() < domain::stop_days_max) {
        const auto titles = titles_of(work, contract);
        for (const Title& title : titles) {
            if (!wish.title_action) wish.title_action = title.stop_action;
        }
        wish.effect = effect_of(work, domain::ContractId{std::string(target.id())}, titles, wish);
    }
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

Answer handle(Work& work, const Target& target, domain::RemoveDeliveryStop wish) {
    const auto& contract = work.load<ContractDecider>(target.id()).state;
    wish.now = work.now();
    const auto stop =
        std::ranges::find(contract.delivery_stops, wish.stop_id, &domain::DeliveryStop::id);
    if (stop != contract.delivery_stops.end() && stop->extended_days > 0) {
        wish.moved_end = moved(work, contract, *contract.expires_at, -stop->extended_days);
    }
    return work.decide<ContractDecider>(target.id(), std::move(wish));
}

std::optional<std::string> first_issue_to_readdress(Work& work, const domain::ContractId& id,
                                                    const std::optional<std::string>& wished) {
    std::optional<domain::FulfillmentIssue> first;
    for (const auto& open : open_fulfillments(work, open_of(id))) {
        const auto& one = work.load<FulfillmentDecider>(open.view()).state;
        const bool can_change = one.status == FulfillmentStatus::scheduled && one.issue &&
                                is_before_cutoff(one, work.now()) && !one.reshipment_of;
        if (!can_change || (wished && one.issue->code < *wished)) continue;
        const bool is_earlier = !first || std::pair(one.issue->cover_date, one.issue->code) <
                                              std::pair(first->cover_date, first->code);
        if (is_earlier) first = one.issue;
    }
    return first ? std::optional(first->code) : wished;
}

}  // namespace commands
