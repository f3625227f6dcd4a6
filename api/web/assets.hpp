// The files that /docs is made of, as they were when the program was built: Swagger UI, and what
// draws the state machines.
//
// Those of Swagger UI are gzip-compressed: answer with `Content-Encoding: gzip`. The bytes live as
// long as the program. cmake/swagger_ui.py pins the version and packs the files.
#pragma once

#include <span>

namespace api::web {

std::span<const unsigned char> swagger_js();       // swagger-ui-bundle.js, text/javascript
std::span<const unsigned char> swagger_css();      // swagger-ui.css, text/css
std::span<const unsigned char> swagger_license();  // swagger-ui-bundle.js.LICENSE.txt, text/plain

std::span<const unsigned char> state_machines_js();  // state_machines.js, text/javascript

}  // namespace api::web
