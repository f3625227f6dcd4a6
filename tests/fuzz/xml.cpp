// Any text as what a customer is called: the document has to stay XML, and say just that.
#include <cstddef>
#include <cstdint>
#include <pugixml.hpp>
#include <string>

#include "api/customers.hpp"
#include "codec/reflect.hpp"
#include "tests/fuzz/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    domain::CreateUser wish;
    std::string body = "{\"email\":\"a@example.org\",\"givenName\":";
    codec::append_quoted(body, bytes);
    body += "}";
    std::vector<codec::Problem> problems;
    if (!codec::read_request(body, wish, problems)) return 0;

    domain::Versioned<domain::User> user;
    user.version = 1;
    user.state.given_name = wish.given_name;
    const projections::PersonRecord record{.user = user, .others = {}, .named = {}, .position = {}};
    const std::string xml = api::customer_xml(record, domain::Timestamp{});
    pugi::xml_document document;
    tests::fuzz::check(document.load_buffer(xml.data(), xml.size()));
    tests::fuzz::check(xml.find(static_cast<char>(1)) == std::string::npos);
    return 0;
}
