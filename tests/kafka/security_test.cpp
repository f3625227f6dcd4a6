// Settings of Kafka's security become librdkafka's properties; secrets come from files that nobody
// else can read, and stay out of messages.
#include "infra/kafka/security.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "infra/kafka/token.hpp"
#include "tests/support/memory_directory.hpp"

namespace tests {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

// {"alg":"none"}, {"sub":"daybook","exp":4102444800}, no signature.
const std::string token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJkYXlib29rIiwiZXhwIjo0MTAyNDQ0ODAwfQ.";

class KafkaSecurity : public testing::Test {
protected:
    KafkaSecurity() { settings_.kafka_brokers = "kafka-1:9093"; }

    std::string secret_file(const std::string& text, mode_t mode = 0600) {
        const auto path = directory_.path() / "secret";
        std::ofstream(path, std::ios::trunc) << text;
        chmod(path.c_str(), mode);
        return path.string();
    }
    std::string refusal() {
        try {
            infra::kafka_connection(settings_);
        } catch (const infra::SettingsError& error) {
            return error.what();
        }
        return {};
    }

    support::MemoryDirectory directory_;
    infra::Settings settings_;
};

TEST_F(KafkaSecurity, WithoutBrokersTheSettingIsNamed) {
    settings_.kafka_brokers.clear();
    EXPECT_THAT(refusal(), HasSubstr("--brokers"));
}

TEST_F(KafkaSecurity, PlaintextNeedsNothingElse) {
    const auto connection = infra::kafka_connection(settings_);
    EXPECT_EQ(connection.brokers, "kafka-1:9093");
    EXPECT_THAT(connection.security, Contains(Pair("security.protocol", "plaintext")));
    EXPECT_EQ(connection.security.size(), 1U);
}

TEST_F(KafkaSecurity, EachMechanismGetsWhatItNeeds) {
    settings_.kafka_security_protocol = "sasl_ssl";
    settings_.kafka_ssl_ca_file = "ca.pem";
    settings_.kafka_sasl_username = "daybook";
    settings_.kafka_sasl_password_file = secret_file("open sesame\n");
    for (const char* mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
        settings_.kafka_sasl_mechanism = mechanism;
        const auto security = infra::kafka_connection(settings_).security;
        EXPECT_THAT(security, Contains(Pair("sasl.mechanism", mechanism)));
        EXPECT_THAT(security, Contains(Pair("sasl.username", "daybook")));
        EXPECT_THAT(security, Contains(Pair("sasl.password", "open sesame")));
        EXPECT_THAT(security, Contains(Pair("ssl.ca.location", "ca.pem")));
    }
    settings_.kafka_sasl_mechanism = "OAUTHBEARER";
    settings_.kafka_oauth_token_file = secret_file(token + "\n");
    const auto security = infra::kafka_connection(settings_).security;
    EXPECT_THAT(security, Contains(Pair("sasl.oauthbearer.config", HasSubstr("secret"))));
    EXPECT_THAT(security, Not(Contains(Pair("sasl.username", "daybook"))));
}

TEST_F(KafkaSecurity, LibrdkafkaTakesWhatIsSet) {
    settings_.kafka_security_protocol = "sasl_plaintext";
    settings_.kafka_sasl_username = "daybook";
    settings_.kafka_sasl_password_file = secret_file("open sesame\n");
    for (const char* mechanism : {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}) {
        settings_.kafka_sasl_mechanism = mechanism;
        infra::KafkaEvents events;
        EXPECT_TRUE(infra::make_kafka_client(infra::kafka_connection(settings_), RD_KAFKA_CONSUMER,
                                             {}, events));
    }
    settings_.kafka_sasl_mechanism = "OAUTHBEARER";
    settings_.kafka_oauth_token_file = secret_file(token + "\n");
    infra::KafkaEvents events;
    EXPECT_TRUE(infra::make_kafka_client(infra::kafka_connection(settings_), RD_KAFKA_CONSUMER, {},
                                         events));
}

TEST_F(KafkaSecurity, WhatIsMissingIsNamed) {
    settings_.kafka_security_protocol = "sasl_ssl";
    EXPECT_THAT(refusal(), HasSubstr("kafka.sasl_username"));
    settings_.kafka_sasl_username = "daybook";
    EXPECT_THAT(refusal(), HasSubstr("kafka.sasl_password_file"));
    settings_.kafka_sasl_mechanism = "OAUTHBEARER";
    EXPECT_THAT(refusal(), HasSubstr("kafka.oauth_token_file"));
}

TEST_F(KafkaSecurity, ATokenSaysWhoseItIsAndWhenItExpires) {
    const infra::Token read = infra::read_token(token);
    EXPECT_EQ(read.text, token);
    EXPECT_EQ(read.subject, "daybook");
    EXPECT_EQ(read.expires_at.time_since_epoch().count(), 4'102'444'800);

    settings_.kafka_security_protocol = "sasl_ssl";
    settings_.kafka_sasl_mechanism = "OAUTHBEARER";
    for (const char* text :
         {"nothing", "no.token", "not.a!.token", "x.e30.z", "x.eyJleHAiOjF9.z"}) {
        settings_.kafka_oauth_token_file = secret_file(text);
        EXPECT_THAT(refusal(), HasSubstr("kafka.oauth_token_file: the file holds no token"));
        EXPECT_THAT(refusal(), Not(HasSubstr(text)));
    }
}

TEST_F(KafkaSecurity, ASecretThatOthersCanReadOrThatIsEmptyIsRefused) {
    settings_.kafka_security_protocol = "sasl_ssl";
    settings_.kafka_sasl_username = "daybook";
    for (const mode_t mode : {0640U, 0604U, 0660U}) {
        settings_.kafka_sasl_password_file = secret_file("open sesame\n", mode);
        EXPECT_THAT(refusal(), HasSubstr("owner alone"));
        EXPECT_THAT(refusal(), Not(HasSubstr("sesame")));
    }
    settings_.kafka_sasl_password_file = secret_file("\n");
    EXPECT_THAT(refusal(), HasSubstr("holds no secret"));
}

// librdkafka's own message would hold the value.
TEST_F(KafkaSecurity, APropertyThatIsRefusedIsNamedWithoutItsValue) {
    auto connection = infra::kafka_connection(settings_);
    connection.security = {{"sasl.mechanism", "PLAIN"}, {"socket.timeout.ms", "sesame"}};
    infra::KafkaEvents events;
    try {
        infra::make_kafka_client(connection, RD_KAFKA_CONSUMER, {}, events);
        FAIL() << "it was not refused";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("socket.timeout.ms"));
        EXPECT_THAT(error.what(), Not(HasSubstr("sesame")));
    }
}

}  // namespace
}  // namespace tests
