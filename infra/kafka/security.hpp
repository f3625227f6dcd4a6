// How a node is secured against its brokers: the settings, as librdkafka names them.
#pragma once

#include "infra/kafka/client.hpp"
#include "infra/settings.hpp"

namespace infra {

// Reads the files of secrets, which must be readable by their owner alone (mode 0600 or 0400) and
// hold one line. Throws SettingsError that names the setting, and never what is in a file.
KafkaConnection kafka_connection(const Settings& settings);

}  // namespace infra
