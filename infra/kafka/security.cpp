#include "infra/kafka/security.hpp"

#include <sys/stat.h>

#include <fstream>
#include <string>
#include <string_view>

#include "infra/kafka/token.hpp"

namespace infra {
namespace {

[[noreturn]] void refuse(std::string_view setting, const std::string& why) {
    throw SettingsError(std::string(setting) + ": " + why);
}

std::string secret_in(std::string_view setting, const std::string& path) {
    struct stat about{};
    if (stat(path.c_str(), &about) != 0) refuse(setting, "cannot read " + path);
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        refuse(setting, path + " must be readable by its owner alone (mode 0600)");
    }
    std::string line;
    std::ifstream file(path);
    if (!std::getline(file, line) || line.empty()) refuse(setting, path + " holds no secret");
    return line;
}

class Properties {
public:
    void set(const std::string& name, const std::string& value) {
        if (!value.empty()) all_.emplace_back(name, value);
    }
    void set_required(const std::string& name, std::string_view setting, const std::string& value) {
        if (value.empty()) refuse(setting, "is needed with this kafka.sasl_mechanism");
        all_.emplace_back(name, value);
    }
    KafkaProperties take() { return std::move(all_); }

private:
    KafkaProperties all_;
};

void set_ssl(Properties& properties, const Settings& settings) {
    properties.set("ssl.ca.location", settings.kafka_ssl_ca_file);
    properties.set("ssl.certificate.location", settings.kafka_ssl_certificate_file);
    properties.set("ssl.key.location", settings.kafka_ssl_key_file);
    if (settings.kafka_ssl_key_password_file.empty()) return;
    properties.set("ssl.key.password",
                   secret_in("kafka.ssl_key_password_file", settings.kafka_ssl_key_password_file));
}

void set_sasl(Properties& properties, const Settings& settings) {
    properties.set("sasl.mechanism", settings.kafka_sasl_mechanism);
    if (settings.kafka_sasl_mechanism == "OAUTHBEARER") {
        const std::string& file = settings.kafka_oauth_token_file;
        properties.set_required("sasl.oauthbearer.config", "kafka.oauth_token_file", file);
        read_token(secret_in("kafka.oauth_token_file", file));
        return;
    }
    properties.set_required("sasl.username", "kafka.sasl_username", settings.kafka_sasl_username);
    properties.set("sasl.password",
                   secret_in("kafka.sasl_password_file", settings.kafka_sasl_password_file));
}

}  // namespace

KafkaConnection kafka_connection(const Settings& settings) {
    if (settings.kafka_brokers.empty()) {
        refuse("kafka.brokers", "say where the brokers are: --brokers HOST:PORT,…");
    }
    const std::string_view protocol = settings.kafka_security_protocol;
    Properties properties;
    properties.set("security.protocol", settings.kafka_security_protocol);
    if (protocol.ends_with("ssl")) set_ssl(properties, settings);
    if (protocol.starts_with("sasl")) set_sasl(properties, settings);
    return {.brokers = settings.kafka_brokers, .security = properties.take()};
}

}  // namespace infra
