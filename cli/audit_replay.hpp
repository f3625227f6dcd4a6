// `daybook audit replay`: folds the journal, and prints each step: the event, and what it changes.
//
// Nothing but the journal is read, and its chain is followed on the way. Texts about persons are
// shown only if that is asked for, and only as long as their keys are there.
#pragma once

#include "cli/console.hpp"
#include "cli/node.hpp"
#include "cli/operator.hpp"

namespace cli {

// Of all, or of one resource (`subject`), or of what belongs to one person (`user`); of one tenant,
// if one is named. Throws Exit. Memory does not grow with the journal.
void replay(Node& node, const OperatorRequest& request, Console& console);

}  // namespace cli
