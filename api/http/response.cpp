#include "api/http/response.hpp"

#include "api/http/request.hpp"

namespace api::http {

Response Response::json(Status status, std::string body) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

Response Response::json(Status status, std::shared_ptr<const std::string> body) {
    Response response;
    response.status = status;
    response.shared_body = std::move(body);
    return response;
}

Response Response::empty(Status status) {
    Response response;
    response.status = status;
    response.content_type = {};
    return response;
}

Response& Response::add(std::string_view name, std::string_view value) {
    fields.append(name).append(": ");
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        fields += byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
    fields.append("\r\n");
    return *this;
}

std::string_view Response::field(std::string_view name) const {
    for (std::string_view rest = fields; !rest.empty();) {
        const std::size_t end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        const std::size_t colon = line.find(": ");
        if (is_same_ignoring_case(line.substr(0, colon), name)) return line.substr(colon + 2);
        rest.remove_prefix(end + 2);
    }
    return {};
}

}  // namespace api::http
