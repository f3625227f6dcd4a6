#include "infra/kafka/ends.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace infra {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds interval{1};

struct ListDeleter {
    void operator()(rd_kafka_topic_partition_list_t* list) const {
        rd_kafka_topic_partition_list_destroy(list);
    }
};

}  // namespace

KafkaEnds::KafkaEnds(const KafkaConnection& connection, std::string topic,
                     const std::vector<journal::Offset>& ends,
                     std::function<void(std::string_view)> report)
    : topic_(std::move(topic)) {
    events_.report = std::move(report);
    client_ = make_kafka_consumer(connection, {}, events_);
    topic_handle_ = kafka_topic(*client_, topic_);
    for (const journal::Offset end : ends) ends_.push_back({end, steady_clock::now()});
    thread_ = std::thread([this] { run(); });
}

KafkaEnds::~KafkaEnds() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    stopping_.notify_one();
    thread_.join();
}

journal::KnownEnd KafkaEnds::known(journal::ShardNumber shard) const {
    const std::lock_guard lock(mutex_);
    return ends_[shard];
}

void KafkaEnds::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_.wait_for(lock, interval, [this] { return is_stopping_; })) {
        lock.unlock();
        ask();
        lock.lock();
    }
}

// The question for the end is that for the offset of a time, with a time that means the end. It is
// as old as its asking.
void KafkaEnds::ask() {
    const std::unique_ptr<rd_kafka_topic_partition_list_t, ListDeleter> list(
        rd_kafka_topic_partition_list_new(static_cast<int>(ends_.size())));
    for (std::size_t shard = 0; shard < ends_.size(); ++shard) {
        rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(),
                                          static_cast<std::int32_t>(shard))
            ->offset = RD_KAFKA_OFFSET_END;
    }
    constexpr std::chrono::milliseconds patience = interval;
    const auto as_of = steady_clock::now();
    rd_kafka_poll(client_.get(), 0);
    rd_kafka_offsets_for_times(client_.get(), list.get(), static_cast<int>(patience.count()));
    if (!note(*list, as_of)) look_for_leaders();
}

// False when some are missing.
bool KafkaEnds::note(const rd_kafka_topic_partition_list_t& list, steady_clock::time_point as_of) {
    const std::lock_guard lock(mutex_);
    bool has_all = true;
    for (int i = 0; i < list.cnt; ++i) {
        const auto& one = list.elems[i];
        if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR || one.offset < 0) {
            has_all = false;
            continue;
        }
        ends_[static_cast<std::size_t>(one.partition)] = {static_cast<journal::Offset>(one.offset),
                                                          as_of};
    }
    return has_all;
}

// The client goes on asking the leaders that it knows, even those that are leaders no more.
void KafkaEnds::look_for_leaders() {
    constexpr std::chrono::milliseconds patience = interval;
    const rd_kafka_metadata_t* answer = nullptr;
    rd_kafka_metadata(client_.get(), 0, topic_handle_.get(), &answer,
                      static_cast<int>(patience.count()));
    if (answer != nullptr) rd_kafka_metadata_destroy(answer);
}

}  // namespace infra
