#include "cli/audit_replay.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/journal_walk.hpp"
#include "codec/json_changes.hpp"
#include "codec/reflect.hpp"
#include "journal/keyless_reader.hpp"
#include "projections/representation.hpp"
#include "projections/row_keys.hpp"
#include "projections/row_value.hpp"

namespace cli {
namespace {

struct Step {
    std::string position;
    domain::Timestamp time;
    std::string tenant;
    std::string subject;
    std::uint64_t sequence = 0;
    std::string type;
    domain::Timestamp occurred_at;
    std::string command;
    journal::Actor actor;
    std::optional<std::string> reason;
    std::vector<codec::JsonChange> changes;
};
constexpr auto describe(const Step*) {
    using domain::field;
    return domain::fields(field<&Step::position>("position", ""), field<&Step::time>("time", ""),
                          field<&Step::tenant>("tenant", ""), field<&Step::subject>("subject", ""),
                          field<&Step::sequence>("sequence", ""), field<&Step::type>("type", ""),
                          field<&Step::occurred_at>("occurredAt", ""),
                          field<&Step::command>("command", ""), field<&Step::actor>("actor", ""),
                          field<&Step::reason>("reason", ""), field<&Step::changes>("changes", ""));
}

std::string lines_of(const Step& step) {
    std::string text = step.position + ' ' + domain::to_rfc3339(step.time) + ' ' + step.tenant +
                       ' ' + step.subject + ' ' + std::to_string(step.sequence) + ' ' + step.type +
                       " (" + step.command + " by " + step.actor.type + ' ' + step.actor.id + ')';
    const auto shown = [](const std::optional<domain::Json>& value) {
        return value ? value->text : "-";
    };
    for (const codec::JsonChange& change : step.changes) {
        text += "\n    " + change.path + ": " + shown(change.before) + " -> " + shown(change.after);
    }
    return text;
}

bool is_about(const domain::AnyAggregate& aggregate, const std::string& user) {
    return std::visit(
        [&user](const auto& one) {
            using State = std::decay_t<decltype(one.state)>;
            bool is = std::is_same_v<State, domain::User> && one.id == user;
            const auto compare = [&](const auto& id) {
                const std::optional<domain::UserId> of(id);
                is = is || (of && of->text == user);
            };
            if constexpr (requires { std::optional<domain::UserId>(one.state.user_id); }) {
                compare(one.state.user_id);
            }
            if constexpr (requires { std::optional<domain::UserId>(one.state.payer_id); }) {
                compare(one.state.payer_id);
            }
            return is;
        },
        aggregate);
}

class Replay {
public:
    Replay(Node& node, const OperatorRequest& request, Console& console)
        : node_(node),
          request_(request),
          console_(console),
          codec_(request.shows_personal ? node.codec() : keyless_.codec()),
          rows_(node.scratch_rows()),
          batch_(rows_->batch()) {
        if (request.subject.empty()) return;
        subject_ = domain::parse_subject(request.subject);
        if (!subject_) {
            throw Exit(ExitCode::usage, "--subject: " + request.subject +
                                            " is none such as bills/b-1 or contracts/c-1");
        }
    }

    void run() {
        for (journal::ShardNumber shard = 0; shard < node_.journal().shards(); ++shard) {
            journal::LogFold fold(shard, {});
            walk_journal(node_.journal(), shard, 0, node_.journal().end(shard),
                         [&](const journal::Record& record) {
                             take(fold, record);
                             return true;
                         });
            console_.tell("shard " + std::to_string(shard) + " ends at " +
                          std::to_string(fold.state().seq) + " with the head " +
                          journal::to_hex(fold.state().head) + "; " +
                          std::to_string(fold.state().voids) + " records are void");
        }
        console_.tell(std::to_string(events_) + " events, of which " + std::to_string(shown_) +
                      " were asked for");
    }

private:
    void take(journal::LogFold& fold, const journal::Record& record) {
        if (console_.is_canceled()) throw Exit(ExitCode::failure, "it was canceled");
        const auto judged = fold.take(record, codec_);
        if (!judged) {
            throw Exit(ExitCode::failure,
                       "record " + std::to_string(record.offset) +
                           " cannot be read: " + std::string(domain::name(judged.error())));
        }
        const auto* const entry = std::get_if<journal::Entry>(&judged->record);
        if (judged->verdict != journal::Verdict::valid || entry == nullptr) return;
        for (const auto& event : entry->events) {
            ++events_;
            if (is_folded(*entry, event)) fold_in(*entry, event);
        }
    }

    // Whose person it is shows only what was folded.
    bool is_folded(const journal::Entry& entry, const journal::RecordedEvent& event) const {
        if (!request_.tenant.empty() && entry.tenant.text != request_.tenant) return false;
        return !subject_ || event.subject == *subject_;
    }

    void fold_in(const journal::Entry& entry, const journal::RecordedEvent& event) {
        const std::string key =
            projections::resource_key(entry.tenant, event.subject.kind, event.subject.id);
        domain::AnyAggregate aggregate = domain::absent_aggregate(event.subject);
        rows_->get(key, [&](std::string_view row) {
            aggregate = projections::read_row(event.subject, row);
        });
        const auto version = domain::version_of(aggregate);
        if (event.sequence != version + 1) {
            throw Exit(ExitCode::data, "the history of " + to_text(event.subject) +
                                           " has a gap: " + std::to_string(event.sequence) +
                                           " follows " + std::to_string(version));
        }
        const std::string before = version == 0 ? "" : projections::representation(aggregate);
        domain::advance(aggregate, event.event, event.occurred_at);
        std::string row;
        projections::append_row(row, aggregate, entry.seq, {});
        batch_->clear();
        batch_->put(key, row);
        if (!rows_->write(*batch_)) throw Exit(ExitCode::failure, "there is no disk space");
        if (!request_.user.empty() && !is_about(aggregate, request_.user)) return;
        show(entry, event, codec::changes_between(before, projections::representation(aggregate)));
    }

    void show(const journal::Entry& entry, const journal::RecordedEvent& event,
              std::vector<codec::JsonChange> changes) {
        ++shown_;
        const Step step{std::to_string(entry.shard) + '-' + std::to_string(entry.seq),
                        entry.time,
                        entry.tenant.text,
                        to_text(event.subject),
                        event.sequence,
                        std::string(domain::event_name(event.event)),
                        event.occurred_at,
                        entry.command.type,
                        entry.command.actor,
                        entry.command.reason,
                        std::move(changes)};
        console_.print(request_.as_json ? codec::to_json(step) : lines_of(step));
    }

    Node& node_;
    const OperatorRequest& request_;
    Console& console_;
    journal::KeylessReader keyless_;
    const journal::EntryCodec& codec_;
    std::unique_ptr<infra::RocksRows> rows_;
    std::unique_ptr<journal::RowBatch> batch_;
    std::optional<domain::Subject> subject_;
    std::uint64_t events_ = 0;
    std::uint64_t shown_ = 0;
};

}  // namespace

void replay(Node& node, const OperatorRequest& request, Console& console) {
    Replay(node, request, console).run();
    node.end_audit();
}

}  // namespace cli
