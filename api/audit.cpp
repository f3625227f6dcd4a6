#include "api/audit.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "api/http/completion.hpp"
#include "api/http/on_worker.hpp"
#include "api/parameter_faults.hpp"
#include "api/preconditions.hpp"
#include "codec/reflect.hpp"
#include "domain/numbers.hpp"
#include "journal/base64.hpp"

namespace api {
namespace {

using http::Problem;
using http::Response;
using http::Status;
using http::Task;
using journal::Seq;
using projections::Tree;

// A checkpoint comes every second.
constexpr std::chrono::seconds checkpoint_patience{5};

Problem no_checkpoint() {
    return http::try_again(Status::unavailable, "no_checkpoint",
                           "Nothing that is new enough has been signed yet.");
}

Problem tree_too_small(Seq size) {
    return {Status::not_found, "tree_too_small",
            "There are " + std::to_string(size) + " entries so far."};
}

// What the query says; what is wrong with it goes to the faults.
class Query {
public:
    Query(const http::Request& request, ParameterFaults& faults)
        : request_(request), faults_(faults) {}

    bool has(std::string_view name) const { return request_.parameter(name).has_value(); }
    // The position of an entry in the shard: its seq.
    Seq position(std::string_view name, journal::ShardNumber shard) {
        const auto position = parse_position(request_.parameter(name).value_or(""));
        if (position && position->shard == shard && position->seq > 0) return position->seq;
        faults_.add(name, "Must be a Daybook-Position as an answer to this tenant gave it.");
        return 1;
    }
    Seq size(std::string_view name) {
        const auto size = domain::parse_whole<Seq>(request_.parameter(name).value_or(""));
        if (!size || *size == 0) faults_.add(name, "Must be a number of entries, from 1.");
        return std::max<Seq>(size.value_or(1), 1);
    }

private:
    const http::Request& request_;
    ParameterFaults& faults_;
};

template <class Document>
Response answer_of(const Document& document, const Views& views, journal::ShardNumber shard,
                   Seq size) {
    Response response =
        Response::json(Status::ok, codec::to_json(document, codec::Audience::client));
    add_position(response, views, {shard, size});
    return response;
}

}  // namespace

http::Handler Audit::checkpoint() const {
    return [this](http::Request request) { return answer_checkpoint(std::move(request)); };
}

http::Handler Audit::inclusion() const {
    return [this](http::Request request) { return answer_inclusion(std::move(request)); };
}

http::Handler Audit::consistency() const {
    return [this](http::Request request) { return answer_consistency(std::move(request)); };
}

// The caller's request outlives this, as it awaits it.
Task<Audit::Found> Audit::find(const http::Request& request, Seq seq) const {
    const journal::ShardNumber shard = ports_.read.views().shard_of(request.tenant());
    Found found;
    if (!ports_.checkpoints.is_here(shard)) {
        found.answer = co_await ports_.forwards.forward(request, shard);
        if (!found.answer) found.answer = no_checkpoint();
        co_return found;
    }
    std::shared_ptr<void> waiting;
    projections::Freshness& covered = ports_.checkpoints.covered(shard);
    std::function<void(http::Completion<bool>)> start = [&](const http::Completion<bool>& done) {
        waiting = covered.when_applied(seq, [done] { done(true); });
    };
    const auto deadline =
        std::min(request.deadline, std::chrono::steady_clock::now() + checkpoint_patience);
    if (co_await http::completed<bool>(deadline, std::move(start))) {
        found.checkpoint = ports_.checkpoints.latest(shard);
    } else {
        found.answer = no_checkpoint();
    }
    co_return found;
}

Task<Audit::Found> Audit::find_newest(const http::Request& request, Seq seq) const {
    const Seq size = ports_.read.views().position_of(request.tenant()).seq;
    Found found;
    if (seq > size) {
        found.answer = tree_too_small(size);
    } else {
        found = co_await find(request, seq);
    }
    co_return found;
}

Task<Response> Audit::answer_checkpoint(http::Request request) const {
    Seq seq = 1;
    if (has_min_position(request)) {
        auto problem = co_await ports_.read.reach_position(request);
        if (problem) co_return *std::move(problem);
        seq = std::max(seq, parse_position(request.header("Daybook-Min-Position"))->seq);
    }
    Found found = co_await find(request, seq);
    if (found.answer) co_return *std::move(found.answer);
    Response response = Response::json(Status::ok, found.checkpoint->note);
    response.content_type = "text/plain; charset=utf-8";
    const journal::Checkpoint& checkpoint = found.checkpoint->checkpoint;
    add_position(response, ports_.read.views(), {checkpoint.shard, checkpoint.size});
    co_return response;
}

Task<Response> Audit::answer_inclusion(http::Request request) const {
    const journal::ShardNumber shard = ports_.read.views().shard_of(request.tenant());
    ParameterFaults faults;
    Query query(request, faults);
    const Seq seq = query.position("position", shard);
    std::optional<Seq> size;
    if (query.has("size")) {
        size = query.size("size");
        if (*size < seq) faults.add("size", "Must be so large that the position is in it.");
    }
    if (!faults.empty()) co_return faults.problem();
    journal::InclusionDocument document;
    if (!size) {
        Found found = co_await find_newest(request, seq);
        if (found.answer) co_return *std::move(found.answer);
        size = found.checkpoint->checkpoint.size;
        document.checkpoint = found.checkpoint->note;
    }
    const Tree tree(ports_.rows, shard);
    if (*size > tree.size()) co_return tree_too_small(tree.size());
    document.position = to_text(projections::Position{shard, seq});
    document.leaf_index = seq - 1;
    document.size = *size;
    document.leaf_hash = journal::to_base64(tree.leaf(seq - 1));
    document.root = journal::to_base64(tree.root(*size));
    document.proof = journal::to_base64(tree.inclusion(seq - 1, *size));
    co_return answer_of(document, ports_.read.views(), shard, tree.size());
}

Task<Response> Audit::answer_consistency(http::Request request) const {
    const journal::ShardNumber shard = ports_.read.views().shard_of(request.tenant());
    ParameterFaults faults;
    Query query(request, faults);
    const Seq from = query.size("from");
    std::optional<Seq> to;
    if (query.has("to")) {
        to = query.size("to");
        if (*to < from) faults.add("to", "Must not be less than `from`.");
    }
    if (!faults.empty()) co_return faults.problem();
    journal::ConsistencyDocument document;
    if (!to) {
        Found found = co_await find_newest(request, from);
        if (found.answer) co_return *std::move(found.answer);
        to = found.checkpoint->checkpoint.size;
        document.checkpoint = found.checkpoint->note;
    }
    const Tree tree(ports_.rows, shard);
    if (*to > tree.size()) co_return tree_too_small(tree.size());
    document.from = from;
    document.to = *to;
    document.from_root = journal::to_base64(tree.root(from));
    document.to_root = journal::to_base64(tree.root(*to));
    document.proof = journal::to_base64(tree.consistency(from, *to));
    co_return answer_of(document, ports_.read.views(), shard, tree.size());
}

http::Handler Audit::bill() const {
    return [this](http::Request request) { return answer_bill(std::move(request)); };
}

Task<Response> Audit::answer_bill(http::Request request) const {
    using Entries = domain::Result<std::vector<projections::StoredEntry>, journal::JournalError>;
    if (has_min_position(request)) {
        auto problem = co_await ports_.read.reach_position(request);
        if (problem) co_return *std::move(problem);
    }
    const std::string bill(request.path_values[0]);
    std::function<Entries()> job = [&evidence = ports_.evidence, tenant = request.tenant(), bill] {
        return evidence.read(tenant, {domain::Kind::bills, bill});
    };
    const auto entries = co_await http::on_worker(ports_.workers, request.deadline, std::move(job));
    if (!entries || !*entries) co_return http::journal_unavailable();
    if ((*entries)->empty()) co_return no_such_resource(domain::Kind::bills);
    Found found = co_await find(request, (*entries)->back().seq);
    if (found.answer) co_return *std::move(found.answer);
    const auto [shard, size, root] = found.checkpoint->checkpoint;
    const Tree tree(ports_.rows, shard);
    if (size > tree.size()) co_return no_checkpoint();
    journal::ResourceProof document{
        .subject = "bills/" + bill, .checkpoint = found.checkpoint->note, .entries = {}};
    for (const auto& [seq, bytes] : **entries) {
        document.entries.push_back({.position = to_text(projections::Position{shard, seq}),
                                    .leaf_index = seq - 1,
                                    .entry = journal::to_base64(*bytes),
                                    .proof = journal::to_base64(tree.inclusion(seq - 1, size))});
    }
    co_return answer_of(document, ports_.read.views(), shard, tree.size());
}

}  // namespace api
