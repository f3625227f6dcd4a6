// Handlers of what may be asked of API keys.
//
// A key's stream lies in the tenant for which the key is valid. REQUIRES: submitted for that
// tenant; the wish has the hash of the secret, and the target the id that stands in the key's text.
#pragma once

#include "commands/work.hpp"
#include "domain/api_key.hpp"

namespace commands {

Answer handle(Work& work, const Target& target, domain::IssueApiKey wish);
Answer handle(Work& work, const Target& target, domain::RotateApiKey wish);
Answer handle(Work& work, const Target& target, domain::RevokeApiKey wish);

}  // namespace commands
