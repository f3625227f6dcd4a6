#include "api/web/assets.hpp"

// The assembler copies the files: a compiler needs minutes for an array of a million bytes.
#define DAYBOOK_EMBED(name, file)                                             \
    asm(".pushsection .rodata\n" #name "_begin: .incbin \"" file "\"\n" #name \
        "_end:\n.popsection");                                                \
    extern "C" const unsigned char name##_begin[];                            \
    extern "C" const unsigned char name##_end[]

DAYBOOK_EMBED(daybook_swagger_js, DAYBOOK_ASSETS "swagger-ui-bundle.js.gz");
DAYBOOK_EMBED(daybook_swagger_css, DAYBOOK_ASSETS "swagger-ui.css.gz");
DAYBOOK_EMBED(daybook_swagger_license, DAYBOOK_ASSETS "swagger-ui-bundle.js.LICENSE.txt.gz");
DAYBOOK_EMBED(daybook_state_machines_js, DAYBOOK_WEB "state_machines.js");

namespace api::web {

std::span<const unsigned char> swagger_js() {
    return {daybook_swagger_js_begin, daybook_swagger_js_end};
}

std::span<const unsigned char> swagger_css() {
    return {daybook_swagger_css_begin, daybook_swagger_css_end};
}

std::span<const unsigned char> swagger_license() {
    return {daybook_swagger_license_begin, daybook_swagger_license_end};
}

std::span<const unsigned char> state_machines_js() {
    return {daybook_state_machines_js_begin, daybook_state_machines_js_end};
}

}  // namespace api::web
