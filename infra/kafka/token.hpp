// Tokens of OAUTHBEARER, from a file that somebody else keeps fresh.
//
// librdkafka asks for a token when it connects first and when four fifths of the last one's life
// are over; it is read from the file each time.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <string>
#include <string_view>

namespace infra {

struct Token {
    std::string text;
    std::string subject;
    std::chrono::sys_seconds expires_at;
};

// What the claims of a JWT say; nobody's signature is checked here. Throws SettingsError that does
// not hold the token.
Token read_token(std::string_view jwt);

// Has clients made from this configuration read their tokens from the file that is their
// `sasl.oauthbearer.config`.
void take_tokens_from_file(rd_kafka_conf_t& configuration);

}  // namespace infra
