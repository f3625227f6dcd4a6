#include "infra/kafka/topics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace infra {
namespace {

using Rule = KafkaTopicSetting::Rule;
using Text = std::array<char, 512>;

constexpr int replicas_default = 3;
constexpr std::chrono::seconds new_topic_patience{5};
constexpr std::chrono::milliseconds new_topic_pause{20};
constexpr const char* day_ms = "86400000";

// The setting that follows from the number of replicas.
KafkaTopicSetting replicas_in_step(int replicas) {
    return {"min.insync.replicas", Rule::at_least, std::to_string(std::min(2, replicas))};
}

class Admin {
public:
    explicit Admin(const KafkaConnection& connection)
        : connection_(connection),
          patience_ms_(static_cast<int>(connection.patience.count())),
          // A consumer: asking for a topic must not make it.
          client_(make_kafka_client(connection, RD_KAFKA_CONSUMER, {}, events_)),
          queue_(rd_kafka_queue_new(client_.get())) {}

    struct Found {
        int brokers = 0;
        int partitions = 0;  // 0: there is no such topic.
        int replicas = 0;
    };
    Found look_up(const std::string& name) {
        const KafkaTopic topic = kafka_topic(*client_, name);
        const rd_kafka_metadata_t* metadata = nullptr;
        const auto error =
            rd_kafka_metadata(client_.get(), 0, topic.get(), &metadata, patience_ms_);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw std::runtime_error("none of the brokers " + connection_.brokers +
                                     " answers: " + rd_kafka_err2str(error) + last_error());
        }
        const std::unique_ptr<const rd_kafka_metadata_t, void (*)(const rd_kafka_metadata_t*)>
            owner(metadata, rd_kafka_metadata_destroy);
        Found found{.brokers = metadata->broker_cnt};
        const rd_kafka_metadata_topic_t& one = metadata->topics[0];
        if (one.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return found;
        if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw std::runtime_error("topic " + name + ": " + rd_kafka_err2str(one.err));
        }
        found.partitions = one.partition_cnt;
        found.replicas = one.partition_cnt > 0 ? one.partitions[0].replica_cnt : 0;
        for (int i = 1; i < one.partition_cnt; ++i) {
            found.replicas = std::min(found.replicas, one.partitions[i].replica_cnt);
        }
        return found;
    }

    // False when somebody else made it meanwhile.
    bool create(const KafkaTopicPlan& plan, int replicas) {
        Text why{};
        rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(plan.name.c_str(), plan.partitions,
                                                           replicas, why.data(), why.size());
        if (topic == nullptr) throw std::runtime_error("topic " + plan.name + ": " + why.data());
        const std::unique_ptr<rd_kafka_NewTopic_t, void (*)(rd_kafka_NewTopic_t*)> owner(
            topic, rd_kafka_NewTopic_destroy);
        auto settings = plan.settings;
        settings.push_back(replicas_in_step(replicas));
        for (const auto& setting : settings) {
            rd_kafka_NewTopic_set_config(topic, setting.name.c_str(), setting.value.c_str());
        }
        rd_kafka_CreateTopics(client_.get(), &topic, 1, nullptr, queue_.get());
        const KafkaEvent event = next_event("cannot make the topic " + plan.name);
        std::size_t count = 0;
        const auto* const results = rd_kafka_CreateTopics_result_topics(
            rd_kafka_event_CreateTopics_result(event.get()), &count);
        const auto error = rd_kafka_topic_result_error(results[0]);
        if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return false;
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
        const char* const text = rd_kafka_topic_result_error_string(results[0]);
        throw std::runtime_error("cannot make the topic " + plan.name + ": " +
                                 (text != nullptr ? text : rd_kafka_err2str(error)));
    }

    // Nothing when there is no such topic.
    std::map<std::string, std::string> settings_of(const std::string& name) {
        rd_kafka_ConfigResource_t* resource =
            rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str());
        rd_kafka_DescribeConfigs(client_.get(), &resource, 1, nullptr, queue_.get());
        rd_kafka_ConfigResource_destroy(resource);
        const std::string what = "cannot read the settings of the topic " + name;
        const KafkaEvent event = next_event(what);
        std::size_t count = 0;
        const auto* const resources = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(event.get()), &count);
        const auto error = rd_kafka_ConfigResource_error(resources[0]);
        if (error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return {};
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw std::runtime_error(what + ": " + rd_kafka_err2str(error));
        }
        const auto* const entries = rd_kafka_ConfigResource_configs(resources[0], &count);
        std::map<std::string, std::string> found;
        for (std::size_t i = 0; i < count; ++i) {
            const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
            found[rd_kafka_ConfigEntry_name(entries[i])] = value != nullptr ? value : "";
        }
        return found;
    }

private:
    KafkaEvent next_event(const std::string& what) {
        KafkaEvent event(rd_kafka_queue_poll(queue_.get(), patience_ms_));
        if (!event) throw std::runtime_error(what + ": no answer" + last_error());
        if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw std::runtime_error(what + ": " + rd_kafka_event_error_string(event.get()));
        }
        return event;
    }

    // What the client said last, which tells more than that it got no answer.
    std::string last_error() {
        rd_kafka_poll(client_.get(), 0);
        const std::lock_guard lock(mutex_);
        return last_report_.empty() ? "" : " (" + last_report_ + ")";
    }
    void note(std::string_view line) {
        const std::lock_guard lock(mutex_);
        last_report_ = line;
    }

    const KafkaConnection& connection_;
    int patience_ms_;
    std::mutex mutex_;
    std::string last_report_;
    KafkaEvents events_{.report = [this](std::string_view line) { note(line); },
                        .failed = [this](std::string_view why) { note(why); }};
    KafkaClient client_;
    KafkaQueue queue_;
};

