#include "api/write.hpp"

#include <chrono>
#include <functional>
#include <variant>

#include "api/fault.hpp"
#include "api/http/completion.hpp"
#include "api/preconditions.hpp"
#include "codec/writer.hpp"
#include "journal/chain.hpp"
#include "journal/event_codec.hpp"
#include "projections/representation.hpp"

namespace api {
namespace {

using commands::Done;
using commands::Outcome;
using commands::Submission;
using http::Problem;
using http::Response;
using http::Status;

bool is_preview(const http::Request& request) { return request.route->doc.is_preview; }

// Of what there is not yet: nothing in the path names it.
bool creates(const http::Request& request) {
    return request.route->doc.success == Status::created || is_preview(request);
}

domain::Result<bool, Problem> is_dry_run(const http::Request& request) {
    if (is_preview(request)) return true;
    const std::string_view text = request.parameter("dryRun").value_or("false");
    if (text == "true" || text == "false") return text == "true";
    Problem problem{Status::bad_request, "invalid_parameter", "dryRun must be true or false."};
    problem.errors.push_back({"dryRun", "invalid_parameter", "Must be true or false."});
    return domain::Failure(std::move(problem));
}

// What an idempotency key stands for: the operation, what it is about, and the body as it was sent.
// It is kept in the journal for ever, so nobody without the key may guess a body from it.
std::string fingerprint(const http::Request& request, const MacKey& key) {
    std::string text(http::name(request.verb));
    text.append("\n").append(request.route->path);
    for (const std::string_view value : request.path_values) text.append("\n").append(value);
    if (!request.route->doc.has_secret_body) text.append("\n").append(request.body);
    return journal::to_hex(mac_of(key, text));
}

std::int64_t steady_milliseconds(std::chrono::steady_clock::time_point time) {
    if (time == std::chrono::steady_clock::time_point::max()) return 0;
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

// A tenant's own id is the caller's, and in no path.
std::string_view id_in(const http::Request& request, domain::Kind kind) {
    if (creates(request)) return {};
    return kind == domain::Kind::tenants ? request.tenant().view() : request.path_values[0];
}

std::string correlation_of(const http::Request& request) {
    return std::string(request.trace_parent ? request.trace_parent->text : request.request_id);
}

journal::Actor actor_of(const Principal& principal) {
    if (principal.has_token()) return {"client", principal.client};
    return {"apiKey", principal.key.text};
}

domain::Result<Submission, Problem> prepare(const http::Request& request, domain::Kind kind,
                                            const Ask& ask, const MacKey& fingerprint_key) {
    auto key = idempotency_key(request);
    if (!key) return domain::Failure(key.error());
    const auto dry_run = is_dry_run(request);
    if (!dry_run) return domain::Failure(dry_run.error());
    auto versions = expected_versions(request);
    if (!versions) return domain::Failure(versions.error());
    if (creates(request)) versions->reset();
    const std::string_view id = id_in(request, kind);
    if (!creates(request) && !domain::is_id_text(id, domain::Sku::length_max)) {
        return domain::Failure(
            Problem{Status::not_found, "not_found",
                    "There is no " + std::string(noun(kind)) + " with this id."});
    }
    auto asked = ask(request);
    if (!asked) return domain::Failure(std::move(asked.error()));

    Submission submission{.tenant = request.tenant(),
                          .target = {.subject = {kind, id.empty() ? asked->id : std::string(id)},
                                     .expected_versions = *std::move(versions)},
                          .command = std::move(asked->command),
                          .actor = actor_of(*request.principal),
                          .done = {}};
    submission.reason = std::move(asked->reason);
    if (*key) submission.fingerprint = fingerprint(request, fingerprint_key);
    submission.idempotency_key = *std::move(key);
    submission.correlation_id = correlation_of(request);
    submission.is_dry_run = *dry_run;
    submission.deadline = steady_milliseconds(request.deadline);
    return submission;
}

void append_event(std::string& out, const journal::RecordedEvent& event) {
    out += "{\"type\":";
    codec::append_quoted(out, domain::event_name(event.event));
    out += ",\"subject\":";
    codec::append_quoted(out, domain::to_text(event.subject));
    out += ",\"sequence\":" + std::to_string(event.sequence) + ",\"data\":";
    const journal::EventData data = journal::data_of(event.event);
    codec::Writer(out, codec::Audience::client).value(*data.type, data.address);
    out += '}';
}

Response dry_run_response(const Done& done) {
    std::string body = "{\"events\":[";
    for (const journal::RecordedEvent& event : done.events) {
        if (&event != done.events.data()) body += ',';
        append_event(body, event);
    }
    body += "],\"resource\":";
    projections::append_representation(body, *done.aggregate);
    return Response::json(Status::ok, body + '}');
}

Response preview_response(const Done& done) {
    return Response::json(Status::ok, projections::representation(*done.aggregate));
}

Response response_of(const http::Request& request, const Done& done) {
    const Status success = request.route->doc.success;
    Response response = success == Status::no_content
                            ? Response::empty(success)
                            : Response::json(success, projections::representation(*done.aggregate));
    response.add("ETag", etag_of(domain::version_of(*done.aggregate)));
    response.add("Daybook-Position", to_text({done.shard, done.seq}));
    if (success == Status::created) {
        response.add("Location", collection_path(done.subject.kind) + '/' + done.subject.id);
    }
    if (done.is_replayed) response.add("Idempotent-Replayed", "true");
    return response;
}

}  // namespace

http::Handler Writes::handler(domain::Kind kind, Ask ask) const {
    return [this, kind, ask = std::move(ask)](http::Request request) {
        return run(std::move(request), kind, ask);
    };
}

bool Writes::are_here(const domain::TenantId& tenant) const {
    return shards_ != nullptr && shards_->is_taking(views_.shard_of(tenant));
}

Writes::Aside Writes::aside(const http::Request& request) const {
    const domain::TenantId tenant = request.tenant();
    const journal::Actor actor = actor_of(*request.principal);
    const std::string cause = correlation_of(request);
    return [this, tenant, actor, cause](const domain::Subject& subject,
                                        std::unique_ptr<commands::Command> command,
                                        const std::function<void(bool)>& done) {
        Submission submission{
            .tenant = tenant,
            .target = {.subject = subject, .expected_versions = {}},
            .command = std::move(command),
            .actor = actor,
            .done = [done](const Outcome& outcome) { done(outcome.has_value()); }};
        submission.correlation_id = cause;
        if (!shards_->submit(std::move(submission))) done(false);
    };
}

// Who writes the shard may change while the request waits: it is tried until its deadline.
http::Task<Response> Writes::run(http::Request request, domain::Kind kind, Ask ask) const {
    constexpr std::chrono::milliseconds try_again{20};
    const journal::ShardNumber shard = views_.shard_of(request.tenant());
    while (true) {
        std::optional<Response> response;
        if (are_here(request.tenant())) {
            response = co_await answer_here(request, kind, ask);
        } else {
            response = co_await forwards_.forward(request, shard);
        }
        if (response) co_return *std::move(response);
        const auto next = std::chrono::steady_clock::now() + try_again;
        if (next >= request.deadline) co_return http::journal_unavailable();
        co_await http::sleep_until(next);
    }
}

// Nothing when another node has taken the shard: nothing was done. The request outlives this.
http::Task<std::optional<Response>> Writes::answer_here(const http::Request& request,
                                                        domain::Kind kind, Ask ask) const {
    auto submission = prepare(request, kind, ask, fingerprint_key_);
    if (!submission) co_return std::move(submission.error());
    const bool is_dry_run = submission->is_dry_run;
    const auto wait = std::make_shared<Wait>();
    std::function<void(http::Completion<Outcome>)> start = [&](http::Completion<Outcome> done) {
        submit(*std::move(submission), wait, std::move(done));
    };
    std::optional<Outcome> outcome =
        co_await http::completed<Outcome>(request.deadline, std::move(start));
    if (!outcome) co_return http::outcome_unknown();
    if (!*outcome) {
        if (outcome->error().kind == commands::FaultKind::moved) co_return std::nullopt;
        Problem problem = problem_of(std::move(outcome->error()));
        // Others are commands of policies and of the scheduler.
        std::erase_if(problem.allowed,
                      [this](const std::string& name) { return !issuable_.contains(name); });
        Response refusal = std::move(problem);
        add_position(refusal, views_, views_.position_of(request.tenant()));
        co_return refusal;
    }
    if (is_dry_run) {
        Response response =
            is_preview(request) ? preview_response(**outcome) : dry_run_response(**outcome);
        add_position(response, views_, views_.position_of(request.tenant()));
        co_return response;
    }
    co_return response_of(request, **outcome);
}

// Calls `done` with the outcome, on whatever thread has it, once the views have what was done. The
// request holds the wait for the views, so that it ends with the request; until it has been put
// there, the shard's call holds its place.
void Writes::submit(Submission submission, const std::shared_ptr<Wait>& wait,
                    const std::function<void(Outcome)>& done) const {
    const bool is_dry_run = submission.is_dry_run;
    submission.done = [this, wait, done, is_dry_run](Outcome outcome) {
        if (!outcome || is_dry_run) return done(std::move(outcome));
        projections::Freshness& freshness = *views_.freshness[outcome->shard];
        const journal::Seq seq = outcome->seq;
        const auto answer = std::make_shared<Outcome>(std::move(outcome));
        wait->handle = freshness.when_applied(seq, [done, answer] { done(std::move(*answer)); });
    };
    if (shards_->submit(std::move(submission))) return;
    done(domain::Failure(commands::fault(commands::FaultKind::unavailable, "overloaded",
                                         "Too many commands are waiting. Nothing was done.")));
}

}  // namespace api
