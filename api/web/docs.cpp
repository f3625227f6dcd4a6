#include "api/web/docs.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "api/web/assets.hpp"

namespace api::web {
namespace {

using http::Response;
using http::Status;

constexpr std::string_view page = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Daybook: the API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<p style="font-family: sans-serif; margin: 1em 2em">
<a href="/docs/state-machines">Which command is legal in which status, as pictures</a></p>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
)";

constexpr std::string_view machines_page = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Daybook: the state machines</title>
<style>
body { font-family: sans-serif; margin: 1em 2em; color: #1b2430; }
figure { margin: 0; overflow-x: auto; border-bottom: 1px solid #d5dbe3; }
rect { fill: #eef3fa; stroke: #3b5b84; }
path.on, path.back { fill: none; stroke: #5a7ca8; }
path.back { stroke: #b0703c; }
path.tip { fill: #5a7ca8; }
circle.start { fill: #1b2430; }
text { text-anchor: middle; font-size: 12px; }
text.command { font-size: 11px; fill: #33445a; paint-order: stroke; stroke: white; stroke-width: 3px; }
text.status { font-weight: bold; }
</style>
</head>
<body>
<h1>The state machines</h1>
<p>A box is a status, an arc a command that leads from one to another (blue on, brown back), the dot
what does not exist yet. Commands in a box leave the status as it is. The same as a table: <a href="/management/state-machines">/management/state-machines</a>.
The API is described in <a href="/docs">/docs</a>.</p>
<div id="machines"></div>
<script src="/docs/state-machines.js"></script>
</body>
</html>
)";

constexpr std::string_view start = R"(window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
)";

// Swagger UI sets styles in elements and draws its icons from data: addresses.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct File {
    std::shared_ptr<const std::string> bytes;
    std::string_view type;
    bool is_compressed = false;
};

http::Task<Response> answer(File file) {
    Response response = Response::json(Status::ok, file.bytes);
    response.content_type = file.type;
    response.cache_control = "no-cache";
    if (file.is_compressed) response.add("Content-Encoding", "gzip");
    response.add("Content-Security-Policy", policy);
    response.add("Referrer-Policy", "no-referrer");
    co_return response;
}

http::Route route(std::string_view path, std::string_view operation, std::string_view summary,
                  const File& file) {
    const std::size_t end = file.type.find(';');
    return {http::Verb::get,
            path,
            http::public_access,
            [file](const http::Request&) { return answer(file); },
            {.operation = operation,
             .summary = summary,
             .tag = "service",
             .produces = {file.type.substr(0, end)}}};
}

File plain(std::string_view text, std::string_view type) {
    return {std::make_shared<const std::string>(text), type, false};
}

File plain(std::span<const unsigned char> bytes, std::string_view type) {
    return {std::make_shared<const std::string>(bytes.begin(), bytes.end()), type, false};
}

File packed(std::span<const unsigned char> bytes, std::string_view type) {
    return {std::make_shared<const std::string>(bytes.begin(), bytes.end()), type, true};
}

}  // namespace

std::vector<http::Route> docs_routes() {
    constexpr std::string_view script = "text/javascript; charset=utf-8";
    return {
        route("/docs", "getDocs", "This API as a page.", plain(page, "text/html; charset=utf-8")),
        route("/docs/state-machines", "getDocsStateMachines",
              "Which command is legal in which status, as pictures.",
              plain(machines_page, "text/html; charset=utf-8")),
        route("/docs/state-machines.js", "getDocsStateMachinesScript", "A file of the page.",
              plain(state_machines_js(), script)),
        route("/docs/start.js", "getDocsStart", "A file of the page.", plain(start, script)),
        route("/docs/swagger-ui-bundle.js", "getDocsScript", "A file of the page.",
              packed(swagger_js(), script)),
        route("/docs/swagger-ui.css", "getDocsStyle", "A file of the page.",
              packed(swagger_css(), "text/css; charset=utf-8")),
        route("/docs/swagger-ui-bundle.js.LICENSE.txt", "getDocsLicense", "A file of the page.",
              packed(swagger_license(), "text/plain; charset=utf-8")),
    };
}

}  // namespace api::web
