// `daybook views rebuild`: posts the journal to views beside the live ones, and exchanges them once
// they show the same entries. Requests are answered from the former views until then.
#pragma once

#include "cli/console.hpp"
#include "cli/node.hpp"

namespace cli {

// On this thread. Says how far it is each second, also in the log (each
// ten) and to whoever asks the node. Throws Exit; when it was canceled, the next start of the node
// goes on.
void rebuild_views(Node& node, Console& console);

}  // namespace cli
