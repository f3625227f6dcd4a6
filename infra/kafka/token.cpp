#include "infra/kafka/token.hpp"

#include <simdjson.h>
#include <sodium.h>

#include <array>
#include <cstdint>
#include <fstream>

#include "infra/settings.hpp"

namespace infra {
namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw SettingsError("kafka.oauth_token_file: the file holds no token: " + why);
}

std::string decoded(std::string_view base64) {
    std::string bytes(base64.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                          base64.data(), base64.size(), "=", &size, nullptr,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
        refuse("its claims are not in base64url");
    }
    bytes.resize(size);
    return bytes;
}

void refresh(rd_kafka_t* client, const char* file, void* /*opaque*/) {
    try {
        std::string line;
        std::ifstream stream(file);
        std::getline(stream, line);
        const Token token = read_token(line);
        const auto expires_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
            token.expires_at.time_since_epoch());
        std::array<char, 256> why{};
        const auto error = rd_kafka_oauthbearer_set_token(client, token.text.c_str(),
                                                          expires_ms.count(), token.subject.c_str(),
                                                          nullptr, 0, why.data(), why.size());
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            rd_kafka_oauthbearer_set_token_failure(client, rd_kafka_err2str(error));
        }
    } catch (const std::exception& failure) {
        rd_kafka_oauthbearer_set_token_failure(client, failure.what());
    }
}

}  // namespace

Token read_token(std::string_view jwt) {
    const auto first = jwt.find('.');
    const auto second = first == std::string_view::npos ? first : jwt.find('.', first + 1);
    if (second == std::string_view::npos) refuse("it has no three parts");
    const std::string claims = decoded(jwt.substr(first + 1, second - first - 1));
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    std::int64_t expires = 0;
    if (parser.parse(claims).get(root) != simdjson::SUCCESS ||
        root["exp"].get(expires) != simdjson::SUCCESS) {
        refuse("its claims do not say when it expires");
    }
    std::string_view subject;
    if (root["sub"].get(subject) != simdjson::SUCCESS) refuse("its claims do not say whose it is");
    return {std::string(jwt), std::string(subject),
            std::chrono::sys_seconds(std::chrono::seconds(expires))};
}

void take_tokens_from_file(rd_kafka_conf_t& configuration) {
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(&configuration, refresh);
}

}  // namespace infra
