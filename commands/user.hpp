// Handlers of what may be asked of users.
#pragma once

#include "commands/work.hpp"
#include "domain/user.hpp"

namespace commands {

Answer handle(Work& work, const Target& target, domain::CreateUser wish);
Answer handle(Work& work, const Target& target, domain::UpdateUser wish);
Answer handle(Work& work, const Target& target, domain::ChangeLoginIdentifier wish);
Answer handle(Work& work, const Target& target, domain::SetUserMetadata wish);
Answer handle(Work& work, const Target& target, domain::RemoveUserMetadata wish);
Answer handle(Work& work, const Target& target, domain::SetPassword wish);
Answer handle(Work& work, const Target& target, domain::BlockUser wish);
Answer handle(Work& work, const Target& target, domain::UnblockUser wish);
Answer handle(Work& work, const Target& target, domain::DeleteUser wish);

}  // namespace commands
