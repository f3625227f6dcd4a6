#include "infra/kafka/membership.hpp"

#include <stdexcept>
#include <tuple>
#include <utility>

namespace infra {

KafkaMembership::KafkaMembership(KafkaMembershipOptions options) : options_(std::move(options)) {
    events_->report = rarely(options_.report);
    events_->rebalanced = [this](rd_kafka_resp_err_t what,
                                 rd_kafka_topic_partition_list_t* partitions) {
        take(what, partitions);
    };
    // Heartbeats are the pace at which members learn that the shares change.
    constexpr std::chrono::milliseconds heartbeat{250};
    client_ = make_kafka_consumer(
        options_.connection,
        {{"group.id", options_.group},
         {"partition.assignment.strategy", "cooperative-sticky"},
         {"session.timeout.ms", std::to_string(options_.session_timeout.count())},
         {"heartbeat.interval.ms", std::to_string(heartbeat.count())},
         {"auto.offset.reset", "latest"},
         {"enable.auto.commit", "false"}},
        *events_);
    rd_kafka_poll_set_consumer(client_.get());
    rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, options_.topic.c_str(), RD_KAFKA_PARTITION_UA);
    const auto error = rd_kafka_subscribe(client_.get(), topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw std::runtime_error("cannot join the group " + options_.group + ": " +
                                 rd_kafka_err2str(error));
    }
    thread_ = std::thread([this] { poll(); });
}

KafkaMembership::~KafkaMembership() { leave(); }

void KafkaMembership::leave() {
    const std::lock_guard lock(leave_mutex_);
    if (!thread_.joinable()) return;
    is_leaving_ = true;
    thread_.join();
}

bool KafkaMembership::has_company(std::chrono::milliseconds patience) const {
    const rd_kafka_group_list* groups = nullptr;
    const auto error = rd_kafka_list_groups(client_.get(), options_.group.c_str(), &groups,
                                            static_cast<int>(patience.count()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
    const bool has_company = groups->group_cnt > 0 && groups->groups[0].member_cnt > 1;
    rd_kafka_group_list_destroy(groups);
    return has_company;
}

void KafkaMembership::poll() {
    constexpr int wait_ms = 50;
    const auto poll_once = [this] {
        const KafkaMessage ignored(rd_kafka_consumer_poll(client_.get(), wait_ms));
    };
    while (!is_leaving_) poll_once();
    const auto deadline = std::chrono::steady_clock::now() + options_.session_timeout;
    while (is_joining() && std::chrono::steady_clock::now() < deadline) poll_once();
    if (is_joining()) {
        // Brokers that do not answer any more will miss it anyway, and the process ends.
        rd_kafka_set_log_level(client_.release(), 0);
        return;
    }
    rd_kafka_consumer_close(client_.get());
}

// Before 2.3, librdkafka aborts when a member is destroyed that was let in and does not know its
// share yet ("Assertion `assignor_state' failed").
bool KafkaMembership::is_joining() const {
    if (knows_share_) return false;
    char* id = rd_kafka_memberid(client_.get());
    const bool is_let_in = id != nullptr && *id != '\0';
    rd_kafka_mem_free(client_.get(), id);
    return is_let_in;
}

// With the first share: the others' shards.
void KafkaMembership::tell_rest(const rd_kafka_topic_partition_list_t& given) const {
    for (journal::ShardNumber shard = 0; shard < options_.shards; ++shard) {
        const auto partition = static_cast<std::int32_t>(shard);
        const auto* const mine =
            rd_kafka_topic_partition_list_find(&given, options_.topic.c_str(), partition);
        if (mine == nullptr) options_.changed(shard, journal::Hint::not_mine);
    }
}

// Shares come and go one by one. What is given is paused at once: nothing is read here.
void KafkaMembership::take(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* partitions) {
    journal::Hint hint = journal::Hint::not_mine;
    rd_kafka_error_t* error = nullptr;
    if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        hint = journal::Hint::mine;
        if (!std::exchange(knows_share_, true)) tell_rest(*partitions);
        for (int i = 0; i < partitions->cnt; ++i) {
            partitions->elems[i].offset = RD_KAFKA_OFFSET_END;
        }
        error = rd_kafka_incremental_assign(client_.get(), partitions);
        rd_kafka_pause_partitions(client_.get(), partitions);
    } else {
        if (rd_kafka_assignment_lost(client_.get()) != 0) hint = journal::Hint::mine_if_free;
        error = rd_kafka_incremental_unassign(client_.get(), partitions);
    }
    if (error != nullptr) {
        events_->report("the share of the group " + options_.group + ": " +
                        rd_kafka_error_string(error));
        rd_kafka_error_destroy(error);
    }
    if (is_leaving_ && hint == journal::Hint::mine) return;
    for (int i = 0; i < partitions->cnt; ++i) {
        options_.changed(static_cast<journal::ShardNumber>(partitions->elems[i].partition), hint);
    }
}

}  // namespace infra