std::int64_t number_of(const std::string& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

bool holds(const KafkaTopicSetting& wanted, const std::string& found) {
    switch (wanted.rule) {
        case Rule::equals: return found == wanted.value;
        case Rule::at_least: return number_of(found) >= number_of(wanted.value);
        case Rule::at_most: return number_of(found) <= number_of(wanted.value);
    }
    return false;
}

std::string_view words_of(Rule rule) {
    switch (rule) {
        case Rule::equals: return "";
        case Rule::at_least: return "at least ";
        case Rule::at_most: return "at most ";
    }
    return "";
}

// All records are kept, for that long: compaction would keep but the last one of a key.
KafkaTopicPlan kept_topic(const std::string& name, int partitions, std::int64_t retention_ms) {
    return {name,
            partitions,
            {{"cleanup.policy", Rule::equals, "delete"},
             {"retention.ms", Rule::equals, std::to_string(retention_ms < 0 ? -1 : retention_ms)},
             {"retention.bytes", Rule::equals, "-1"},
             {"unclean.leader.election.enable", Rule::equals, "false"},
             {"message.timestamp.type", Rule::equals, "LogAppendTime"}}};
}

KafkaTopicPlan with_large_records(KafkaTopicPlan plan) {
    plan.settings.push_back(
        {"max.message.bytes", Rule::at_least, std::to_string(kafka_record_bytes_max)});
    return plan;
}

}  // namespace

KafkaTopicPlan journal_topic(const std::string& name, int partitions) {
    return with_large_records(kept_topic(name, partitions, -1));
}

KafkaTopicPlan keys_topic(const std::string& name) {
    return {name,
            1,
            {{"cleanup.policy", Rule::equals, "compact"},
             {"unclean.leader.election.enable", Rule::equals, "false"},
             {"message.timestamp.type", Rule::equals, "LogAppendTime"},
             {"max.compaction.lag.ms", Rule::at_most, day_ms}}};
}

KafkaTopicPlan public_topic(const std::string& name, int partitions, std::int64_t retention_ms) {
    return with_large_records(kept_topic(name, partitions, retention_ms));
}

KafkaTopicPlan checkpoint_topic(const std::string& name, int partitions) {
    return kept_topic(name, partitions, -1);
}

KafkaTopicPlan relay_topic(const std::string& name, int partitions) {
    return {name,
            partitions,
            {{"cleanup.policy", Rule::equals, "compact"},
             {"segment.bytes", Rule::at_most, "16777216"},
             {"unclean.leader.election.enable", Rule::equals, "false"},
             {"message.timestamp.type", Rule::equals, "LogAppendTime"}}};
}

std::vector<std::string> create_topics(const KafkaConnection& connection,
                                       const std::vector<KafkaTopicPlan>& plans, int replicas) {
    Admin admin(connection);
    std::vector<std::string> made;
    for (const auto& plan : plans) {
        const auto found = admin.look_up(plan.name);
        if (found.partitions > 0) continue;
        const int wanted = replicas > 0 ? replicas : std::min(replicas_default, found.brokers);
        if (admin.create(plan, wanted)) made.push_back(plan.name);
    }
    return made;
}

namespace {

int check_topic(Admin& admin, const KafkaTopicPlan& plan) {
    Admin::Found found;
    std::map<std::string, std::string> settings;
    // Not every broker knows a new topic at once.
    const auto deadline = std::chrono::steady_clock::now() + new_topic_patience;
    while (settings.empty()) {
        found = admin.look_up(plan.name);
        if (found.partitions > 0) settings = admin.settings_of(plan.name);
        if (!settings.empty()) break;
        if (std::chrono::steady_clock::now() >= deadline) {
            throw std::runtime_error("there is no topic " + plan.name +
                                     "; make it with `daybook topics create`");
        }
        std::this_thread::sleep_for(new_topic_pause);
    }
    auto wanted = plan.settings;
    wanted.push_back(replicas_in_step(found.replicas));
    std::string wrong;
    for (const auto& one : wanted) {
        const auto value = settings.find(one.name);
        if (value != settings.end() && holds(one, value->second)) continue;
        wrong += wrong.empty() ? "" : "; ";
        wrong += one.name + " is " + (value == settings.end() ? "unknown" : value->second) +
                 " and must be " + std::string(words_of(one.rule)) + one.value;
    }
    if (!wrong.empty()) {
        throw std::runtime_error("topic " + plan.name + ": " + wrong +
                                 " (kafka-configs.sh --alter --entity-type topics --entity-name " +
                                 plan.name + " --add-config NAME=VALUE mends it)");
    }
    return found.partitions;
}

}  // namespace

int check_topic(const KafkaConnection& connection, const KafkaTopicPlan& plan) {
    Admin admin(connection);
    return check_topic(admin, plan);
}

void check_topics(const KafkaConnection& connection, const std::vector<KafkaTopicPlan>& plans) {
    Admin admin(connection);
    for (const auto& plan : plans) {
        const int partitions = check_topic(admin, plan);
        if (partitions == plan.partitions) continue;
        throw std::runtime_error("topic " + plan.name + " has " + std::to_string(partitions) +
                                 " partitions and must have " + std::to_string(plan.partitions) +
                                 ", as the journal has");
    }
}

}  // namespace infra
