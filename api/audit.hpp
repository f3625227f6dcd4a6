// Proofs: the signed checkpoints of a tenant's shard, and that entries are in it, and that it only
// grew. What is proved is hashes: nothing of other tenants of the shard is in them.
//
// Lifetime: outlives the handlers that it makes. Threads: all functions from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "api/forward.hpp"
#include "api/http/router.hpp"
#include "api/http/workers.hpp"
#include "api/read.hpp"
#include "journal/checkpoint.hpp"
#include "journal/proof_document.hpp"
#include "projections/evidence.hpp"
#include "projections/freshness.hpp"
#include "projections/tree.hpp"

namespace api {

// Who signs the shards. All functions may be called from all I/O threads at once.
struct CheckpointPorts {
    // Does this node sign the shard? Else the request is sent on to the one that does.
    std::function<bool(journal::ShardNumber)> is_here = [](journal::ShardNumber) { return false; };
    // The last one; null if there is none.
    std::function<std::shared_ptr<const journal::SignedCheckpoint>(journal::ShardNumber)> latest =
        [](journal::ShardNumber) { return nullptr; };
    // How far checkpoints go. Called only if it is here.
    std::function<projections::Freshness&(journal::ShardNumber)> covered;
};

class Audit {
public:
    struct Ports {
        const journal::Rows& rows;  // Of the views.
        const projections::Evidence& evidence;
        http::Workers& workers;
        const Reads& read;
        const Forwards& forwards;
        CheckpointPorts checkpoints;
    };
    // REQUIRES: what it refers to outlives this.
    explicit Audit(Ports ports) : ports_(std::move(ports)) {}
    Audit(const Audit&) = delete;
    Audit& operator=(const Audit&) = delete;

    http::Handler checkpoint() const;   // A note.
    http::Handler inclusion() const;    // ?position=&size=; an InclusionDocument.
    http::Handler consistency() const;  // ?from=&to=; a ConsistencyDocument.
    // A ResourceProof. REQUIRES of the route: the bill's id is the path's first parameter.
    http::Handler bill() const;

private:
    using Checkpoint = std::shared_ptr<const journal::SignedCheckpoint>;
    // Of the tenant's shard, with the first `seq` entries at least. The node's that signs the
    // shard, if that is another one: then its answer to the request is ours.
    struct Found {
        Checkpoint checkpoint;
        std::optional<http::Response> answer;
    };
    http::Task<Found> find(const http::Request& request, journal::Seq seq) const;
    // The same, and refuses what the journal does not have yet.
    http::Task<Found> find_newest(const http::Request& request, journal::Seq seq) const;
    http::Task<http::Response> answer_checkpoint(http::Request request) const;
    http::Task<http::Response> answer_inclusion(http::Request request) const;
    http::Task<http::Response> answer_consistency(http::Request request) const;
    http::Task<http::Response> answer_bill(http::Request request) const;

    Ports ports_;
};

}  // namespace api
