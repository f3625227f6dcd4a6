#include "cli/jobs.hpp"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <string>
#include <utility>

#include "cli/audit_replay.hpp"
#include "cli/audit_views.hpp"
#include "cli/backup.hpp"
#include "cli/rebuild.hpp"
#include "infra/priority.hpp"

namespace cli {
namespace {

constexpr std::size_t printed_max = 1 << 20;
constexpr std::size_t told_max = 64 << 10;
constexpr std::chrono::seconds reading_patience{60};

OperatorReply going_on() {
    OperatorReply reply;
    reply.is_running = true;
    return reply;
}

}  // namespace

bool is_job(OperatorAction action) {
    using enum OperatorAction;
    return action == back_up || action == rebuild_views || action == audit_views ||
           action == replay;
}

void run_job(Node& node, const OperatorRequest& request, Console& console) {
    switch (request.action) {
        case OperatorAction::back_up: return back_up(node, request.path, console);
        case OperatorAction::rebuild_views: return rebuild_views(node, console);
        case OperatorAction::audit_views: return audit_views(node, console);
        case OperatorAction::replay: return replay(node, request, console);
        case OperatorAction::create_tenant:
        case OperatorAction::list_tenants:
        case OperatorAction::create_key:
        case OperatorAction::list_keys:
        case OperatorAction::rotate_key:
        case OperatorAction::revoke_key:
        case OperatorAction::look: return;
    }
}

class Jobs::Running final : public Console {
public:
    explicit Running(OperatorAction action) : action_(action) {}

    OperatorAction action() const { return action_; }

    void print(std::string_view line) override {
        std::unique_lock lock(mutex_);
        const bool is_read = changed_.wait_for(lock, reading_patience, [this] {
            return is_canceled_ || printed_.size() < printed_max;
        });
        if (!is_read) throw Exit(ExitCode::failure, "nobody reads what it prints");
        printed_.append(line).append("\n");
    }
    void tell(std::string_view line) override {
        const std::scoped_lock lock(mutex_);
        if (told_.size() < told_max) told_.append(line).append("\n");
    }
    bool is_canceled() const override {
        const std::scoped_lock lock(mutex_);
        return is_canceled_;
    }

    void cancel() {
        const std::scoped_lock lock(mutex_);
        is_canceled_ = true;
        changed_.notify_all();
    }
    void end(ExitCode code, std::string why) {
        const std::scoped_lock lock(mutex_);
        is_running_ = false;
        code_ = code;
        why_ = std::move(why);
    }
    bool is_running() const {
        const std::scoped_lock lock(mutex_);
        return is_running_;
    }

    // What has come since the last call. How it ended comes when all else has been read.
    OperatorReply news() {
        const std::scoped_lock lock(mutex_);
        changed_.notify_all();
        OperatorReply reply;
        reply.progress = std::exchange(told_, {});
        reply.is_running = is_running_ || (code_ != ExitCode::ok && !printed_.empty());
        reply.output = std::exchange(printed_, {});
        if (reply.is_running || code_ == ExitCode::ok) return reply;
        reply.exit_code = static_cast<std::int64_t>(code_);
        reply.output = why_;
        return reply;
    }

private:
    const OperatorAction action_;
    mutable std::mutex mutex_;  // Of all below.
    std::condition_variable changed_;
    std::string printed_;
    std::string told_;
    bool is_canceled_ = false;
    bool is_running_ = true;
    ExitCode code_ = ExitCode::ok;
    std::string why_;
};

OperatorReply Jobs::answer(const OperatorRequest& request) {
    return request.action == OperatorAction::look ? look() : start(request);
}

OperatorReply Jobs::start(const OperatorRequest& request) {
    const std::scoped_lock lock(mutex_);
    if (is_stopping_) return {static_cast<std::int64_t>(ExitCode::failure), "the server ends"};
    if (running_ != nullptr && running_->is_running()) {
        if (running_->action() == request.action) return going_on();
        return {static_cast<std::int64_t>(ExitCode::failure),
                "the server is busy with another long command (" +
                    std::string(domain::name(running_->action())) +
                    "); ask again when it has ended"};
    }
    if (thread_.joinable()) thread_.join();
    running_ = std::make_shared<Running>(request.action);
    thread_ = std::thread([this, request, job = running_] {
        infra::give_way();
        const std::string what(domain::name(request.action));
        log_.info("job_started", {{"job", what}});
        ExitCode code = ExitCode::ok;
        std::string why;
        try {
            run_job(node_, request, *job);
        } catch (const Exit& exit) {
            code = exit.code();
            why = exit.what();
        } catch (const std::exception& fault) {
            code = ExitCode::failure;
            why = fault.what();
        }
        if (code == ExitCode::ok) {
            log_.info("job_done", {{"job", what}});
        } else {
            log_.warning("job_failed", {{"job", what}, {"message", why}});
        }
        job->end(code, std::move(why));
    });
    return going_on();
}

OperatorReply Jobs::look() {
    const std::scoped_lock lock(mutex_);
    if (running_ == nullptr) {
        return {static_cast<std::int64_t>(ExitCode::failure), "the server was started anew"};
    }
    return running_->news();
}

void Jobs::stop() {
    std::thread ending;
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
        if (running_ != nullptr) running_->cancel();
        ending = std::move(thread_);
    }
    if (ending.joinable()) ending.join();
}

}  // namespace cli
