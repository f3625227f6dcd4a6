// `daybook journal export` and `import`: the journal as lines, and from one engine to another.
//
// Both work on an engine alone, without a node: nothing is written to the journal but what is taken
// in. All throw Exit or SettingsError.
#pragma once

#include <string>

#include "cli/exit_code.hpp"
#include "infra/settings.hpp"

namespace cli {

// Writes the journal of a directory that nobody serves to standard output, and what moving it needs
// besides to `keys_file`, if that is named: see journal_export.hpp and keys_file.hpp.
ExitCode export_journal(const infra::Settings& settings, const std::string& keys_file);

// Takes such a journal into an empty one, from a file, or from standard input if none is named: see
// journal_import.hpp. The key-encryption key has to be there, the one that the keys are wrapped by.
// What was cut is refused by all that open the engine.
ExitCode import_journal(const infra::Settings& settings, const std::string& keys_file,
                        const std::string& lines_file);

// Replaces the key-encryption key: by a new one, or by the one in the file `to`, which is made if
// there is none. Throws Exit. REQUIRES: nobody serves the directory.
ExitCode replace_key(const infra::Settings& settings, const std::string& to);

// Prints the public key of the checkpoints. Somebody may serve the directory. Throws Exit.
ExitCode print_audit_key(const infra::Settings& settings);

}  // namespace cli
